"""Small pieces for HTTP handlers: JSON in, JSON out, errors in Confluent's form."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

import httpx2
from confluent_kafka import KafkaException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.confluent import auth, lateness
from local.confluent.auth import Authorize
from local.confluent.context import Cloud
from local.confluent.errors import ApiError, not_found, unavailable
from local.confluent.store import Document

Handler = Callable[[Cloud, Request], Awaitable[Response]]
log = logging.getLogger("cloud")


def route(cloud: Cloud, served: str, handler: Handler, authorize: Authorize) -> Route:
    """`METHOD /path`, answered by the handler for callers that `authorize` lets pass.

    Whatever either raises becomes an answer, never a 500 (clients retry those).
    """

    async def answer(request: Request) -> Response:
        try:
            if authorize is not auth.anyone:
                lateness.refuse_too_many(cloud)
            authorize(cloud, request)
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

    method, _, path = served.partition(" ")
    return Route(path, answer, methods=[method])


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


def resource(cloud: Cloud, path: str, authorize: Authorize, **handlers: Handler) -> list[Route]:
    """The routes of a kind of object: `create` and `index` on its path, `read`, `update` and `delete` below it."""
    places = {
        "create": f"POST {path}",
        "index": f"GET {path}",
        "read": f"GET {path}/{{id}}",
        "update": f"PATCH {path}/{{id}}",
        "delete": f"DELETE {path}/{{id}}",
    }
    return [route(cloud, places[name], handler, authorize) for name, handler in handlers.items()]
