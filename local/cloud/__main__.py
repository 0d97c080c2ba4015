"""The local Confluent Cloud: `python -m local.cloud`. One process, one port, Confluent's own REST API."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import httpx2
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.cloud import acls, clusters, connect, environments, iam, keys, regions, registry, topics, watchdog
from local.cloud.context import Cloud
from local.cloud.errors import ApiError
from local.cloud.flink import pools, statements
from local.cloud.flink.runner import Runner
from local.cloud.store import Store
from local.instance import Instance


async def health(_: Request) -> JSONResponse:
    """Ready."""
    return JSONResponse({"status": "UP"})


async def unknown(request: Request, _: Exception) -> Response:
    """A path or method that is not served: 404 in Confluent's form."""
    return ApiError(404, f"{request.method} {request.url.path} is not served by the local cloud").response()


def application(cloud: Cloud) -> Starlette:
    """All paths, and the tasks that run beside them."""
    runner = Runner(cloud)
    modules = (environments, clusters, regions, iam, keys, topics, acls, connect, pools)
    paths = [route for module in modules for route in module.routes(cloud)]
    paths += [*statements.routes(cloud, runner), *registry.routes(cloud), Route("/health", health)]

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncGenerator[None]:
        environments.seed(cloud)
        await registry.default_level(cloud)
        tasks = [asyncio.create_task(runner.run()), asyncio.create_task(watchdog.run(cloud))]
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    return Starlette(routes=paths, lifespan=lifespan, exception_handlers={404: unknown, 405: unknown})


def main() -> None:
    """Serve until a signal."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)-7s %(name)s %(message)s")
    instance = Instance.here()
    http = httpx2.AsyncClient(timeout=60, trust_env=False)
    cloud = Cloud(instance, Store(instance.home / "data" / "cloud" / "cloud.sqlite"), http)
    uvicorn.run(application(cloud), host="127.0.0.1", port=instance.port("cloud"), log_level="warning")


if __name__ == "__main__":
    main()
