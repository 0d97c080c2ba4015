"""Bodies that no client of good will sends: good ones with one thing wrong. Refused in words, and nothing is broken afterwards."""

import json
import random
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import httpx2
import pytest

from local.confluent import bodies
from tests.support import network
from tests.support.fakes import cloud
from tests.support.fakes.cloud import Running

ODD: list[Any] = [
    None, True, 0, -1, 1.5, 10**30, "", "\x00", "\ud800", "x" * 20_000, [], ["a"], {}, {"a": 1}, [[[]]], "../..", "%2e", "'", "`",
]  # fmt: skip
PLACE = {"display_name": "hostile", "cloud": "AWS", "region": "us-east-1"}
PRINCIPAL = {
    "principal": "User:sa-1",
    "host": "*",
    "operation": "READ",
    "permission": "ALLOW",
    "pattern_type": "LITERAL",
}
CONFIG = {
    "connector.class": "PostgresCdcSourceV2", "name": "hostile", "tasks.max": "1", "topic.prefix": "x", "output.data.format": "AVRO",
    "kafka.auth.mode": "SERVICE_ACCOUNT", "database.hostname": "127.0.0.1", "database.port": "1", "database.user": "u",
    "database.password": "p", "database.dbname": "d",
}  # fmt: skip
ALTER = "ALTER TABLE `t` SET ('error-handling.mode' = 'fail')"
Case = tuple[str, Callable[[Running], str], Callable[[Running], dict[str, Any]]]


def environment(running: Running) -> dict[str, Any]:
    return {"environment": {"id": running.made["environment"]}}


def connect(running: Running) -> str:
    return f"/connect/v1/environments/{running.made['environment']}/clusters/{running.made['cluster']}/connectors"


CASES: dict[str, Case] = {
    "environment": ("cloud", lambda _: "/org/v2/environments", lambda _: {"display_name": "hostile", "stream_governance_config": {"package": "ADVANCED"}}),
    "cluster": ("cloud", lambda _: "/cmk/v2/clusters", lambda r: {"spec": {**PLACE, "availability": "LOW", "config": {"kind": "Standard"}, **environment(r)}}),
    "account": ("cloud", lambda _: "/iam/v2/service-accounts", lambda _: {"display_name": "hostile", "description": "d"}),
    "binding": ("cloud", lambda _: "/iam/v2/role-bindings", lambda r: {"principal": f"User:{r.made['account']}", "role_name": "CloudClusterAdmin", "crn_pattern": r.made["crn"]}),
    "key": ("cloud", lambda _: "/iam/v2/api-keys", lambda r: {"spec": {"display_name": "hostile", "description": "d", "owner": {"id": r.made["account"]}, "resource": {"id": r.made["cluster"], "kind": "Cluster"}}}),
    "flink key": ("cloud", lambda _: "/iam/v2/api-keys", lambda r: {"spec": {"display_name": "hostile", "owner": {"id": r.made["account"]}, "resource": {"id": "aws.us-east-1", "kind": "Region", "environment": r.made["environment"]}}}),
    "integration": ("cloud", lambda _: "/notifications/v1/integrations", lambda _: {"display_name": "hostile", "description": "d", "target": {"kind": "Webhook"}}),
    "subscription": ("cloud", lambda _: "/notifications/v1/subscriptions", lambda _: {"notification_type": {"id": "nt-invoice"}, "current_state": "ENABLED", "integrations": []}),
    "pool": ("cloud", lambda _: "/fcpm/v2/compute-pools", lambda r: {"spec": {**PLACE, "max_cfu": 5, **environment(r)}}),
    "connector": ("cloud", connect, lambda r: {"name": "hostile", "config": {**CONFIG, "kafka.service.account.id": r.made["account"]}}),
    "topic": ("kafka", lambda _: "/topics", lambda _: {"topic_name": "hostile", "partitions_count": 1, "configs": [{"name": "retention.ms", "value": "1"}]}),
    "acl": ("kafka", lambda _: "/acls", lambda _: {"resource_type": "TOPIC", "resource_name": "t", **PRINCIPAL}),
    "schema": ("registry", lambda _: "/subjects/hostile-value/versions", lambda _: {"schemaType": "AVRO", "schema": '"string"', "references": [], "normalize": False}),
    "statement": ("flink", lambda _: "/statements", lambda r: {"name": "hostile", "spec": {"statement": ALTER, "properties": {"a": "b"}, "compute_pool_id": r.made["pool"], "stopped": False}}),
    "identity provider": ("cloud", lambda _: "/iam/v2/identity-providers", lambda _: {"display_name": "hostile", "description": "d", "issuer": "https://i.example", "jwks_uri": "https://i.example/k"}),
    "gateway": ("cloud", lambda _: "/networking/v1/gateways", lambda r: {"spec": {"display_name": "hostile", "config": {"kind": "AwsIngressPrivateLinkGatewaySpec", "region": "us-east-1"}, **environment(r)}}),
    "access point": ("cloud", lambda _: "/networking/v1/access-points", lambda r: {"spec": {"display_name": "hostile", "gateway": {"id": network.gateway(r)}, "config": {"kind": "AwsEgressPrivateLinkEndpoint", "vpc_endpoint_service_name": "x"}, **environment(r)}}),
    "attachment": ("cloud", lambda _: "/networking/v1/private-link-attachments", lambda r: {"spec": {**PLACE, **environment(r)}}),
    "connection": ("cloud", lambda _: "/networking/v1/private-link-attachment-connections", lambda r: {"spec": {"display_name": "hostile", "cloud": {"kind": "k", "vpc_endpoint_id": "v"}, "private_link_attachment": {"id": network.networking(r, "private-link-attachments", cloud="AWS", region="us-east-1")}, **environment(r)}}),
}  # fmt: skip
LISTS = ("/org/v2/environments", "/iam/v2/service-accounts", "/iam/v2/api-keys", "/iam/v2/role-bindings",
         "/notifications/v1/integrations", "/notifications/v1/subscriptions", "/networking/v1/gateways",
         "/networking/v1/access-points", "/networking/v1/private-link-attachments", "/iam/v2/identity-providers")  # fmt: skip


