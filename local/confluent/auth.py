"""Who is calling: HTTP Basic with an API key, as on Confluent Cloud."""

import base64
import binascii
import hmac
from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request

from local.confluent import lateness
from local.confluent.context import Cloud
from local.confluent.errors import ApiError
from local.confluent.store import Document

Authorize = Callable[[Cloud, Request], object]  # raises ApiError for a caller who may not
ADMIN = "u-local"  # the owner of the key the environment was started with


@dataclass(frozen=True, slots=True)
class Caller:
    """An authenticated caller: the key, its secret, its owner (`sa-…` or `u-…`), the resource the key is for."""

    key: str
    secret: str
    owner: str
    resource: str

    @property
    def principal(self) -> str:
        """As role bindings name it."""
        return f"User:{self.owner}"


def credentials(request: Request) -> tuple[str, str]:
    """Key and secret of the request; 401 without them."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    try:
        key, found, secret = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        key, found, secret = "", "", ""
    if scheme.lower() != "basic" or not found:
        raise ApiError(401, "authentication is required: HTTP Basic with an API key and its secret")
    return key, secret


def caller(cloud: Cloud, request: Request, resource: str) -> Caller:
    """The caller, whose key must be valid for `resource` (`cloud`, a cluster, registry or region id)."""
    key, secret = credentials(request)
    own = cloud.instance.secrets
    if key == own["cloud_api_key"] and hmac.compare_digest(secret, own["cloud_api_secret"]):
        document = {"owner": ADMIN, "secret": secret, "resource": "cloud"}
    else:
        document = cloud.store.get("api-key", key)
        if document and lateness.late(cloud, document, lateness.KEY):
            document = None
    if document is None or not hmac.compare_digest(secret, document["secret"]):
        raise ApiError(401, "invalid API key or secret")
    if document["resource"] != resource:
        raise ApiError(401, f"API key {key} is for {document['resource']}, not for {resource}")
    return Caller(key, secret, document["owner"], resource)


def administrator(cloud: Cloud, request: Request) -> Caller:
    """A caller of the control plane: the environment's own key, or a cloud key whose owner administers."""
    who = caller(cloud, request, "cloud")
    if who.owner == ADMIN:
        return who
    roles = {b["role_name"] for b in bindings_of(cloud, who)}
    if not roles & {"OrganizationAdmin", "EnvironmentAdmin", "AccountAdmin"}:
        raise ApiError(401, f"{who.principal} has no role that administers this organization")
    return who


def bindings_of(cloud: Cloud, who: Caller) -> list[Document]:
    """The caller's role bindings, those that are known by now."""
    own = [b for b in cloud.store.all("role-binding") if b["principal"] == who.principal]
    return [b for b in own if not lateness.late(cloud, b, lateness.BINDING)]


def of_cluster(cloud: Cloud, request: Request) -> Caller:
    """A caller whose key is for the Kafka cluster of the path; what it may do there, the broker decides."""
    return caller(cloud, request, request.path_params["cluster"])


def anyone(cloud: Cloud, request: Request) -> None:
    """No key is asked for: for what tells nothing."""
