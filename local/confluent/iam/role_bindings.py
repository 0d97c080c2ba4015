"""/iam/v2/role-bindings. A binding takes effect on the broker before it is answered, or some time after it (late_bindings.py)."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.confluent import auth, bodies
from local.confluent.context import ORGANIZATION_CRN, Cloud, listing
from local.confluent.errors import ApiError
from local.confluent.http import no_content, reply, resource, stored
from local.confluent.iam import rbac
from local.confluent.kafka import admin
from local.confluent.store import Document, new_id, now

PATH = "/iam/v2/role-bindings"


def render(cloud: Cloud, document: Document) -> Document:
    """The API's view of a role binding."""
    identity = document["id"]
    crn = f"{ORGANIZATION_CRN}/rolebinding={identity}"
    shown = {name: document[name] for name in ("principal", "role_name", "crn_pattern")}
    metadata = cloud.metadata(f"{PATH}/{identity}", crn, document["created"])
    return {"api_version": "iam/v2", "kind": "RoleBinding", "id": identity, "metadata": metadata, **shown}


async def create(cloud: Cloud, request: Request) -> Response:
    sent = await bodies.read(request)
    document: Document = {name: str(sent.get(name) or "") for name in ("principal", "role_name", "crn_pattern")}
    rbac.check(document)
    owner = document["principal"].removeprefix("User:")
    if not any(cloud.store.get(kind, owner) for kind in ("service-account", "identity-pool")):
        raise ApiError(
            400,
            f"principal {document['principal']!r} is not a service account or an identity pool of this organization",
        )
    if any(document.items() <= other.items() for other in cloud.store.all("role-binding")):
        raise ApiError(409, "this role binding exists")
    document |= {"id": new_id("rb"), "created": now(), "given": not cloud.realistic}
    cloud.store.put("role-binding", document["id"], document)
    await admin.grant(cloud, owner)
    return reply(render(cloud, document), 201)


async def read(cloud: Cloud, request: Request) -> Response:
    return reply(render(cloud, stored(cloud, "role-binding", request.path_params["id"], "role binding")))


async def index(cloud: Cloud, request: Request) -> Response:
    principal = request.query_params.get("principal")
    found = [b for b in cloud.store.all("role-binding") if principal in (None, b["principal"])]
    return reply(listing("RoleBinding", "iam/v2", [render(cloud, b) for b in found]))


async def delete(cloud: Cloud, request: Request) -> Response:
    document = stored(cloud, "role-binding", request.path_params["id"], "role binding")
    cloud.store.delete("role-binding", document["id"])
    await admin.grant(cloud, document["principal"].removeprefix("User:"))
    return no_content()


def routes(cloud: Cloud) -> list[Route]:
    """The paths of this module."""
    return resource(cloud, PATH, auth.administrator, create=create, index=index, read=read, delete=delete)
