"""/notifications/v1: types, integrations (how), subscriptions (of what). Nothing is sent anywhere: what would be is listed.

Types have ids of their own at the service; these stand for them, one of each kind that the clients here choose by.
"""

from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.confluent import auth, bodies
from local.confluent.context import ORGANIZATION_CRN, Cloud, listing
from local.confluent.errors import ApiError
from local.confluent.http import no_content, reply, resource, stored
from local.confluent.store import Document, new_id, now

BASE, VERSION = "/notifications/v1", "notifications/v1"
STATES = ("ENABLED", "DISABLED")
TYPES: dict[str, tuple[str, str, str, str]] = {  # id → name, category, severity, priority
    "nt-connector-failed": ("Connector failed", "SERVICE", "CRITICAL", "RECOMMENDED"),
    "nt-statement-degraded": ("Flink statement degraded", "SERVICE", "WARN", "OPTIONAL"),
    "nt-statement-failed": ("Flink statement failed", "SERVICE", "CRITICAL", "OPTIONAL"),
    "nt-cluster-load": ("Cluster load is high", "SERVICE", "WARN", "OPTIONAL"),
    "nt-maintenance": ("Maintenance is planned", "SERVICE", "INFO", "REQUIRED"),
    "nt-invoice": ("Invoice", "BILLING_LICENSING", "INFO", "RECOMMENDED"),
}


def rendered(cloud: Cloud, kind: str, path: str, document: Document) -> Document:
    """The API's view of an object."""
    where = f"{BASE}/{path}/{document['id']}"
    meta = cloud.metadata(where, f"{ORGANIZATION_CRN}/{path}={document['id']}", document["created"])
    body = {name: value for name, value in document.items() if name != "created"}
    return {"api_version": VERSION, "kind": kind, "metadata": meta, **body}


INTEGRATION, SUBSCRIPTION = (
    ("Integration", "integration", "integrations"),
    ("Subscription", "subscription", "subscriptions"),
)


def kept(cloud: Cloud, what: tuple[str, str, str], document: Document, status: int = 200) -> Response:
    """Store an object and answer with it."""
    kind, name, path = what
    return reply(rendered(cloud, kind, path, cloud.store.put(name, document["id"], document)), status)


async def types(cloud: Cloud, request: Request) -> Response:
    """The types, which nobody makes or changes."""
    names = ("display_name", "category", "severity", "subscription_priority")
    listed = [
        {"id": identity, "kind": "NotificationType", "is_included_in_plan": True, **dict(zip(names, told, strict=True))}
        for identity, told in TYPES.items()
    ]
    return reply(listing("NotificationType", VERSION, listed))


async def create_integration(cloud: Cloud, request: Request) -> Response:
    sent = await bodies.read(request)
    if not sent.get("display_name") or not isinstance(sent.get("target"), dict):
        raise ApiError(400, "display_name and target are required")
    document: Document = {
        "id": new_id("ni"),
        "created": now(),
        "description": "",
        **{name: sent[name] for name in ("display_name", "description", "target") if sent.get(name) is not None},
    }
    return kept(cloud, INTEGRATION, document, 201)


async def update_integration(cloud: Cloud, request: Request) -> Response:
    document, sent = stored(cloud, "integration", request.path_params["id"], "integration"), await bodies.read(request)
    fields = ("display_name", "description", "target")
    changed = {**document, **{name: sent[name] for name in fields if sent.get(name) is not None}}
    return kept(cloud, INTEGRATION, changed)


async def delete_integration(cloud: Cloud, request: Request) -> Response:
    """Subscriptions lose it with it; one that has no other ends."""
    identity = stored(cloud, "integration", request.path_params["id"], "integration")["id"]
    for subscription in cloud.store.all("subscription"):
        left = [one for one in subscription["integrations"] if one["id"] != identity]
        if left:
            cloud.store.put("subscription", subscription["id"], {**subscription, "integrations": left})
        else:
            cloud.store.delete("subscription", subscription["id"])
    cloud.store.delete("integration", identity)
    return no_content()


def checked(cloud: Cloud, sent: Document) -> Document:
    """A subscription's changeable part: known integrations, a known state."""
    known = {one["id"] for one in cloud.store.all("integration")}
    for one in sent.get("integrations") or []:
        if one.get("id") not in known:
            raise ApiError(400, f"there is no integration {one.get('id')}")
    if (sent.get("current_state") or "ENABLED") not in STATES:
        raise ApiError(400, f"current_state is {sent['current_state']!r}, expected one of {', '.join(STATES)}")
    return {name: sent[name] for name in ("integrations", "current_state") if sent.get(name) is not None}


async def create_subscription(cloud: Cloud, request: Request) -> Response:
    """One per type."""
    sent = await bodies.read(request)
    wanted = (sent.get("notification_type") or {}).get("id")
    if wanted not in TYPES:
        raise ApiError(400, f"there is no notification type {wanted}")
    if any(one["notification_type"]["id"] == wanted for one in cloud.store.all("subscription")):
        raise ApiError(409, f"there is a subscription of {wanted}")
    document: Document = {"id": new_id("sub"), "created": now(), "notification_type": {"id": wanted}, "current_state": "ENABLED",
                "integrations": [], **checked(cloud, sent)}  # fmt: skip
    return kept(cloud, SUBSCRIPTION, document, 201)


async def update_subscription(cloud: Cloud, request: Request) -> Response:
    document = stored(cloud, "subscription", request.path_params["id"], "subscription")
    document = {**document, **checked(cloud, await bodies.read(request))}
    return kept(cloud, SUBSCRIPTION, document)


async def delete_subscription(cloud: Cloud, request: Request) -> Response:
    document = stored(cloud, "subscription", request.path_params["id"], "subscription")
    if TYPES[document["notification_type"]["id"]][3] == "REQUIRED":
        raise ApiError(400, "a subscription of a REQUIRED type cannot be deleted")
    cloud.store.delete("subscription", document["id"])
    return no_content()


async def index(kind: str, name: str, path: str, cloud: Cloud, request: Request) -> Response:
    listed = [rendered(cloud, kind, path, one) for one in cloud.store.all(name)]
    return reply(listing(kind, VERSION, listed))


async def read(kind: str, name: str, path: str, cloud: Cloud, request: Request) -> Response:
    return reply(rendered(cloud, kind, path, stored(cloud, name, request.path_params["id"], name)))


def routes(cloud: Cloud) -> list[Route]:
    """The paths of this module."""
    who = auth.administrator
    return [
        *resource(cloud, f"{BASE}/notification-types", who, index=types),
        *resource(
            cloud, f"{BASE}/integrations", who,
            create=create_integration, index=partial(index, *INTEGRATION), read=partial(read, *INTEGRATION),
            update=update_integration, delete=delete_integration,
        ),
        *resource(
            cloud, f"{BASE}/subscriptions", who, create=create_subscription, index=partial(index, *SUBSCRIPTION),
            read=partial(read, *SUBSCRIPTION), update=update_subscription, delete=delete_subscription,
        ),
    ]  # fmt: skip
