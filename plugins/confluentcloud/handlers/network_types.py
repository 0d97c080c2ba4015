"""Private networking: gateways, access points, DNS records, PrivateLink attachments."""

from collections.abc import Callable

from plugins.confluentcloud.handlers.control import Control, Json
from plugins.confluentcloud.handlers.control_types import changed
from plugins.engine.values import Properties

BASE = "/networking/v1"
Bodies = tuple[Callable[[Properties], Json], Callable[[Properties, Properties], Json]]
# Property → kind of its configuration, fields (API name, property), fields of the status.
Block = tuple[str, tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]
GATEWAYS: dict[str, Block] = {
    "awsEgressPrivateLinkGateway": (
        "AwsEgressPrivateLinkGatewaySpec", (("region", "region"),), (("principal_arn", "principalArn"),),
    ),
    "awsIngressPrivateLinkGateway": (
        "AwsIngressPrivateLinkGatewaySpec", (("region", "region"),), (("vpc_endpoint_service_name", "vpcEndpointServiceName"),),
    ),
}  # fmt: skip
POINTS: dict[str, Block] = {
    "awsEgressPrivateLinkEndpoint": (
        "AwsEgressPrivateLinkEndpoint",
        (("vpc_endpoint_service_name", "vpcEndpointServiceName"), ("enable_high_availability", "enableHighAvailability")),
        (("vpc_endpoint_id", "vpcEndpointId"), ("vpc_endpoint_dns_name", "vpcEndpointDnsName")),
    ),
    "awsIngressPrivateLinkEndpoint": (
        "AwsIngressPrivateLinkEndpoint",
        (("vpc_endpoint_id", "vpcEndpointId"),),
        (("dns_domain", "dnsDomain"), ("vpc_endpoint_service_name", "vpcEndpointServiceName")),
    ),
}  # fmt: skip


def placed(inputs: Properties) -> Json:
    """What each of them is sent with."""
    return {"display_name": inputs["displayName"], "environment": {"id": inputs["environment"]["id"]}}


def found(answer: Json) -> Properties:
    """The same, read."""
    spec = answer["spec"]
    return {"displayName": spec["display_name"], "environment": {"id": spec["environment"]["id"]}}


def configured(blocks: dict[str, Block], inputs: Properties) -> Json:
    """The configuration of the one block that is given."""
    name = next(name for name in blocks if inputs.get(name) is not None)
    kind, fields, _ = blocks[name]
    return {"kind": kind, **{api: inputs[name][key] for api, key in fields if inputs[name].get(key) is not None}}


def read_block(blocks: dict[str, Block], answer: Json, status: Json) -> Properties:
    """The block that an answer describes, with what the service filled in."""
    config = answer["spec"]["config"]
    name = next(name for name, (kind, _, _) in blocks.items() if kind == config["kind"])
    _, fields, filled = blocks[name]
    own = {key: config[api] for api, key in fields if api in config}
    return {name: {**own, **{key: status[api] for api, key in filled if api in status}}}


def renamed(old: Properties, new: Properties) -> Json:
    """A PATCH of the name alone."""
    return patched(new, changed(old, new, ("display_name", "displayName")))


def patched(new: Properties, spec: Json) -> Json:
    """A PATCH of some fields of the spec; nothing to send for none."""
    return {"spec": {**spec, "environment": {"id": new["environment"]["id"]}}} if spec else {}


def gateway_body(inputs: Properties) -> Json:
    return {"spec": {**placed(inputs), "config": configured(GATEWAYS, inputs)}}


def gateway_state(answer: Json) -> Properties:
    status = (answer.get("status") or {}).get("cloud_gateway") or {}
    return {**found(answer), **read_block(GATEWAYS, answer, status)}


def point_body(inputs: Properties) -> Json:
    return {
        "spec": {**placed(inputs), "gateway": {"id": inputs["gateway"]["id"]}, "config": configured(POINTS, inputs)}
    }


def point_state(answer: Json) -> Properties:
    status = (answer.get("status") or {}).get("config") or {}
    gateway = {"gateway": {"id": answer["spec"]["gateway"]["id"]}}
    return {**found(answer), **gateway, **read_block(POINTS, answer, status)}


def record_body(inputs: Properties) -> Json:
    target = {"kind": "PrivateLinkAccessPoint", "resource_id": inputs["privateLinkAccessPoint"]["id"]}
    gateway = {"id": inputs["gateway"]["id"]}
    return {"spec": {**placed(inputs), "domain": inputs["domain"], "gateway": gateway, "config": target}}


def record_state(answer: Json) -> Properties:
    spec = answer["spec"]
    own = {"domain": spec["domain"], "gateway": {"id": spec["gateway"]["id"]}}
    return {**found(answer), **own, "privateLinkAccessPoint": {"id": spec["config"]["resource_id"]}}


def record_patch(old: Properties, new: Properties) -> Json:
    spec = changed(old, new, ("display_name", "displayName"))
    if old.get("privateLinkAccessPoint") != new.get("privateLinkAccessPoint"):
        spec["config"] = record_body(new)["spec"]["config"]
    return patched(new, spec)


def attachment_body(inputs: Properties) -> Json:
    return {"spec": {**placed(inputs), "cloud": inputs["cloud"], "region": inputs["region"]}}


def attachment_state(answer: Json) -> Properties:
    spec, status = answer["spec"], answer.get("status") or {}
    service = ((status.get("cloud") or {}).get("vpc_endpoint_service") or {}).get("vpc_endpoint_service_name", "")
    own = {"cloud": spec["cloud"], "region": spec["region"], "dnsDomain": status.get("dns_domain", "")}
    crn = answer["metadata"]["resource_name"]
    return {**found(answer), **own, "aws": [{"vpcEndpointServiceName": service}], "resourceName": crn}


def connection_body(inputs: Properties) -> Json:
    cloud = {"kind": "AwsPrivateLinkAttachmentConnection", "vpc_endpoint_id": inputs["aws"]["vpcEndpointId"]}
    above = {"id": inputs["privateLinkAttachment"]["id"]}
    return {"spec": {**placed(inputs), "private_link_attachment": above, "cloud": cloud}}


def connection_state(answer: Json) -> Properties:
    spec = answer["spec"]
    own = {"privateLinkAttachment": {"id": spec["private_link_attachment"]["id"]}}
    crn = answer["metadata"]["resource_name"]
    return {**found(answer), **own, "aws": {"vpcEndpointId": spec["cloud"]["vpc_endpoint_id"]}, "resourceName": crn}


def control(
    path: str, bodies: Bodies, receive: Callable[[Json], Properties], named: tuple[str, ...] = (), phase: str = "READY"
) -> Control:
    """A type: what is sent to make it and to change it. No two objects of an environment share the name and `named`."""
    send, patch = bodies
    names = ("displayName", "environment", *named)
    return Control(f"{BASE}/{path}", send, receive, patch, scoped=True, named=names, phase=phase)


GATEWAY = control("gateways", (gateway_body, renamed), gateway_state)
ACCESS_POINT = control("access-points", (point_body, renamed), point_state, ("gateway",))
DNS_RECORD = control("dns-records", (record_body, record_patch), record_state, ("domain",), "CREATED")
ATTACHMENT = control(
    "private-link-attachments", (attachment_body, renamed), attachment_state, ("region",), "WAITING_FOR_CONNECTIONS"
)
CONNECTION = control(
    "private-link-attachment-connections", (connection_body, renamed), connection_state, ("privateLinkAttachment",)
)
