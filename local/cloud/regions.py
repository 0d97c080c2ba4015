"""Look-ups the program makes: the environment's Schema Registry (/srcm/v3) and the Flink region (/fcpm/v2/regions)."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.cloud import auth, environments
from local.cloud.context import REGION_ZONES, Cloud, listing, reference
from local.cloud.errors import not_found
from local.cloud.store import Document
from local.cloud.web import endpoint, reply

REGISTRIES = "/srcm/v3/clusters"


def registry_crn(environment: Document) -> str:
    """The CRN that subject role bindings start with."""
    return f"{environments.crn(environment['id'])}/schema-registry={environment['registry']}"


def find_registry(cloud: Cloud, identity: str) -> Document | None:
    """The environment whose registry has this id."""
    return next((e for e in cloud.store.all("environment") if e.get("registry") == identity), None)


def render(cloud: Cloud, environment: Document, cluster: Document) -> Document:
    """The API's view of an environment's registry."""
    identity = environment["registry"]
    address = f"{cloud.base}/sr/{identity}"
    return {
        "api_version": "srcm/v3",
        "kind": "Cluster",
        "id": identity,
        "metadata": cloud.metadata(f"{REGISTRIES}/{identity}", registry_crn(environment), cluster["created"]),
        "spec": {
            "display_name": "Stream Governance Package",
            "package": environment["package"],
            "http_endpoint": address,
            "catalog_http_endpoint": address,
            "private_http_endpoint": "",
            "private_networking_config": {},
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


async def registry_index(cloud: Cloud, request: Request) -> Response:
    auth.administrator(cloud, request)
    return reply(listing("Cluster", "srcm/v3", registries(cloud, request.query_params.get("environment"))))


async def registry_read(cloud: Cloud, request: Request) -> Response:
    auth.administrator(cloud, request)
    identity = request.path_params["id"]
    found = [r for r in registries(cloud, request.query_params.get("environment")) if r["id"] == identity]
    if not found:
        raise not_found(f"Schema Registry cluster {identity}")
    return reply(found[0])


async def flink_regions(cloud: Cloud, request: Request) -> Response:
    auth.administrator(cloud, request)
    provider, region = (request.query_params.get(name) for name in ("cloud", "region_name"))
    found = [
        {
            "api_version": "fcpm/v2",
            "kind": "Region",
            "id": f"aws.{name}",
            "cloud": "AWS",
            "region_name": name,
            "display_name": f"{name} (local)",
            "http_endpoint": cloud.base,
            "private_http_endpoint": "",
            "metadata": {"self": ""},
        }
        for name in REGION_ZONES
        if provider in (None, "AWS") and region in (None, name)
    ]
    return reply(listing("Region", "fcpm/v2", found))


async def ip_addresses(cloud: Cloud, request: Request) -> Response:
    """Where our connectors come from: this machine."""
    auth.administrator(cloud, request)
    places = {"cloud": "AWS", "region": request.query_params.get("region", REGION_ZONES[0])}
    found = {"ip_prefix": "127.0.0.1/32", "address_type": "EGRESS", "services": ["CONNECT"], **places}
    return reply(
        listing("IpAddress", "networking/v1", [{"api_version": "networking/v1", "kind": "IpAddress", **found}])
    )


def routes(cloud: Cloud) -> list[Route]:
    """The paths of this module."""
    return [
        Route(REGISTRIES, endpoint(cloud, registry_index), methods=["GET"]),
        Route(REGISTRIES + "/{id}", endpoint(cloud, registry_read), methods=["GET"]),
        Route("/networking/v1/ip-addresses", endpoint(cloud, ip_addresses), methods=["GET"]),
        Route("/fcpm/v2/regions", endpoint(cloud, flink_regions), methods=["GET"]),
    ]
