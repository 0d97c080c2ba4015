"""The local Confluent Cloud: `python -m local.confluent.app`. One process, one port, Confluent's own REST API."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import httpx2
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.confluent import auth
from local.confluent.connect import connectors, offsets, restarts
from local.confluent.context import Cloud
from local.confluent.errors import ApiError
from local.confluent.flink import compute_pools, regions, statements
from local.confluent.flink.lifecycle import StatementLifecycle
from local.confluent.http import route
from local.confluent.iam import (
    api_keys,
    identity_providers,
    late_bindings,
    role_bindings,
    scram_users,
    service_accounts,
)
from local.confluent.kafka import acls, clusters, quotas, topics
from local.confluent.network import endpoints, private_links
from local.confluent.org import environments, ip_addresses, notifications
from local.confluent.registry import catalog, levels, subjects
from local.confluent.registry import clusters as registry_clusters
from local.confluent.store import Store
from local.environment import Instance


async def health(_: Cloud, __: Request) -> JSONResponse:
    """Ready."""
    return JSONResponse({"status": "UP"})


async def unknown(request: Request, _: Exception) -> Response:
    """A path or method that is not served: 404 in Confluent's form."""
    return ApiError(404, f"{request.method} {request.url.path} is not served by the local cloud").response()


def application(cloud: Cloud) -> Starlette:
    """All paths, and the tasks that run beside them."""
    lifecycle = StatementLifecycle(cloud)
    modules = (
        environments, ip_addresses, notifications, clusters, registry_clusters, service_accounts, role_bindings, api_keys, topics, acls,
        connectors, offsets, compute_pools, regions, identity_providers, quotas, private_links, endpoints, catalog,
    )  # fmt: skip
    paths = [route for module in modules for route in module.routes(cloud)]
    paths += [
        *statements.routes(cloud, lifecycle),
        *subjects.routes(cloud),
        route(cloud, "GET /health", health, auth.anyone),
    ]

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncGenerator[None]:
        environments.seed(cloud)
        await levels.default_level(cloud)
        work = (lifecycle.run(), restarts.run(cloud), scram_users.run(cloud), late_bindings.run(cloud))
        tasks = [asyncio.create_task(one) for one in work]
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    return Starlette(routes=paths, lifespan=lifespan, exception_handlers={404: unknown, 405: unknown})


def main() -> None:
    """Serve until a signal."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)-7s %(name)s %(message)s")
    instance = Instance.here()
    http = httpx2.AsyncClient(timeout=60, trust_env=False, verify=instance.certificates.context)
    store = Store(instance.home / "data" / "cloud" / "cloud.sqlite")
    cloud = Cloud(instance, store, http, realistic=instance.mode.realistic)
    uvicorn.run(application(cloud), host="127.0.0.1", port=instance.port("cloud"), log_level="warning")


if __name__ == "__main__":
    main()
