"""The realistic mode: what the service knows late is known late, and known in the end."""

from collections.abc import Iterator
from unittest.mock import patch

import pytest

from cli.client.wait import wait_for
from local.confluent import lateness
from tests.support import network
from tests.support.fakes import cloud
from tests.support.fakes.cloud import Running

BINDINGS = "/iam/v2/role-bindings"


@pytest.fixture
def realistic(fake_cloud: Running) -> Iterator[Running]:
    """For ever late, until a test says otherwise; never too many requests."""
    never = dict.fromkeys(("KEY", "BINDING", "CATALOG", "PROVISIONING", "LISTED"), 3600.0)
    with patch.multiple(lateness, TOO_MANY=10**9, **never):
        # What was made before this test is as old as it has to be.
        for kind in ("api-key", "role-binding", "cluster", "pool"):
            for document in list(fake_cloud.cloud.store.all(kind)):
                fake_cloud.cloud.store.put(kind, document["id"], {**document, "created": "2020-01-01T00:00:00Z"})
        fake_cloud.cloud.realistic = True
        yield fake_cloud
        fake_cloud.cloud.realistic = False


def test_a_key_is_unknown_at_first(realistic: Running) -> None:
    key, secret = cloud.key(realistic, realistic.made["account"], realistic.made["cluster"])
    topics = realistic.client(key, secret, f"/kafka/v3/clusters/{realistic.made['cluster']}")
    assert topics.get("/topics").status_code == 401
    with patch.object(lateness, "KEY", 0):
        assert topics.get("/topics").status_code == 200


def test_a_binding_means_nothing_at_first(realistic: Running) -> None:
    crn = realistic.made["crn"].partition("/cloud-cluster")[0]
    account = realistic.post("/iam/v2/service-accounts", {"display_name": "late", "description": ""})["id"]
    with patch.object(lateness, "KEY", 0):
        key, secret = cloud.key(realistic, account, realistic.made["registry"])
        subjects = realistic.client(key, secret, f"/sr/{realistic.made['registry']}")
        cloud.bind(realistic, account, "EnvironmentAdmin", crn)
        assert subjects.get("/subjects").status_code == 403
        with patch.object(lateness, "BINDING", 0):
            assert subjects.get("/subjects").status_code == 200


@pytest.mark.parametrize("path", ["gateways", "private-link-attachments"])
def test_what_is_made_is_provisioned_later(realistic: Running, path: str) -> None:
    config = {"kind": "AwsIngressPrivateLinkGatewaySpec", "region": "us-east-1"}
    identity = network.networking(realistic, path, config=config, cloud="AWS", region="us-east-1")
    shown = realistic.api.get(f"/networking/v1/{path}/{identity}").json()["status"]
    assert shown == {"phase": "PROVISIONING"}
    with patch.object(lateness, "PROVISIONING", 0):
        shown = realistic.api.get(f"/networking/v1/{path}/{identity}").json()["status"]
        assert shown["phase"] in ("READY", "WAITING_FOR_CONNECTIONS")
        assert len(shown) > 1


def test_addresses_are_listed_after_the_point_is_ready(realistic: Running) -> None:
    above = network.gateway(realistic, "Ingress")
    config = {"kind": "AwsIngressPrivateLinkEndpoint", "vpc_endpoint_id": "vpce-1"}
    point = network.networking(realistic, "access-points", gateway={"id": above}, config=config)
    asked = {"environment": realistic.made["environment"], "service": "FLINK"}

    def listed() -> list[str]:
        found = realistic.api.get("/endpoint/v1/endpoints", params=asked).json()["data"]
        return [one["endpoint"] for one in found if one["access_point"]["id"] == point]

    assert listed() == []
    with patch.object(lateness, "LISTED", 0):
        assert listed() == [realistic.instance.url("private")] * 2


def test_the_catalog_hears_of_a_topic_later(realistic: Running) -> None:
    name = network.topic(realistic)
    body = {"entity": {"typeName": "kafka_topic", "attributes": {"qualifiedName": name, "owner": "team"}}}
    registry = cloud.subjects(realistic)
    assert registry.put("/catalog/v1/entity", json=body).status_code == 404
    with patch.object(lateness, "CATALOG", 0):
        assert registry.put("/catalog/v1/entity", json=body).status_code == 200


def test_a_private_cluster_has_a_private_address(realistic: Running) -> None:
    made = realistic.made
    kept = realistic.cloud.store.get("cluster", made["cluster"]) or {}
    realistic.cloud.store.put("cluster", made["cluster"], {**kept, "config": {"kind": "Enterprise"}})
    shown = realistic.api.get(f"/cmk/v2/clusters/{made['cluster']}").json()["spec"]
    realistic.cloud.store.put("cluster", made["cluster"], kept)
    assert shown["http_endpoint"] == realistic.instance.url("private")


def test_some_requests_are_too_many(realistic: Running) -> None:
    """A client of good will gets through all the same."""
    with patch.object(lateness, "TOO_MANY", 3):
        answers = [realistic.api.get("/org/v2/environments").status_code for _ in range(9)]
    assert (answers.count(429), answers.count(200)) == (3, 6)


def test_the_brokers_part_of_a_binding_follows(realistic: Running) -> None:
    made = realistic.made
    account = realistic.post("/iam/v2/service-accounts", {"display_name": "reads", "description": ""})["id"]
    key, _ = cloud.key(realistic, account, made["cluster"])
    cloud.bind(realistic, account, "DeveloperRead", f"{made['crn']}/topic=t")
    store = realistic.cloud.store
    binding = next(one for one in store.all("role-binding") if one["principal"] == f"User:{account}")
    assert binding["given"] is False

    def given() -> bool:
        return any(acl.principal == f"User:{key}" for acl in realistic.broker.acls)

    assert not given()
    with patch.object(lateness, "BINDING", 0):
        wait_for(given, 10, "the permissions")
    assert (store.get("role-binding", binding["id"]) or {})["given"] is True
