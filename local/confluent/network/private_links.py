"""/networking/v1: gateways, access points, DNS records, PrivateLink attachments. Nothing is routed: they are made, read, and depend on each other.

Who reaches what is private is shown by an address that answers only while somebody forwards it (cli/rehearsal/network.py).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.confluent import auth, bodies, lateness
from local.confluent.context import Cloud, listing, reference
from local.confluent.errors import ApiError
from local.confluent.http import no_content, reply, resource, stored
from local.confluent.org import environments
from local.confluent.store import Document, new_id, now

BASE, VERSION = "/networking/v1", "networking/v1"
PRINCIPAL = "arn:aws:iam::000000000000:role/confluent"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of object. `above`: references (field of the spec → path of what it names) that must be there before, and stay.

    `needs`: what must stand in the spec (`config.region`). `kinds`: of its configuration. `objects`: fields that hold an object
    here, and a text elsewhere.
    """

    name: str
    path: str
    prefix: str
    ready: str
    status: Callable[[Document], Document]
    above: tuple[tuple[str, str], ...] = ()
    needs: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    objects: frozenset[str] = frozenset()


def service_of(document: Document) -> str:
    """The name that an endpoint in a VPC connects to."""
    return f"com.amazonaws.vpce.us-east-1.vpce-svc-{document['id']}"


def gateway_status(document: Document) -> Document:
    """Who may connect (egress), or what to connect to (ingress)."""
    if document["spec"]["config"]["kind"] == "AwsEgressPrivateLinkGatewaySpec":
        return {"cloud_gateway": {"kind": "AwsEgressPrivateLinkGatewayStatus", "principal_arn": PRINCIPAL}}
    found = {"kind": "AwsIngressPrivateLinkGatewayStatus", "vpc_endpoint_service_name": service_of(document)}
    return {"cloud_gateway": found}


def point_status(document: Document) -> Document:
    """The endpoint that was made (egress), or the names that it answers to (ingress)."""
    config = document["spec"]["config"]
    if config["kind"] == "AwsEgressPrivateLinkEndpoint":
        own = {"vpc_endpoint_id": f"vpce-{document['id']}", "vpc_endpoint_dns_name": f"*.{document['id']}.example"}
        return {"config": {"kind": "AwsEgressPrivateLinkEndpointStatus", **own}}
    own = {"vpc_endpoint_id": config["vpc_endpoint_id"], "dns_domain": f"{document['id']}.accesspoint.example"}
    return {"config": {"kind": "AwsIngressPrivateLinkEndpointStatus", **own}}


def attachment_status(document: Document) -> Document:
    """What to connect to, and the region's names."""
    service = {"vpc_endpoint_service_name": service_of(document)}
    own = {"kind": "AwsPrivateLinkAttachmentStatus", "vpc_endpoint_service": service}
    return {"cloud": own, "dns_domain": f"{document['spec']['region']}.aws.private.example"}


def connection_status(document: Document) -> Document:
    """The endpoint that is connected."""
    return {"cloud": {"kind": "AwsPrivateLinkAttachmentConnectionStatus"}}


GATEWAY = Kind(
    "Gateway", "gateways", "gw", "READY", gateway_status,
    needs=("config.region",), kinds=("AwsEgressPrivateLinkGatewaySpec", "AwsIngressPrivateLinkGatewaySpec"),
)  # fmt: skip
POINT = Kind(
    "AccessPoint", "access-points", "ap", "READY", point_status, (("gateway", "gateways"),),
    kinds=("AwsEgressPrivateLinkEndpoint", "AwsIngressPrivateLinkEndpoint"),
)  # fmt: skip
RECORD = Kind(
    "DnsRecord", "dns-records", "dnsrec", "CREATED", lambda _: {},
    (("gateway", "gateways"), ("config", "access-points")), ("domain",),
)  # fmt: skip
ATTACHMENT = Kind(
    "PrivateLinkAttachment", "private-link-attachments", "platt", "WAITING_FOR_CONNECTIONS", attachment_status,
    needs=("cloud", "region"),
)  # fmt: skip
CONNECTION = Kind(
    "PrivateLinkAttachmentConnection", "private-link-attachment-connections", "plattc", "READY", connection_status,
    (("private_link_attachment", "private-link-attachments"),), ("cloud.vpc_endpoint_id",), objects=frozenset(("spec.cloud",)),
)  # fmt: skip
KINDS = (GATEWAY, POINT, RECORD, ATTACHMENT, CONNECTION)


def named(spec: Document, field: str) -> str:
    """The id that a reference holds: a DNS record's target is in its configuration."""
    found = spec.get(field) or {}
    return str(found.get("resource_id" if field == "config" else "id") or "")


