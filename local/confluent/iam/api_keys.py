"""/iam/v2/api-keys. A key for the Kafka cluster is a SCRAM user with its owner's permissions."""

import secrets
import string
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.confluent import auth, bodies
from local.confluent.context import ORGANIZATION_CRN, REGION_ZONES, Cloud, listing, reference
from local.confluent.errors import ApiError
from local.confluent.http import no_content, reply, resource, stored
from local.confluent.kafka import admin
from local.confluent.registry.clusters import find_registry
from local.confluent.store import Document, now

PATH = "/iam/v2/api-keys"
CAPITALS = string.ascii_uppercase + string.digits


def new_key(length: int = 16) -> str:
    """A key in Confluent's form: capital letters and digits."""
    return "".join(secrets.choice(CAPITALS) for _ in range(length))


def describe_resource(identity: str) -> dict[str, Any]:
    """What the key is for, complete: the plugin omits api_version and would replace the key without it."""
    if identity == "cloud":
        kind = {"api_version": "iam/v2", "id": "cloud", "kind": "Cloud"}
        return {**kind, "related": "cloud", "resource_name": "cloud"}
    versions = {"lkc": ("cmk/v2", "Cluster"), "lsrc": ("srcm/v3", "Cluster")}
    version, kind = versions.get(identity.split("-")[0], ("fcpm/v2", "Region"))
    return {"api_version": version, "kind": kind, **reference(identity)}


def render(cloud: Cloud, document: Document, secret: str = "") -> Document:
    """The API's view of a key; the secret is shown once, by the answer that creates it."""
    identity, owner = document["id"], document["owner"]
    kind = "ServiceAccount" if owner.startswith("sa-") else "User"
    crn = f"{ORGANIZATION_CRN}/service-account={owner}/api-key={identity}"
    return {
        "api_version": "iam/v2",
        "kind": "ApiKey",
        "id": identity,
        "metadata": cloud.metadata(f"{PATH}/{identity}", crn, document["created"]),
        "spec": {
            "display_name": document["display_name"],
            "description": document["description"],
            "secret": secret,
            "owner": {"api_version": "iam/v2", "kind": kind, **reference(owner)},
            "resource": describe_resource(document["resource"]),
        },
    }


def required(cloud: Cloud, identity: str) -> Document:
    """The stored key; 404 when there is none."""
    return stored(cloud, "api-key", identity, "API key")


def resource_of(cloud: Cloud, sent: Document) -> str:
    """The id of what the key is for, checked to exist. Flink regions lose a leading environment id."""
    resource = sent.get("resource") or {}
    identity = resource.get("id") or "cloud"
    known = identity == "cloud" or cloud.store.get("cluster", identity) or find_registry(cloud, identity)
    if resource.get("kind") == "Region":
        identity = ".".join(identity.split(".")[-2:]).lower()
        known = identity in {f"aws.{region}" for region in REGION_ZONES}
    if not known:
        raise ApiError(400, f"spec.resource {identity!r} does not exist")
    return identity


async def create(cloud: Cloud, request: Request) -> Response:
    spec = (await bodies.read(request)).get("spec") or {}
    owner = (spec.get("owner") or {}).get("id", "")
    if cloud.store.get("service-account", owner) is None:
        raise ApiError(400, f"spec.owner {owner!r} is not a service account of this organization")
    document = await mint(cloud, "api-key", owner, resource_of(cloud, spec), spec)
    return reply(render(cloud, document, document["secret"]), 202)


async def mint(cloud: Cloud, kind: str, owner: str, resource: str, spec: Document) -> Document:
    """Make a key of `kind` (`api-key`, or `engine-key` for an engine that acts as a service account)."""
    document = {
        "id": new_key(),
        "secret": secrets.token_urlsafe(48),
        "owner": owner,
        "resource": resource,
        "display_name": spec.get("display_name", ""),
        "description": spec.get("description", ""),
        "created": now(),
        "use": spec.get("use", ""),  # of an engine's key: see engine_key
    }
    if resource.startswith("lkc-"):
        await admin.put_user(cloud, document["id"], document["secret"])
    cloud.store.put(kind, document["id"], document)
    await admin.grant(cloud, owner)
    return document


async def engine_key(cloud: Cloud, owner: str, use: str = "") -> Document:
    """The key an engine uses to act as a service account on the cluster; made when first asked for.

    `use`: "sink" for a Flink sink's, which may look up who writes to its topics (admin.seeing_producers).
    """
    cluster = next(cloud.store.all("cluster"), None)
    if cluster is None:
        raise ApiError(400, "there is no Kafka cluster yet")
    if cloud.store.get("service-account", owner) is None:
        raise ApiError(400, f"service account {owner!r} does not exist")
    for key in cloud.store.all("engine-key"):
        if (key["owner"], key["resource"], key.get("use", "")) == (owner, cluster["id"], use):
            return key
    return await mint(cloud, "engine-key", owner, cluster["id"], {"use": use})


async def read(cloud: Cloud, request: Request) -> Response:
    return reply(render(cloud, required(cloud, request.path_params["id"])))


async def index(cloud: Cloud, request: Request) -> Response:
    return reply(listing("ApiKey", "iam/v2", [render(cloud, d) for d in cloud.store.all("api-key")]))


async def update(cloud: Cloud, request: Request) -> Response:
    document = required(cloud, request.path_params["id"])
    spec = (await bodies.read(request)).get("spec") or {}
    document |= {name: spec[name] for name in ("display_name", "description") if name in spec}
    return reply(render(cloud, cloud.store.put("api-key", document["id"], document)))


async def delete(cloud: Cloud, request: Request) -> Response:
    await remove(cloud, required(cloud, request.path_params["id"]))
    return no_content()


async def remove(cloud: Cloud, document: Document, kind: str = "api-key") -> None:
    """Delete a key and its user on the broker: the key first, or scram_users.py would take the user for one that was lost."""
    cloud.store.delete(kind, document["id"])
    if document["resource"].startswith("lkc-"):
        try:
            await admin.drop_user(cloud, document["id"])
        except Exception:
            cloud.store.put(kind, document["id"], document)
            raise


def routes(cloud: Cloud) -> list[Route]:
    """The paths of this module."""
    return resource(
        cloud, PATH, auth.administrator, create=create, index=index, read=read, update=update, delete=delete
    )
