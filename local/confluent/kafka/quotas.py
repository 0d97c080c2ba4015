"""/kafka-quotas/v1/client-quotas: declared, read and changed; the one broker here does not enforce them."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.confluent import auth, bodies
from local.confluent.context import Cloud, listing, reference
from local.confluent.errors import ApiError
from local.confluent.http import no_content, reply, resource, stored
from local.confluent.kafka import clusters
from local.confluent.store import Document, new_id, now

PATH, KIND = "/kafka-quotas/v1/client-quotas", "client-quota"
FIELDS = ("display_name", "description", "throughput", "principals")


def rendered(cloud: Cloud, document: Document) -> Document:
    """The API's view of a quota."""
    cluster = clusters.required(cloud, document["cluster"])
    crn = f"{clusters.crn(cluster)}/client-quota={document['id']}"
    spec = {name: document[name] for name in FIELDS}
    spec |= {"cluster": reference(cluster["id"]), "environment": reference(cluster["environment"])}
    metadata = cloud.metadata(f"{PATH}/{document['id']}", crn, document["created"])
    return {
        "api_version": "kafka-quotas/v1",
        "kind": "ClientQuota",
        "id": document["id"],
        "metadata": metadata,
        "spec": spec,
    }


async def create(cloud: Cloud, request: Request) -> Response:
    spec = (await bodies.read(request)).get("spec") or {}
    cluster = clusters.required(cloud, (spec.get("cluster") or {}).get("id", ""))
    if cluster["config"]["kind"] != "Dedicated":
        raise ApiError(400, f"client quotas need a Dedicated cluster; {cluster['id']} is {cluster['config']['kind']}")
    document: Document = {
        "id": new_id("cq"),
        "created": now(),
        "cluster": cluster["id"],
        **{n: spec.get(n) for n in FIELDS},
    }
    return reply(rendered(cloud, cloud.store.put(KIND, document["id"], document)), 202)


async def read(cloud: Cloud, request: Request) -> Response:
    return reply(rendered(cloud, stored(cloud, KIND, request.path_params["id"], "client quota")))


async def index(cloud: Cloud, request: Request) -> Response:
    wanted = request.query_params.get("spec.cluster")
    found = [one for one in cloud.store.all(KIND) if wanted in (None, one["cluster"])]
    return reply(listing("ClientQuota", "kafka-quotas/v1", [rendered(cloud, one) for one in found]))


async def update(cloud: Cloud, request: Request) -> Response:
    document = stored(cloud, KIND, request.path_params["id"], "client quota")
    spec = (await bodies.read(request)).get("spec") or {}
    document |= {name: spec[name] for name in FIELDS if spec.get(name) is not None}
    return reply(rendered(cloud, cloud.store.put(KIND, document["id"], document)))


async def delete(cloud: Cloud, request: Request) -> Response:
    cloud.store.delete(KIND, stored(cloud, KIND, request.path_params["id"], "client quota")["id"])
    return no_content()


def routes(cloud: Cloud) -> list[Route]:
    """The paths of this module."""
    return resource(
        cloud, PATH, auth.administrator, create=create, index=index, read=read, update=update, delete=delete
    )
