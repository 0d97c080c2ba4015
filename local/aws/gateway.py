"""An HTTP API: routes to functions, with the authorizer, throttling and status codes of API Gateway."""

import base64
import logging
import threading
import time
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local import requests
from local.aws import signature
from local.aws.functions import Functions
from local.aws.state import Document, State

PAYLOAD = 10 * 1024 * 1024  # API Gateway's quota
log = logging.getLogger("aws.gateway")


class Bucket:
    """A token bucket: `rate` a second, `burst` at once."""

    def __init__(self, rate: float, burst: float) -> None:
        self.rate, self.burst, self.tokens, self.last = rate, burst, burst, time.monotonic()
        self.lock = threading.Lock()

    def take(self) -> bool:
        """Take a token; False when there is none."""
        with self.lock:
            now = time.monotonic()
            self.tokens = min(self.burst, self.tokens + (now - self.last) * self.rate)
            self.last = now
            if self.tokens < 1:
                return False
            self.tokens -= 1
            return True


class Gateway:
    """Answers requests to the API's routes."""

    def __init__(self, state: State, functions: Functions) -> None:
        self.state, self.functions = state, functions
        self.buckets: dict[tuple[float, float], Bucket] = {}

    async def answer(self, request: Request) -> Response:
        """One request: route, authorizer, throttle, function."""
        route = self.route(f"{request.method} {request.url.path.rstrip('/')}")
        if route is None:
            return message(404, "Not Found")
        try:
            body = await requests.body(request, PAYLOAD)
        except requests.Unbounded as error:
            return message(error.status, str(error))
        if problem := self.unauthorized(route["inputs"], request, body):
            return message(403, problem)
        if not self.bucket().take():
            return message(429, "Too Many Requests")
        name = self.function(route["inputs"])
        try:
            result = await run_in_threadpool(
                self.functions.invoke, name, event(request, body, route["inputs"]["routeKey"])
            )
        except Exception:
            log.exception("%s failed", name)
            return message(500, "Internal Server Error")
        return Response(result.get("body", ""), result["statusCode"], result.get("headers", {}))

    def route(self, key: str) -> Document | None:
        """The route of a method and path."""
        return next((r for r in self.state.all("apigatewayv2/route:Route") if r["inputs"]["routeKey"] == key), None)

    def unauthorized(self, route: dict[str, Any], request: Request, body: bytes) -> str:
        """Why the caller may not; empty when it may."""
        if route.get("authorizationType") != "AWS_IAM":
            return "only IAM authorization is served locally"
        own = self.state.instance.secrets
        keys = {own["aws_access_key_id"]: own["aws_secret_access_key"]}
        return signature.problem(request, body, keys, "execute-api")

    def bucket(self) -> Bucket:
        """The stage's throttle."""
        stage = next(self.state.all("apigatewayv2/stage:Stage"))
        settings = stage["inputs"]["defaultRouteSettings"]
        limits = settings["throttlingRateLimit"], settings["throttlingBurstLimit"]
        return self.buckets.setdefault(limits, Bucket(*limits))

    def function(self, route: dict[str, Any]) -> str:
        """The name of the function behind a route."""
        integration = self.state.get("apigatewayv2/integration:Integration", route["target"].rpartition("/")[2])
        uri: str = integration["inputs"]["integrationUri"] if integration else ""
        return uri.rpartition(":function:")[2].removesuffix("/invocations")


def event(request: Request, body: bytes, key: str) -> dict[str, Any]:
    """The event of payload format 2.0."""
    try:
        text, encoded = body.decode(), False
    except UnicodeDecodeError:
        text, encoded = base64.b64encode(body).decode(), True
    http = {
        "method": request.method,
        "path": request.url.path,
        "sourceIp": request.client.host if request.client else "",
    }
    return {
        "version": "2.0",
        "routeKey": key,
        "rawPath": request.url.path,
        "rawQueryString": request.url.query,
        "headers": dict(request.headers),
        "requestContext": {"http": http, "routeKey": key, "stage": "$default"},
        "body": text,
        "isBase64Encoded": encoded,
    }


def message(status: int, text: str) -> JSONResponse:
    """An answer of the gateway itself."""
    return JSONResponse({"message": text}, status)
