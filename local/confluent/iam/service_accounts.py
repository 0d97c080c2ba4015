"""/iam/v2/service-accounts. What belongs to an account goes with it."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.confluent import auth, bodies
from local.confluent.context import ORGANIZATION_CRN, Cloud, listing
from local.confluent.errors import ApiError
from local.confluent.http import no_content, reply, resource, stored
from local.confluent.iam import api_keys
from local.confluent.kafka import admin
from local.confluent.store import Document, new_id, now

PATH = "/iam/v2/service-accounts"


def account_crn(identity: str) -> str:
    """The CRN that an Assigner binding ends with."""
    return f"{ORGANIZATION_CRN}/service-account={identity}"


def required(cloud: Cloud, identity: str) -> Document:
    """The stored account; 404 when there is none."""
    return stored(cloud, "service-account", identity, "service account")


def render(cloud: Cloud, document: Document) -> Document:
    """The API's view of a service account."""
    identity = document["id"]
    return {
        "api_version": "iam/v2",
        "kind": "ServiceAccount",
        "id": identity,
        "metadata": cloud.metadata(f"{PATH}/{identity}", account_crn(identity), document["created"]),
        "display_name": document["display_name"],
        "description": document["description"],
    }


def check_name(cloud: Cloud, name: str, identity: str = "") -> None:
    """Names are required, at most 64 characters, and unique."""
    if not 0 < len(name) <= 64:
        raise ApiError(400, f"display_name must have 1 to 64 characters, got {len(name)}")
    if any(a["display_name"] == name and a["id"] != identity for a in cloud.store.all("service-account")):
        raise ApiError(409, f"a service account with the display name {name!r} exists")


async def create(cloud: Cloud, request: Request) -> Response:
    sent = await bodies.read(request)
    check_name(cloud, sent.get("display_name") or "")
    document = {
        "id": new_id("sa"),
        "display_name": sent["display_name"],
        "description": sent.get("description") or "",
        "created": now(),
    }
    return reply(render(cloud, cloud.store.put("service-account", document["id"], document)), 201)


async def read(cloud: Cloud, request: Request) -> Response:
    return reply(render(cloud, required(cloud, request.path_params["id"])))


async def index(cloud: Cloud, request: Request) -> Response:
    name = request.query_params.get("display_name")
    found = [a for a in cloud.store.all("service-account") if name in (None, a["display_name"])]
    return reply(listing("ServiceAccount", "iam/v2", [render(cloud, a) for a in found]))


async def update(cloud: Cloud, request: Request) -> Response:
    document, sent = required(cloud, request.path_params["id"]), await bodies.read(request)
    if "display_name" in sent:
        check_name(cloud, sent["display_name"], document["id"])
    document |= {name: sent[name] for name in ("display_name", "description") if name in sent}
    return reply(render(cloud, cloud.store.put("service-account", document["id"], document)))


async def delete(cloud: Cloud, request: Request) -> Response:
    """Its keys, bindings and ACLs go with it."""
    identity = required(cloud, request.path_params["id"])["id"]
    for kind in ("api-key", "engine-key"):
        for key in [k for k in cloud.store.all(kind) if k["owner"] == identity]:
            await api_keys.remove(cloud, key, kind)
    for binding in [b for b in cloud.store.all("role-binding") if b["principal"] == f"User:{identity}"]:
        cloud.store.delete("role-binding", binding["id"])
    await admin.done(admin.platform(cloud).delete_acls([admin.everything_of(f"User:{identity}")]))
    cloud.store.delete("service-account", identity)
    return no_content()


def routes(cloud: Cloud) -> list[Route]:
    """The paths of this module."""
    return resource(
        cloud, PATH, auth.administrator, create=create, index=index, read=read, update=update, delete=delete
    )
