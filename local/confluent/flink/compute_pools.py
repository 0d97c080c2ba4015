"""/fcpm/v2/compute-pools. Every pool is served by the one Flink cluster; its CFU limit is kept, not enforced."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.confluent import auth, bodies, lateness
from local.confluent.context import Cloud, listing, reference
from local.confluent.errors import ApiError
from local.confluent.http import no_content, reply, resource, stored
from local.confluent.org import environments
from local.confluent.store import Document, new_id, now

PATH = "/fcpm/v2/compute-pools"
SIZES = (5, 10, 20, 30, 40, 50)


def crn(document: Document) -> str:
    """The pool's CRN, with its region."""
    region = f"{document['spec']['cloud'].lower()}.{document['spec']['region']}"
    return f"{environments.crn(document['environment'])}/flink-region={region}/compute-pool={document['id']}"


def required(cloud: Cloud, identity: str) -> Document:
    """The stored pool; 404 when there is none."""
    return stored(cloud, "pool", identity, "compute pool")


def render(cloud: Cloud, document: Document) -> Document:
    """The API's view of a pool. Each statement that runs counts one CFU."""
    identity, environment = document["id"], document["environment"]
    running = [
        s for s in cloud.store.all("statement") if s["spec"]["compute_pool_id"] == identity and s["phase"] == "RUNNING"
    ]
    shown = {
        "http_endpoint": cloud.base,
        "environment": reference(environment, environments.crn(environment)),
    }
    return {
        "api_version": "fcpm/v2",
        "kind": "ComputePool",
        "id": identity,
        "metadata": cloud.metadata(f"{PATH}/{identity}", crn(document), document["created"]),
        "spec": {**document["spec"], **shown},
        "status": {"phase": lateness.phase(cloud, document), "current_cfu": len(running)},
    }


def size(value: int, current: int) -> int:
    """The pool's CFU limit: one of the service's sizes, never smaller than before; 0 means the default."""
    wanted = value or current
    if wanted not in SIZES:
        raise ApiError(400, f"max_cfu must be one of {', '.join(map(str, SIZES))}, got {wanted}")
    if wanted < current:
        raise ApiError(400, f"max_cfu can only grow: {current} to {wanted}")
    return wanted


async def create(cloud: Cloud, request: Request) -> Response:
    spec = (await bodies.read(request)).get("spec") or {}
    environment = environments.required(cloud, (spec.get("environment") or {}).get("id", ""))
    if missing := [name for name in ("display_name", "cloud", "region") if not spec.get(name)]:
        raise ApiError(400, f"spec lacks {', '.join(missing)}")
    kept = {name: spec[name] for name in ("display_name", "cloud", "region")}
    kept |= {
        "max_cfu": size(int(spec.get("max_cfu") or 0), 5),
        "default_pool": bool(spec.get("default_pool")),
        "enable_ai": False,
    }
    document: Document = {"id": new_id("lfcp"), "environment": environment["id"], "spec": kept, "created": now()}
    return reply(render(cloud, cloud.store.put("pool", document["id"], document)), 202)


async def read(cloud: Cloud, request: Request) -> Response:
    return reply(render(cloud, required(cloud, request.path_params["id"])))


async def index(cloud: Cloud, request: Request) -> Response:
    environment = request.query_params.get("environment")
    found = [d for d in cloud.store.all("pool") if environment in (None, d["environment"])]
    return reply(listing("ComputePool", "fcpm/v2", [render(cloud, d) for d in found]))


async def update(cloud: Cloud, request: Request) -> Response:
    document = required(cloud, request.path_params["id"])
    spec = (await bodies.read(request)).get("spec") or {}
    if spec.get("display_name"):
        document["spec"]["display_name"] = spec["display_name"]
    if spec.get("max_cfu"):
        document["spec"]["max_cfu"] = size(int(spec["max_cfu"]), document["spec"]["max_cfu"])
    # The SDK sends default_pool=false with every other change: only a lone false is meant.
    if spec.get("default_pool") or set(spec) <= {"default_pool", "environment"}:
        document["spec"]["default_pool"] = bool(spec.get("default_pool"))
    return reply(render(cloud, cloud.store.put("pool", document["id"], document)))


async def delete(cloud: Cloud, request: Request) -> Response:
    document = required(cloud, request.path_params["id"])
    if names := [
        s["name"]
        for s in cloud.store.all("statement")
        if s["spec"]["compute_pool_id"] == document["id"] and s["phase"] == "RUNNING"
    ]:
        raise ApiError(409, f"compute pool {document['id']} still runs {', '.join(names)}")
    cloud.store.delete("pool", document["id"])
    return no_content()


def routes(cloud: Cloud) -> list[Route]:
    """The paths of this module."""
    return resource(
        cloud, PATH, auth.administrator, create=create, index=index, read=read, update=update, delete=delete
    )