def rendered(cloud: Cloud, kind: Kind, document: Document) -> Document:
    """The API's view of an object."""
    identity, environment = document["id"], document["spec"]["environment"]["id"]
    crn = f"{environments.crn(environment)}/{kind.path.removesuffix('s')}={identity}"
    spec = {**document["spec"], "environment": reference(environment, environments.crn(environment))}
    phase = lateness.phase(cloud, document, kind.ready)
    status = {"phase": phase, **(kind.status(document) if phase == kind.ready else {})}
    head = {"api_version": VERSION, "kind": kind.name, "id": identity}
    metadata = cloud.metadata(f"{BASE}/{kind.path}/{identity}", crn, document["created"])
    return {**head, "metadata": metadata, "spec": spec, "status": status}


def complete(kind: Kind, spec: Document) -> None:
    """400 for a spec that lacks something, or is of a kind that is not served here."""
    config = spec.get("config") or {}
    if kind.kinds and config.get("kind") not in kind.kinds:
        raise ApiError(400, f"spec.config.kind must be one of {', '.join(kind.kinds)}, got {config.get('kind')!r}")
    needs = kind.needs
    if kind is POINT:
        needs = ("config.vpc_endpoint_id",) if "Ingress" in config["kind"] else ("config.vpc_endpoint_service_name",)
    for place in needs:
        holder, _, field = place.rpartition(".")
        found = (spec.get(holder) or {} if holder else spec).get(field)
        if not found or not isinstance(found, str):
            raise ApiError(400, f"spec.{place} is required, a text")


async def create(kind: Kind, cloud: Cloud, request: Request) -> Response:
    spec = (await bodies.read(request, kind.objects)).get("spec") or {}
    if not spec.get("display_name"):
        raise ApiError(400, "spec.display_name is required")
    environments.required(cloud, (spec.get("environment") or {}).get("id", ""))
    complete(kind, spec)
    for field, path in kind.above:
        stored(cloud, path, named(spec, field), path.removesuffix("s"))
    document: Document = {"id": new_id(kind.prefix), "created": now(), "spec": spec}
    return reply(rendered(cloud, kind, cloud.store.put(kind.path, document["id"], document)), 202)


def one(kind: Kind, cloud: Cloud, request: Request) -> Document:
    """The object of the path."""
    return stored(cloud, kind.path, request.path_params["id"], kind.path.removesuffix("s"))


async def read(kind: Kind, cloud: Cloud, request: Request) -> Response:
    return reply(rendered(cloud, kind, one(kind, cloud, request)))


async def index(kind: Kind, cloud: Cloud, request: Request) -> Response:
    wanted = request.query_params.get("environment")
    found = [d for d in cloud.store.all(kind.path) if wanted in (None, d["spec"]["environment"]["id"])]
    return reply(listing(kind.name, VERSION, [rendered(cloud, kind, d) for d in found]))


async def update(kind: Kind, cloud: Cloud, request: Request) -> Response:
    document = one(kind, cloud, request)
    spec = (await bodies.read(request, kind.objects)).get("spec") or {}
    if spec.get("display_name"):
        document["spec"]["display_name"] = spec["display_name"]
    for field, path in kind.above:
        if named(spec, field):
            stored(cloud, path, named(spec, field), path.removesuffix("s"))
            document["spec"][field] = spec[field]
    return reply(rendered(cloud, kind, cloud.store.put(kind.path, document["id"], document)))


async def delete(kind: Kind, cloud: Cloud, request: Request) -> Response:
    document = one(kind, cloud, request)
    if users := [user for other in KINDS for user in using(cloud, other, kind, document["id"])]:
        raise ApiError(409, f"{document['id']} is still used by {', '.join(users)}")
    cloud.store.delete(kind.path, document["id"])
    return no_content()


def using(cloud: Cloud, other: Kind, kind: Kind, identity: str) -> list[str]:
    """Objects of another kind that name this one."""
    fields = [field for field, path in other.above if path == kind.path]
    return [d["id"] for d in cloud.store.all(other.path) if identity in [named(d["spec"], field) for field in fields]]


def routes(cloud: Cloud) -> list[Route]:
    """The paths of this module."""
    handlers = {"create": create, "index": index, "read": read, "update": update, "delete": delete}
    return [
        route
        for kind in KINDS
        for route in resource(
            cloud,
            f"{BASE}/{kind.path}",
            auth.administrator,
            **{name: partial(handler, kind) for name, handler in handlers.items()},
        )
    ]
