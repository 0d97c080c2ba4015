"""/srcm/v3/clusters: the Schema Registry that an environment has from its first Kafka cluster on."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.confluent import auth
from local.confluent.context import Cloud, listing, reference
from local.confluent.errors import not_found
from local.confluent.http import reply, resource
from local.confluent.org import environments
from local.confluent.store import Document

PATH = "/srcm/v3/clusters"


def crn(environment: Document) -> str:
    """The CRN that subject role bindings start with."""
    return f"{environments.crn(environment['id'])}/schema-registry={environment['registry']}"


def find_registry(cloud: Cloud, identity: str) -> Document | None:
    """The environment whose registry has this id."""
    return next((e for e in cloud.store.all("environment") if e.get("registry") == identity), None)


def render(cloud: Cloud, environment: Document, cluster: Document) -> Document:
    """The API's view of an environment's registry."""
    identity = environment["registry"]
    address, private = (f"{base}/sr/{identity}" for base in (cloud.base, cloud.private_base))
    return {
        "api_version": "srcm/v3",
        "kind": "Cluster",
        "id": identity,
        "metadata": cloud.metadata(f"{PATH}/{identity}", crn(environment), cluster["created"]),
        "spec": {
            "display_name": "Stream Governance Package",
            "package": environment["package"],
            "http_endpoint": address,
            "catalog_http_endpoint": address,
            "private_http_endpoint": "",
            "private_networking_config": {"regional_endpoints": {cluster["spec"]["region"]: private}},
            "cloud": cluster["spec"]["cloud"],
            "region": cluster["spec"]["region"],
            "environment": reference(environment["id"], environments.crn(environment["id"])),
        },
        "status": {"phase": "PROVISIONED"},
    }


def registries(cloud: Cloud, environment: str | None) -> list[Document]:
    """Registries exist from an environment's first Kafka cluster on, as on Confluent Cloud."""
    clusters = {c["environment"]: c for c in cloud.store.all("cluster")}
    return [
        render(cloud, e, clusters[e["id"]])
        for e in cloud.store.all("environment")
        if e["id"] in clusters and environment in (None, e["id"])
    ]


async def index(cloud: Cloud, request: Request) -> Response:
    return reply(listing("Cluster", "srcm/v3", registries(cloud, request.query_params.get("environment"))))


async def read(cloud: Cloud, request: Request) -> Response:
    identity = request.path_params["id"]
    found = [r for r in registries(cloud, request.query_params.get("environment")) if r["id"] == identity]
    if not found:
        raise not_found(f"Schema Registry cluster {identity}")
    return reply(found[0])


def routes(cloud: Cloud) -> list[Route]:
    """The paths of this module."""
    return resource(cloud, PATH, auth.administrator, index=index, read=read)