def mutations(good: Any, dice: random.Random) -> Iterator[Any]:
    """Each field replaced by each odd value, left out, or joined by unknown ones."""
    for place in places(good):
        for odd in ODD:
            body = deepcopy(good)
            holder = body
            for step in place[:-1]:
                holder = holder[step]
            holder[place[-1]] = odd
            yield body
        yield {**good, dice.choice("abc"): dice.choice(ODD)}
    yield from ODD


def places(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where every value stands."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in items:
        yield (*place, step)
        yield from places(inner, (*place, step))


def client(running: Running, surface: str) -> httpx2.Client:
    others = {"kafka": cloud.kafka, "registry": cloud.subjects, "flink": cloud.statements}
    return running.api if surface == "cloud" else others[surface](running)


@pytest.mark.parametrize("name", CASES)
def test_no_body_breaks_anything(fake_cloud: Running, name: str) -> None:
    surface, path, good = CASES[name]
    http, dice = client(fake_cloud, surface), random.Random(name)  # noqa: S311 - test data
    taken = http.post(path(fake_cloud), content=json.dumps(good(fake_cloud)))
    assert taken.status_code in (200, 201, 202, 204, 409) or "one Kafka cluster" in taken.text, taken.text
    tried = [
        (body, http.post(path(fake_cloud), content=json.dumps(body))) for body in mutations(good(fake_cloud), dice)
    ]
    broken = [(json.dumps(body)[:200], a.status_code, a.text[:200]) for body, a in tried if a.status_code >= 500]
    assert broken[:5] == []
    assert sum(answer.status_code in (400, 422) for _, answer in tried) > len(tried) / 3
    for listed in LISTS:
        assert fake_cloud.api.get(listed).status_code == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"[" * 100_000, 400),
        (b'{"a": ' * 50_000, 400),
        (b" " * (bodies.SIZE + 1), 413),
        (b'{"display_name": "\\ud800"}', 400),
    ],
    ids=["deep list", "deep object", "large", "half a surrogate"],
)
def test_bodies_are_bounded(fake_cloud: Running, body: bytes, status: int) -> None:
    assert fake_cloud.api.post("/org/v2/environments", content=body).status_code == status
