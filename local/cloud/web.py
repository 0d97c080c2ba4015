"""Small pieces for HTTP handlers: JSON in, JSON out, errors in Confluent's form."""

import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import httpx2
from confluent_kafka import KafkaException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.cloud.context import Cloud
from local.cloud.errors import ApiError, not_found, unavailable
from local.cloud.store import Document

Handler = Callable[[Cloud, Request], Awaitable[Response]]
log = logging.getLogger("cloud")


def endpoint(cloud: Cloud, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """Bind a handler to the cloud; whatever it raises becomes an answer, never a 500 (clients retry those)."""

    async def answer(request: Request) -> Response:
        try:
            return await handler(cloud, request)
        except ApiError as error:
            return error.response()
        except KafkaException as error:
            return unavailable("Kafka", error.args[0].str()).response()
        except httpx2.TransportError as error:
            return unavailable("an engine", type(error).__name__).response()
        except Exception as error:
            log.exception("%s %s", request.method, request.url.path)
            return ApiError(501, f"the local cloud failed: {type(error).__name__}: {error}").response()

    return answer


async def body(request: Request) -> dict[str, Any]:
    """The JSON object of the request; 400 otherwise."""
    raw = await request.body()
    try:
        value: Any = json.loads(raw or b"{}")
    except ValueError as error:
        raise ApiError(400, f"the body is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise ApiError(400, "the body must be a JSON object")
    return value


def reply(value: Any, status: int = 200) -> JSONResponse:
    """A JSON answer."""
    return JSONResponse(value, status)


def no_content() -> Response:
    """204."""
    return Response(status_code=204)


def stored(cloud: Cloud, kind: str, identity: str, what: str) -> Document:
    """A document of the store; 404, in the words `what`, when there is none."""
    found = cloud.store.get(kind, identity)
    if found is None:
        raise not_found(f"{what} {identity}")
    return found


def resource(cloud: Cloud, path: str, **handlers: Handler) -> list[Route]:
    """The routes of a kind of object: `create` and `index` on its path, `read`, `update` and `delete` below it."""
    methods = {"create": "POST", "index": "GET", "read": "GET", "update": "PATCH", "delete": "DELETE"}
    return [
        Route(
            path if name in ("create", "index") else path + "/{id}", endpoint(cloud, handler), methods=[methods[name]]
        )
        for name, handler in handlers.items()
    ]
