"""/endpoint/v1/endpoints: where Kafka, registry and Flink answer by each access point, some time after the point is ready."""

from collections.abc import Iterator

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.confluent import auth, lateness
from local.confluent.context import Cloud, listing, reference
from local.confluent.errors import ApiError
from local.confluent.http import reply, resource
from local.confluent.network.private_links import POINT
from local.confluent.org import environments
from local.confluent.store import Document

PATH, VERSION = "/endpoint/v1/endpoints", "endpoint/v1"
SERVICES = ("KAFKA", "SCHEMA_REGISTRY", "FLINK")


def addresses(cloud: Cloud, service: str, environment: Document) -> Iterator[tuple[str, str, str]]:
    """Kind, address and resource of each."""
    if service == "SCHEMA_REGISTRY":
        identity = environment.get("registry", "")
        yield "REST", f"{cloud.private_base}/sr/{identity}", identity
    elif service == "FLINK":
        yield "REST", cloud.private_base, ""
        yield "LANGUAGE_SERVICE", cloud.private_base, ""
    for cluster in cloud.store.all("cluster") if service == "KAFKA" else ():
        if cluster["environment"] == environment["id"]:
            yield "REST", cloud.private_base, cluster["id"]
            yield "BOOTSTRAP", f"SASL_PLAINTEXT://127.0.0.1:{cloud.instance.port('kafka')}", cluster["id"]


def listed(cloud: Cloud, service: str, environment: Document, region: str) -> Iterator[Document]:
    """The endpoints of one service, for each access point that leads in."""
    for point in cloud.store.all(POINT.path):
        spec = point["spec"]
        leads_in = spec["config"]["kind"] == "AwsIngressPrivateLinkEndpoint"
        if not leads_in or spec["environment"]["id"] != environment["id"]:
            continue
        if lateness.late(cloud, point, lateness.LISTED):
            continue
        for kind, address, resource_id in addresses(cloud, service, environment):
            yield {
                "api_version": VERSION,
                "kind": "Endpoint",
                "id": f"ep-{point['id']}-{service}-{kind}".lower(),
                "cloud": "AWS",
                "region": region,
                "service": service,
                "is_private": True,
                "connection_type": "PRIVATE_LINK",
                "endpoint": address,
                "endpoint_type": kind,
                "environment": reference(environment["id"], environments.crn(environment["id"])),
                "resource": reference(resource_id),
                "gateway": reference(spec["gateway"]["id"]),
                "access_point": reference(point["id"]),
            }


async def index(cloud: Cloud, request: Request) -> Response:
    """Filters: environment, service, cloud, region, is_private, resource."""
    asked = request.query_params
    if asked.get("service") not in SERVICES:
        raise ApiError(400, f"service must be one of {', '.join(SERVICES)}, got {asked.get('service')!r}")
    environment = environments.required(cloud, asked.get("environment", ""))
    found = list(listed(cloud, asked["service"], environment, asked.get("region", "us-east-1")))
    if asked.get("is_private") == "false":
        found = []
    if wanted := asked.get("resource"):
        found = [one for one in found if one["resource"]["id"] == wanted]
    return reply(listing("Endpoint", VERSION, found))


def routes(cloud: Cloud) -> list[Route]:
    """The paths of this module."""
    return resource(cloud, PATH, auth.administrator, index=index)
