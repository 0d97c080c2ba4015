"""/iam/v2/identity-providers and the pools below them: who may sign in without a key. Nobody does so here."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.confluent import auth, bodies
from local.confluent.context import ORGANIZATION_CRN, Cloud, listing
from local.confluent.errors import ApiError, not_found
from local.confluent.http import no_content, reply, resource, stored
from local.confluent.store import Document, new_id, now

PATH = "/iam/v2/identity-providers"
POOLS = f"{PATH}/{{provider}}/identity-pools"
PROVIDER_FIELDS = ("display_name", "description", "issuer", "jwks_uri")
POOL_FIELDS = ("display_name", "description", "identity_claim", "filter")
CHANGEABLE = ("display_name", "description", "identity_claim", "filter")


def rendered(cloud: Cloud, document: Document) -> Document:
    """The API's view of a provider or of a pool."""
    identity, provider = document["id"], document.get("provider")
    below = f"/{provider}/identity-pools" if provider else ""
    crn = f"{ORGANIZATION_CRN}/identity-provider={provider or identity}" + (
        f"/identity-pool={identity}" if provider else ""
    )
    shown = {name: value for name, value in document.items() if name not in ("created", "provider")}
    more = {"principal": identity} if provider else {}
    metadata = cloud.metadata(f"{PATH}{below}/{identity}", crn, document["created"])
    kind = "IdentityPool" if provider else "IdentityProvider"
    return {"api_version": "iam/v2", "kind": kind, "metadata": metadata, "state": "ENABLED", **shown, **more}


async def made(request: Request, prefix: str, fields: tuple[str, ...]) -> Document:
    """A new document of the fields that are sent; 400 when one is missing."""
    sent = await bodies.read(request)
    if missing := [name for name in fields if not sent.get(name)]:
        raise ApiError(400, f"the body lacks {', '.join(missing)}")
    kept = {name: sent[name] for name in (*fields, "identity_claim") if sent.get(name) is not None}
    return {"id": new_id(prefix), "created": now(), **kept}


async def create(cloud: Cloud, request: Request) -> Response:
    document = {"identity_claim": "claims.sub", **await made(request, "op", PROVIDER_FIELDS)}
    return reply(rendered(cloud, cloud.store.put("identity-provider", document["id"], document)), 201)


async def read(cloud: Cloud, request: Request) -> Response:
    found = stored(cloud, "identity-provider", request.path_params["id"], "identity provider")
    return reply(rendered(cloud, found))


async def index(cloud: Cloud, request: Request) -> Response:
    data = [rendered(cloud, one) for one in cloud.store.all("identity-provider")]
    return reply(listing("IdentityProvider", "iam/v2", data))


async def update(cloud: Cloud, request: Request) -> Response:
    found = stored(cloud, "identity-provider", request.path_params["id"], "identity provider")
    return reply(rendered(cloud, changed(cloud, "identity-provider", found, await bodies.read(request))))


def changed(cloud: Cloud, kind: str, document: Document, sent: Document) -> Document:
    """The document with what may change."""
    new = {**document, **{name: sent[name] for name in CHANGEABLE if sent.get(name) is not None}}
    return cloud.store.put(kind, document["id"], new)


async def delete(cloud: Cloud, request: Request) -> Response:
    found = stored(cloud, "identity-provider", request.path_params["id"], "identity provider")
    if left := [one["id"] for one in cloud.store.all("identity-pool") if one["provider"] == found["id"]]:
        raise ApiError(409, f"identity provider {found['id']} still has the pools {', '.join(left)}")
    cloud.store.delete("identity-provider", found["id"])
    return no_content()


def pool(cloud: Cloud, request: Request) -> Document:
    """The pool of the path."""
    found = stored(cloud, "identity-pool", request.path_params["id"], "identity pool")
    if found["provider"] != request.path_params["provider"]:
        raise not_found(f"identity pool {found['id']}")
    return found


async def create_pool(cloud: Cloud, request: Request) -> Response:
    provider = stored(cloud, "identity-provider", request.path_params["provider"], "identity provider")["id"]
    document = {**await made(request, "pool", POOL_FIELDS), "provider": provider}
    return reply(rendered(cloud, cloud.store.put("identity-pool", document["id"], document)), 201)


async def read_pool(cloud: Cloud, request: Request) -> Response:
    return reply(rendered(cloud, pool(cloud, request)))


async def pools(cloud: Cloud, request: Request) -> Response:
    provider = request.path_params["provider"]
    data = [rendered(cloud, one) for one in cloud.store.all("identity-pool") if one["provider"] == provider]
    return reply(listing("IdentityPool", "iam/v2", data))


async def update_pool(cloud: Cloud, request: Request) -> Response:
    return reply(rendered(cloud, changed(cloud, "identity-pool", pool(cloud, request), await bodies.read(request))))


async def delete_pool(cloud: Cloud, request: Request) -> Response:
    cloud.store.delete("identity-pool", pool(cloud, request)["id"])
    return no_content()


def routes(cloud: Cloud) -> list[Route]:
    """The paths of this module."""
    who = auth.administrator
    return [
        *resource(cloud, PATH, who, create=create, index=index, read=read, update=update, delete=delete),
        *resource(
            cloud, POOLS, who, create=create_pool, index=pools, read=read_pool, update=update_pool, delete=delete_pool
        ),
    ]
