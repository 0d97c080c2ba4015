"""/cmk/v2: Kafka clusters. One real broker stands behind the one cluster this environment can have."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.confluent import auth, bodies, lateness
from local.confluent.connect import connectors
from local.confluent.context import Cloud, listing, reference
from local.confluent.errors import ApiError
from local.confluent.http import no_content, reply, resource, stored
from local.confluent.iam import api_keys
from local.confluent.kafka import admin
from local.confluent.org import environments
from local.confluent.store import Document, new_id, now

PATH = "/cmk/v2/clusters"
KINDS = ("Basic", "Standard", "Enterprise", "Freight", "Dedicated")
PRIVATE = ("Enterprise", "Freight")  # reached through private networks only
FIXED = ("availability", "cloud", "region")


def crn(document: Document) -> str:
    """The cluster's CRN; what stands before its last `/kafka=` is the `rbac_crn`."""
    identity = document["id"]
    return f"{environments.crn(document['environment'])}/cloud-cluster={identity}/kafka={identity}"


def required(cloud: Cloud, identity: str) -> Document:
    """The stored cluster; 404 when there is none."""
    return stored(cloud, "cluster", identity, "Kafka cluster")


def render(cloud: Cloud, document: Document) -> Document:
    """The API's view of a stored cluster."""
    identity, environment = document["id"], document["environment"]
    bootstrap = f"SASL_PLAINTEXT://127.0.0.1:{cloud.instance.port('kafka')}"
    config: dict[str, Any] = document["config"]
    private = cloud.realistic and config["kind"] in PRIVATE
    addresses = {"kafka_bootstrap_endpoint": bootstrap, "http_endpoint": cloud.private_base if private else cloud.base}
    return {
        "api_version": "cmk/v2",
        "kind": "Cluster",
        "id": identity,
        "metadata": cloud.metadata(f"{PATH}/{identity}", crn(document), document["created"]),
        "spec": {
            **document["spec"],
            **addresses,
            "config": config,
            "endpoints": {"PUBLIC": {**addresses, "connection_type": "PUBLIC"}},
            "environment": reference(environment, environments.crn(environment)),
        },
        "status": {"phase": lateness.phase(cloud, document), "cku": config.get("cku", 0)},
    }


async def create(cloud: Cloud, request: Request) -> Response:
    spec = (await bodies.read(request)).get("spec") or {}
    environment = environments.required(cloud, (spec.get("environment") or {}).get("id", ""))
    config = spec.get("config") or {}
    if config.get("kind") not in KINDS:
        raise ApiError(400, f"spec.config.kind must be one of {', '.join(KINDS)}, got {config.get('kind')!r}")
    if missing := [name for name in ("display_name", *FIXED) if not spec.get(name)]:
        raise ApiError(400, f"spec lacks {', '.join(missing)}")
    if next(cloud.store.all("cluster"), None):
        raise ApiError(402, "the local environment has one broker, so one Kafka cluster: delete the other one first")
    kept = {name: spec[name] for name in ("display_name", *FIXED)}
    kept["deletion_protection"] = bool(spec.get("deletion_protection"))
    document: Document = {
        "id": new_id("lkc"),
        "environment": environment["id"],
        "spec": kept,
        "config": config,
        "created": now(),
    }
    return reply(render(cloud, cloud.store.put("cluster", document["id"], document)), 202)


async def read(cloud: Cloud, request: Request) -> Response:
    identity = request.path_params["id"]
    return reply(render(cloud, required(cloud, identity)))


async def index(cloud: Cloud, request: Request) -> Response:
    environment = request.query_params.get("environment")
    found = [d for d in cloud.store.all("cluster") if environment in (None, d["environment"])]
    return reply(listing("Cluster", "cmk/v2", [render(cloud, d) for d in found]))


async def update(cloud: Cloud, request: Request) -> Response:
    document = required(cloud, request.path_params["id"])
    spec = (await bodies.read(request)).get("spec") or {}
    for name in ("display_name", "deletion_protection"):
        if name in spec:
            document["spec"][name] = spec[name]
    if config := spec.get("config"):
        kinds = document["config"]["kind"], config.get("kind", document["config"]["kind"])
        if kinds[0] != kinds[1] and kinds != ("Basic", "Standard"):
            raise ApiError(400, f"a {kinds[0]} cluster cannot become {kinds[1]}: only Basic can become Standard")
        document["config"] = {**document["config"], **config}
    return reply(render(cloud, cloud.store.put("cluster", document["id"], document)))


async def delete(cloud: Cloud, request: Request) -> Response:
    document = required(cloud, request.path_params["id"])
    if document["spec"]["deletion_protection"]:
        raise ApiError(400, f"cluster {document['id']} has deletion protection: apply deletion_protection=false first")
    if names := [c["name"] for c in cloud.store.all("connector")]:
        raise ApiError(409, f"cluster {document['id']} still has connectors: {', '.join(names)}")
    await remove(cloud, document)
    return no_content()


async def remove(cloud: Cloud, document: Document) -> None:
    """Delete a cluster with everything in it: connectors, topics, ACLs, keys."""
    for connector in list(cloud.store.all("connector")):
        await connectors.remove(cloud, connector)
    await admin.wipe(cloud)
    for options in list(cloud.store.all("table-options")):
        cloud.store.delete("table-options", options["table"])
    for key in list(cloud.store.all("api-key")):
        if key["resource"] == document["id"]:
            await api_keys.remove(cloud, key)
    cloud.store.delete("cluster", document["id"])


def routes(cloud: Cloud) -> list[Route]:
    """The paths of this module."""
    return resource(
        cloud, PATH, auth.administrator, create=create, index=index, read=read, update=update, delete=delete
    )
