"""Inputs of resource types that a private stack, or one with governance, has: their parents are made on the way."""

import itertools
from typing import Any

from tests.support.fakes import cloud
from tests.support.fakes.cloud import Running
from tests.support.inputs import Inputs, registry

NUMBERS = itertools.count(1)


def place(running: Running) -> Inputs:
    """The environment."""
    return {"environment": {"id": running.made["environment"]}}


def networking(running: Running, path: str, **spec: Any) -> str:
    """An object of the network, made beside the plugin; its id."""
    own = {"display_name": f"n{next(NUMBERS)}", **place(running), **spec}
    return running.post(f"/networking/v1/{path}", {"spec": own})["id"]


def gateway(running: Running, kind: str = "Egress") -> str:
    config = {"kind": f"Aws{kind}PrivateLinkGatewaySpec", "region": "us-east-1"}
    return networking(running, "gateways", config=config)


def access_point(running: Running) -> Inputs:
    ingress = {"vpcEndpointId": "vpce-1"}
    above = {"id": gateway(running, "Ingress")}
    return {"displayName": "p", **place(running), "gateway": above, "awsIngressPrivateLinkEndpoint": ingress}


def dns_record(running: Running) -> Inputs:
    above = gateway(running)
    config = {"kind": "AwsEgressPrivateLinkEndpoint", "vpc_endpoint_service_name": "com.amazonaws.vpce.x"}
    point = networking(running, "access-points", gateway={"id": above}, config=config)
    target = {"gateway": {"id": above}, "privateLinkAccessPoint": {"id": point}}
    return {"displayName": "d", **place(running), "domain": "db.example", **target}


def connection(running: Running) -> Inputs:
    above = networking(running, "private-link-attachments", cloud="AWS", region="us-east-1")
    link = {"privateLinkAttachment": {"id": above}, "aws": {"vpcEndpointId": "vpce-1"}}
    return {"displayName": "c", **place(running), **link}


def catalog(running: Running) -> Inputs:
    """A catalog's address and key."""
    return registry(running)


def topic(running: Running) -> str:
    """A topic as the catalog names it."""
    name = f"catalogued-{next(NUMBERS)}"
    assert cloud.kafka(running).post("/topics", json={"topic_name": name}).status_code == 201
    return f"{running.made['registry']}:{running.made['cluster']}:{name}"


def tag_binding(running: Running) -> Inputs:
    tag = f"tag_{next(NUMBERS)}"
    answer = cloud.subjects(running).post("/catalog/v1/types/tagdefs", json=[{"name": tag, "description": ""}])
    assert answer.json()[0]["version"] == 1
    return {"tagName": tag, "entityName": topic(running), "entityType": "kafka_topic", **catalog(running)}


def attributes(running: Running) -> Inputs:
    own = {"owner": "team", "description": "words"}
    return {"entityName": topic(running), "entityType": "kafka_topic", "attributes": own, **catalog(running)}


def identity_provider(running: Running) -> Inputs:
    own = {"issuer": "https://issuer.example", "jwksUri": "https://issuer.example/keys"}
    return {"displayName": f"o{next(NUMBERS)}", "description": "d", **own}


def identity_pool(running: Running) -> Inputs:
    sent = {"display_name": f"o{next(NUMBERS)}", "description": "d", "issuer": "https://i.example", "jwks_uri": "https://i.example/k"}  # fmt: skip
    provider = running.post("/iam/v2/identity-providers", sent)["id"]
    own = {"identityClaim": "claims.sub", "filter": 'claims.aud == "confluent"'}
    return {"displayName": "pool", "description": "d", "identityProvider": {"id": provider}, **own}
