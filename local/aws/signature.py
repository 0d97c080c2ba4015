"""AWS Signature Version 4 of a request, checked the way AWS does: by making it again with the caller's secret."""

import hmac
import re
from datetime import UTC, datetime, timedelta

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from starlette.requests import Request

SCHEME = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/]+)/(?P<date>\d{8})/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request, ?"
    r"SignedHeaders=(?P<headers>[^,]+), ?Signature=(?P<signature>[0-9a-f]{64})"
)
WINDOW = timedelta(minutes=5)


def problem(request: Request, body: bytes, keys: dict[str, str], service: str) -> str:
    """What is wrong with the request's signature; empty when it is right. `keys`: access key id → secret."""
    found = SCHEME.match(request.headers.get("authorization", ""))
    stamp = request.headers.get("x-amz-date", "")
    if not found or not stamp:
        return "Missing Authentication Token"
    if found["service"] != service:
        return f"Credential should be scoped to correct service: '{service}'."
    try:
        sent = datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return f"Invalid x-amz-date: {stamp}"
    if abs(datetime.now(UTC) - sent) > WINDOW:
        return "Signature expired"
    secret = keys.get(found["key"])
    if secret is None:
        return "The security token included in the request is invalid."
    if not hmac.compare_digest(
        signature(request, body, found, Credentials(found["key"], secret), stamp), found["signature"]
    ):
        return "The request signature we calculated does not match the signature you provided."
    return ""


def signature(request: Request, body: bytes, found: re.Match[str], credentials: Credentials, stamp: str) -> str:
    """The signature that the secret gives for this request."""
    signed = set(found["headers"].split(";"))
    headers = {name: value for name, value in request.headers.items() if name in signed}
    again = AWSRequest(request.method, str(request.url), data=body, headers=headers)
    again.context["timestamp"] = stamp
    signer = SigV4Auth(credentials, found["service"], found["region"])
    canonical = signer.canonical_request(again)
    made = signer.signature(signer.string_to_sign(again, canonical), again)
    return made.decode() if isinstance(made, bytes) else made
