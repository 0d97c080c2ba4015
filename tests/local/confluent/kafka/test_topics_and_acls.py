"""Topics and ACLs over Kafka REST: each call acts as the caller's own key, so the broker decides."""

import pytest

from tests.support.fakes import cloud
from tests.support.fakes.cloud import Running

ACL = {
    "resource_type": "TOPIC", "resource_name": "orders", "pattern_type": "LITERAL", "principal": "User:sa-x",
    "host": "*", "operation": "READ", "permission": "ALLOW",
}  # fmt: skip


def test_topic_life(fake_cloud: Running) -> None:
    kafka = cloud.kafka(fake_cloud)
    config = [{"name": "retention.ms", "value": "1000"}]
    made = kafka.post("/topics", json={"topic_name": "life", "partitions_count": 3, "configs": config})
    assert (made.status_code, made.json()["partitions_count"]) == (201, 3)
    assert kafka.post("/topics", json={"topic_name": "life"}).status_code == 400
    own = {e["name"]: e["value"] for e in kafka.get("/topics/life/configs").json()["data"] if not e["is_default"]}
    assert own == {"retention.ms": "1000"}
    change = [{"name": "retention.ms", "operation": "DELETE"}, {"name": "cleanup.policy", "value": "compact"}]
    assert kafka.post("/topics/life/configs:alter", json={"data": change}).status_code == 204
    own = {e["name"]: e["source"] for e in kafka.get("/topics/life/configs").json()["data"] if not e["is_default"]}
    assert own == {"cleanup.policy": "DYNAMIC_TOPIC_CONFIG"}
    assert kafka.patch("/topics/life", json={"partitions_count": 5}).json()["partitions_count"] == 5
    fewer = kafka.patch("/topics/life", json={"partitions_count": 2})
    assert (fewer.status_code, "higher than the requested 2" in fewer.json()["message"]) == (400, True)
    assert "life" in {t["topic_name"] for t in kafka.get("/topics").json()["data"]}
    assert kafka.delete("/topics/life").status_code == 204
    assert kafka.get("/topics/life").json()["error_code"] == 40403
    assert kafka.delete("/topics/life").status_code == 404


def test_a_key_does_what_its_owner_may_and_nothing_else(fake_cloud: Running) -> None:
    cloud.kafka(fake_cloud).post("/topics", json={"topic_name": "mine"})
    cloud.kafka(fake_cloud).post("/topics", json={"topic_name": "other"})
    owner = cloud.account(fake_cloud, "narrow", "DeveloperRead", f"{fake_cloud.made['crn']}/topic=mine")
    base = f"/kafka/v3/clusters/{fake_cloud.made['cluster']}"
    narrow = fake_cloud.client(*cloud.key(fake_cloud, owner, fake_cloud.made["cluster"]), base)
    assert narrow.get("/topics/mine").status_code == 200
    assert narrow.get("/topics/other").status_code == 403
    assert {t["topic_name"] for t in narrow.get("/topics").json()["data"]} == {"mine"}
    assert narrow.post("/topics", json={"topic_name": "new"}).status_code == 403
    assert narrow.post("/acls", json=ACL).status_code == 403


def test_a_key_of_another_cluster_is_refused(fake_cloud: Running) -> None:
    made = fake_cloud.made
    elsewhere = fake_cloud.client(made["cluster-key"], made["cluster-secret"], "/kafka/v3/clusters/lkc-other")
    assert elsewhere.get("/topics").status_code == 401


def test_acl_life(fake_cloud: Running) -> None:
    kafka = cloud.kafka(fake_cloud)
    owner = fake_cloud.post("/iam/v2/service-accounts", {"display_name": "by-acl"})["id"]
    key, _ = cloud.key(fake_cloud, owner, fake_cloud.made["cluster"])
    acl = {**ACL, "principal": f"User:{owner}"}
    assert kafka.post("/acls", json=acl).status_code == 201
    (found,) = kafka.get("/acls", params=acl).json()["data"]
    assert {name: found[name] for name in acl} == acl
    # Each key of the account has the ACL, and no list shows those copies.
    assert {a.principal for a in fake_cloud.broker.acls if a.name == "orders"} == {f"User:{owner}", f"User:{key}"}
    assert len(kafka.get("/acls", params={"resource_name": "orders"}).json()["data"]) == 1
    assert len(kafka.delete("/acls", params=acl).json()["data"]) == 1
    assert kafka.get("/acls", params=acl).json()["data"] == []
    assert {a for a in fake_cloud.broker.acls if a.name == "orders"} == set()
    assert kafka.delete("/acls", params=acl).json()["data"] == []


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [("operation", "", "lacks operation"), ("operation", "FLY", "operation must be one of"), ("resource_type", "ANY", "resource_type must be")],
)  # fmt: skip
def test_acls_that_are_none(fake_cloud: Running, field: str, value: str, words: str) -> None:
    answer = cloud.kafka(fake_cloud).post("/acls", json={**ACL, field: value})
    assert (answer.status_code, words in answer.json()["message"]) == (400, True)
