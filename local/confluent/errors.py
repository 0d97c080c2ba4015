"""How the local Confluent Cloud says no: one exception, one body that every Confluent client can read."""

from typing import Any

from starlette.responses import JSONResponse


class ApiError(Exception):
    """An answer other than success. `detail` is what the caller's user reads."""

    def __init__(self, status: int, detail: str, code: int | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.code = code or status * 100 + 1

    def body(self) -> dict[str, Any]:
        """Both shapes at once: `errors[].detail` (control plane, Flink) and `error_code`, `message` (data plane)."""
        error = {"id": "local", "status": str(self.status), "detail": self.detail, "source": {}}
        return {"errors": [error], "error_code": self.code, "message": self.detail}

    def response(self) -> JSONResponse:
        """The HTTP answer."""
        headers = {"WWW-Authenticate": "Basic"} if self.status == 401 else {}
        return JSONResponse(self.body(), self.status, headers)


def not_found(what: str, code: int | None = None) -> ApiError:
    """404: the object is gone (also what the plugin takes as deleted)."""
    return ApiError(404, f"{what} was not found", code)


def unavailable(engine: str, problem: object) -> ApiError:
    """503: an engine is away for the moment. Clients retry this one."""
    return ApiError(503, f"{engine} does not answer: {problem}")
