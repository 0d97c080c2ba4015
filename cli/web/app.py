"""The console's paths."""

from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from cli.client import dead_letters
from cli.client.redrive import Choice, Repair, redrive
from cli.doctor.examine import EXPECTED
from cli.web import pages, records
from cli.web.guard import Guard, fields
from cli.web.live import Live
from cli.web.rendering import page

ALIVE = 15.0  # seconds after which a live page hears something, so that a lost connection is noticed
Page = Callable[[Live, Request], Response]


def application(live: Live, guard: Guard) -> Starlette:
    """All paths. Pages are plain functions: they ask brokers and databases, each in a thread of its own."""

    def shown(path: str, view: Page) -> Route:
        async def endpoint(request: Request) -> Response:
            live.asked()
            try:
                return await run_in_threadpool(view, live, request)
            except EXPECTED as error:
                return failed(live, error)

        return Route(path, endpoint)

    async def entrance(request: Request) -> Response:
        return await guard.enter(request) if request.method == "POST" else page("session")

    async def changes(request: Request) -> Response:
        return StreamingResponse(versions(live, request), media_type="text/event-stream")

    async def write_back(request: Request) -> Response:
        identity = (await fields(request)).get("id", "")
        try:
            await run_in_threadpool(redriven, live, identity)
        except EXPECTED as error:
            return failed(live, error)
        return RedirectResponse(f"/dead-letters?redriven={quote(identity, safe='')}", 303)

    return Starlette(
        routes=[
            shown("/", pages.pipeline),
            shown("/connector", pages.connector),
            shown("/topics", pages.topics),
            shown("/topics/{topic}", records.topic),
            shown("/topics/{topic}/{partition:int}/{offset:int}", records.record),
            shown("/statements", pages.statements),
            shown("/consumers", pages.consumers),
            shown("/dead-letters", pages.letters),
            Route("/dead-letters/redrive", write_back, methods=["POST"]),
            Route("/session", entrance, methods=["GET", "POST"]),
            Route("/live", changes),
            Mount("/static", StaticFiles(directory=Path(__file__).parent / "static")),
        ],
        middleware=[Middleware(BaseHTTPMiddleware, dispatch=guard.check)],
    )


def failed(live: Live, error: BaseException) -> Response:
    """What went wrong, and what to do, as a page."""
    message, hint = getattr(error, "message", str(error)), getattr(error, "hint", "")
    return page("failed", 502, **pages.base(live, ""), message=message, hint=hint)


def redriven(live: Live, identity: str) -> None:
    """One dead letter, written back as it came."""
    letter = dead_letters.pick(dead_letters.read(live.stack), identity)
    redrive(live.stack, letter.source, Choice(ids=[identity]), Repair(schema_id=None))


async def versions(live: Live, request: Request) -> AsyncGenerator[str]:
    """A line for each new state, as server-sent events (HTML standard, section 9.2)."""
    known: Any = None
    while not live.stopped.is_set() and not await request.is_disconnected():
        live.asked()
        version = await run_in_threadpool(live.wait, known, ALIVE)
        yield f"data: {version}\n\n" if version != known else ": still here\n\n"
        known = version
