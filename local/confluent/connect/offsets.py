"""A connector's stored positions: read, and altered on request as the service does it (Connect API, "offsets/request").

The service stops the connector for it and starts it again. So does this; a request is applied before it is answered, and its status
says so.
"""

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.confluent import auth, bodies
from local.confluent.connect import connectors
from local.confluent.context import Cloud
from local.confluent.errors import ApiError
from local.confluent.http import reply, route
from local.confluent.store import Document, now

TRIES, PAUSE = 40, 0.25  # a connector needs a moment to stop


async def read(cloud: Cloud, request: Request) -> Response:
    document = connectors.required(cloud, request)
    found = await stored(cloud, document)
    return reply({"name": document["name"], "id": document["id"], "offsets": found, "metadata": {"observed_at": now()}})


async def stored(cloud: Cloud, document: Document) -> list[dict[str, Any]]:
    """Partition and offset of each position."""
    status, answer = await connectors.worker(cloud, "GET", f"/connectors/{document['name']}/offsets")
    if status != 200:
        raise ApiError(503, f"the worker does not say its offsets: {answer}")
    return answer["offsets"]


async def alter(cloud: Cloud, request: Request) -> Response:
    document, sent = connectors.required(cloud, request), await bodies.read(request)
    kind, wanted = sent.get("type"), sent.get("offsets")
    if kind not in ("PATCH", "DELETE") or (kind == "PATCH" and not isinstance(wanted, list)):
        raise ApiError(400, "type must be PATCH, with a list of offsets, or DELETE")
    before = await stored(cloud, document)
    path = f"/connectors/{document['name']}"
    await connectors.worker(cloud, "PUT", path + "/stop")
    try:
        await applied(cloud, kind, path + "/offsets", {"offsets": wanted} if kind == "PATCH" else None)
    finally:
        await connectors.worker(cloud, "PUT", path + ("/pause" if document["paused"] else "/resume"))
    made = {"id": document["id"], "name": document["name"], "type": kind, "offsets": wanted, "requested_at": now()}
    document["offsets_request"] = {"request": made, "previous_offsets": before, "applied_at": now()}
    cloud.store.put("connector", document["name"], document)
    return reply(made, 202)


async def applied(cloud: Cloud, method: str, path: str, content: Any) -> None:
    """Until the connector has stopped, the worker refuses."""
    answer: Any = None
    for _ in range(TRIES):
        code, answer = await connectors.worker(cloud, method, path, content)
        if code == 200:
            return
        await asyncio.sleep(PAUSE)
    raise ApiError(400, f"the offsets cannot be altered: {answer}")


async def status(cloud: Cloud, request: Request) -> Response:
    document = connectors.required(cloud, request)
    last = document.get("offsets_request")
    if last is None:
        raise ApiError(404, f"no request to alter the offsets of {document['name']}")
    return reply({**last, "status": {"phase": "APPLIED", "message": "The offsets were altered."}})


def routes(cloud: Cloud) -> list[Route]:
    """The paths of this module."""
    one = connectors.BASE + "/connectors/{name}/offsets"
    return [
        route(cloud, f"GET {one}", read, auth.administrator),
        route(cloud, f"POST {one}/request", alter, auth.administrator),
        route(cloud, f"GET {one}/request/status", status, auth.administrator),
    ]
