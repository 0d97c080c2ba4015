"""/iam/v2: service accounts and role bindings. A binding takes effect on the broker before it is answered."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.cloud import admin, auth, keys, rbac
from local.cloud.context import ORGANIZATION_CRN, Cloud, listing
from local.cloud.errors import ApiError, not_found
from local.cloud.store import Document, new_id, now
from local.cloud.web import body, no_content, reply, resource

ACCOUNTS = "/iam/v2/service-accounts"
BINDINGS = "/iam/v2/role-bindings"


def account_crn(identity: str) -> str:
    """The CRN that an Assigner binding ends with."""
    return f"{ORGANIZATION_CRN}/service-account={identity}"


def find(cloud: Cloud, kind: str, identity: str) -> Document:
    """A stored document; 404 when there is none."""
    found = cloud.store.get(kind, identity)
    if found is None:
        raise not_found(f"{kind.replace('-', ' ')} {identity}")
    return found


def account(cloud: Cloud, document: Document) -> Document:
    """The API's view of a service account."""
    identity = document["id"]
    return {
        "api_version": "iam/v2",
        "kind": "ServiceAccount",
        "id": identity,
        "metadata": cloud.metadata(f"{ACCOUNTS}/{identity}", account_crn(identity), document["created"]),
        "display_name": document["display_name"],
        "description": document["description"],
    }


def check_name(cloud: Cloud, name: str, identity: str = "") -> None:
    """Names are required, at most 64 characters, and unique."""
    if not 0 < len(name) <= 64:
        raise ApiError(400, f"display_name must have 1 to 64 characters, got {len(name)}")
    if any(a["display_name"] == name and a["id"] != identity for a in cloud.store.all("service-account")):
        raise ApiError(409, f"a service account with the display name {name!r} exists")


async def create_account(cloud: Cloud, request: Request) -> Response:
    auth.administrator(cloud, request)
    sent = await body(request)
    check_name(cloud, sent.get("display_name") or "")
    document = {
        "id": new_id("sa"),
        "display_name": sent["display_name"],
        "description": sent.get("description") or "",
        "created": now(),
    }
    return reply(account(cloud, cloud.store.put("service-account", document["id"], document)), 201)


async def read_account(cloud: Cloud, request: Request) -> Response:
    auth.administrator(cloud, request)
    return reply(account(cloud, find(cloud, "service-account", request.path_params["id"])))


async def index_accounts(cloud: Cloud, request: Request) -> Response:
    auth.administrator(cloud, request)
    name = request.query_params.get("display_name")
    found = [a for a in cloud.store.all("service-account") if name in (None, a["display_name"])]
    return reply(listing("ServiceAccount", "iam/v2", [account(cloud, a) for a in found]))


async def update_account(cloud: Cloud, request: Request) -> Response:
    auth.administrator(cloud, request)
    document, sent = find(cloud, "service-account", request.path_params["id"]), await body(request)
    if "display_name" in sent:
        check_name(cloud, sent["display_name"], document["id"])
    document |= {name: sent[name] for name in ("display_name", "description") if name in sent}
    return reply(account(cloud, cloud.store.put("service-account", document["id"], document)))


async def delete_account(cloud: Cloud, request: Request) -> Response:
    """Its keys, bindings and ACLs go with it."""
    auth.administrator(cloud, request)
    identity = find(cloud, "service-account", request.path_params["id"])["id"]
    for kind in ("api-key", "engine-key"):
        for key in [k for k in cloud.store.all(kind) if k["owner"] == identity]:
            await keys.remove(cloud, key, kind)
    for binding in [b for b in cloud.store.all("role-binding") if b["principal"] == f"User:{identity}"]:
        cloud.store.delete("role-binding", binding["id"])
    await admin.done(admin.platform(cloud).delete_acls([admin.everything_of(f"User:{identity}")]))
    cloud.store.delete("service-account", identity)
    return no_content()


def binding(cloud: Cloud, document: Document) -> Document:
    """The API's view of a role binding."""
    identity = document["id"]
    crn = f"{ORGANIZATION_CRN}/rolebinding={identity}"
    shown = {name: document[name] for name in ("principal", "role_name", "crn_pattern")}
    metadata = cloud.metadata(f"{BINDINGS}/{identity}", crn, document["created"])
    return {"api_version": "iam/v2", "kind": "RoleBinding", "id": identity, "metadata": metadata, **shown}


async def create_binding(cloud: Cloud, request: Request) -> Response:
    auth.administrator(cloud, request)
    sent = await body(request)
    document = {name: str(sent.get(name) or "") for name in ("principal", "role_name", "crn_pattern")}
    rbac.check(document)
    owner = document["principal"].removeprefix("User:")
    if cloud.store.get("service-account", owner) is None:
        raise ApiError(400, f"principal {document['principal']!r} is not a service account of this organization")
    if any(document.items() <= other.items() for other in cloud.store.all("role-binding")):
        raise ApiError(409, "this role binding exists")
    document |= {"id": new_id("rb"), "created": now()}
    cloud.store.put("role-binding", document["id"], document)
    await admin.grant(cloud, owner)
    return reply(binding(cloud, document), 201)


async def read_binding(cloud: Cloud, request: Request) -> Response:
    auth.administrator(cloud, request)
    return reply(binding(cloud, find(cloud, "role-binding", request.path_params["id"])))


async def index_bindings(cloud: Cloud, request: Request) -> Response:
    auth.administrator(cloud, request)
    principal = request.query_params.get("principal")
    found = [b for b in cloud.store.all("role-binding") if principal in (None, b["principal"])]
    return reply(listing("RoleBinding", "iam/v2", [binding(cloud, b) for b in found]))


async def delete_binding(cloud: Cloud, request: Request) -> Response:
    auth.administrator(cloud, request)
    document = find(cloud, "role-binding", request.path_params["id"])
    cloud.store.delete("role-binding", document["id"])
    await admin.grant(cloud, document["principal"].removeprefix("User:"))
    return no_content()


def routes(cloud: Cloud) -> list[Route]:
    """The paths of this module."""
    accounts = resource(
        cloud,
        ACCOUNTS,
        create=create_account,
        index=index_accounts,
        read=read_account,
        update=update_account,
        delete=delete_account,
    )
    bindings = resource(
        cloud, BINDINGS, create=create_binding, index=index_bindings, read=read_binding, delete=delete_binding
    )
    return [*accounts, *bindings]
