"""/org/v2: environments, and through them the organization."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.confluent import auth, bodies
from local.confluent.context import ORGANIZATION_CRN, Cloud, listing
from local.confluent.errors import ApiError
from local.confluent.http import no_content, reply, resource, stored
from local.confluent.registry import apicurio
from local.confluent.store import Document, new_id, now

PATH = "/org/v2/environments"
DEFAULT = "env-default"  # get_organization reads the organization off any environment, before there is one of ours
PACKAGES = ("ESSENTIALS", "ADVANCED")


def crn(environment: str) -> str:
    """`crn://confluent.cloud/organization=O/environment=E`."""
    return f"{ORGANIZATION_CRN}/environment={environment}"


def required(cloud: Cloud, identity: str) -> Document:
    """The stored environment; 404 when there is none."""
    return stored(cloud, "environment", identity, "environment")


def seed(cloud: Cloud) -> None:
    """The organization's built-in environment, as every Confluent organization has one."""
    if cloud.store.get("environment", DEFAULT) is None:
        document = {"id": DEFAULT, "display_name": "default", "package": "ESSENTIALS", "created": now()}
        cloud.store.put("environment", DEFAULT, document)


def render(cloud: Cloud, document: Document) -> Document:
    """The API's view of a stored environment."""
    identity = document["id"]
    return {
        "api_version": "org/v2",
        "kind": "Environment",
        "id": identity,
        "metadata": cloud.metadata(f"{PATH}/{identity}", crn(identity), document["created"]),
        "display_name": document["display_name"],
        "stream_governance_config": {"package": document["package"]},
    }


def read_package(sent: Document, current: str) -> str:
    """The governance package asked for; going back is refused, as by the service."""
    package = (sent.get("stream_governance_config") or {}).get("package") or current
    if package not in PACKAGES:
        raise ApiError(400, f"stream_governance_config.package must be one of {', '.join(PACKAGES)}, got {package!r}")
    if PACKAGES.index(package) < PACKAGES.index(current):
        raise ApiError(400, f"the governance package cannot be downgraded from {current} to {package}")
    return package


async def create(cloud: Cloud, request: Request) -> Response:
    sent = await bodies.read(request)
    name = sent.get("display_name")
    if not name:
        raise ApiError(400, "display_name is required")
    if any(other["display_name"] == name for other in cloud.store.all("environment")):
        raise ApiError(409, f"an environment with the display name {name!r} exists")
    identity = new_id("env")
    document = {
        "id": identity,
        "display_name": name,
        "package": read_package(sent, "ESSENTIALS"),
        "created": now(),
        "registry": new_id("lsrc"),
    }
    return reply(render(cloud, cloud.store.put("environment", identity, document)), 201)


async def read(cloud: Cloud, request: Request) -> Response:
    return reply(render(cloud, required(cloud, request.path_params["id"])))


async def index(cloud: Cloud, request: Request) -> Response:
    return reply(listing("Environment", "org/v2", [render(cloud, d) for d in cloud.store.all("environment")]))


async def update(cloud: Cloud, request: Request) -> Response:
    document, sent = required(cloud, request.path_params["id"]), await bodies.read(request)
    document["display_name"] = sent.get("display_name") or document["display_name"]
    document["package"] = read_package(sent, document["package"])
    return reply(render(cloud, cloud.store.put("environment", document["id"], document)))


async def delete(cloud: Cloud, request: Request) -> Response:
    document = required(cloud, request.path_params["id"])
    if document["id"] == DEFAULT:
        raise ApiError(400, "the default environment of the local organization cannot be deleted")
    if left := [c["id"] for c in cloud.store.all("cluster") if c["environment"] == document["id"]]:
        raise ApiError(409, f"environment {document['id']} still has the Kafka cluster {', '.join(left)}")
    if not any(cloud.store.all("cluster")):  # one registry serves every environment here
        await apicurio.forget(cloud)
    cloud.store.delete("environment", document["id"])
    return no_content()


def routes(cloud: Cloud) -> list[Route]:
    """The paths of this module."""
    return resource(
        cloud, PATH, auth.administrator, create=create, index=index, read=read, update=update, delete=delete
    )
