"""The supervisor's process: `python -m local.engines`. It answers on its loopback port until it is told to stop.

GET /engines  what runs, one object per engine.   POST /retry  start what was given up.   POST /restart/NAME  stop one and start it
again.   POST /stop  stop everything and end.
"""

import asyncio
import contextlib
import os
import signal
import ssl

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from local.engines import spec
from local.engines.supervisor import Supervisor
from local.environment import Instance
from local.toolchain import installed


def api(supervisor: Supervisor, home: str) -> Starlette:
    """The supervisor's own small HTTP API."""

    async def engines(_: Request) -> JSONResponse:
        rows = [one.describe() for one in supervisor.running.values()]
        return JSONResponse({"home": home, "pid": os.getpid(), "engines": rows})

    async def stop(_: Request) -> JSONResponse:
        supervisor.stopping.set()
        return JSONResponse({"stopping": True})

    async def retry(_: Request) -> JSONResponse:
        supervisor.retry()
        return JSONResponse({"retrying": True})

    async def restart(request: Request) -> JSONResponse:
        name = request.path_params["name"]
        if name not in supervisor.running:
            return JSONResponse({"problem": f"there is no engine {name}"}, 404)
        await supervisor.restart(name)
        return JSONResponse({"restarting": name})

    acting = [
        Route("/restart/{name}", restart, methods=["POST"]),
        Route("/stop", stop, methods=["POST"]),
        Route("/retry", retry, methods=["POST"]),
    ]
    return Starlette(routes=[Route("/engines", engines), *acting])


class Server(uvicorn.Server):
    """Uvicorn without its own signal handlers: the supervisor decides when to end."""

    @contextlib.contextmanager
    def capture_signals(self):  # noqa: ANN201 - the signature of the base class
        yield


def configuration(app: Starlette, instance: Instance) -> uvicorn.Config:
    """On loopback, for those who have a certificate of this environment."""
    own, authority = (str(instance.certificates.file(name)) for name in ("identity.pem", "authority.pem"))
    return uvicorn.Config(
        app,
        "127.0.0.1",
        instance.port("supervisor"),
        log_level="warning",
        lifespan="off",
        ssl_certfile=own,
        ssl_ca_certs=authority,
        ssl_cert_reqs=ssl.CERT_REQUIRED,
    )


async def main() -> None:
    """Supervise until a signal or POST /stop."""
    instance = Instance.here()
    tools = installed.install(lambda _: None)
    instance.folder("tmp")
    supervisor = Supervisor(*spec.load(instance, tools))
    app = api(supervisor, str(instance.home))
    server = Server(configuration(app, instance))
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, supervisor.stopping.set)
    serving = asyncio.create_task(server.serve())
    await supervisor.run()
    server.should_exit = True
    await serving


if __name__ == "__main__":
    asyncio.run(main())
