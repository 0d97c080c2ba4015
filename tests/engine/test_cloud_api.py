"""The local cloud answers as Confluent's API does: the requests are those of the stock plugin."""

import uuid
from typing import Any

import httpx2
import pytest

from cli.client.stack import Stack
from local.environment import Instance
from tests.support import registry_owner

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def api(running: Stack) -> httpx2.Client:
    own = Instance.here()
    auth = (own.secrets["cloud_api_key"], own.secrets["cloud_api_secret"])
    return httpx2.Client(base_url=own.url("cloud"), auth=auth, trust_env=False, timeout=30)


@pytest.fixture(scope="module")
def account(api: httpx2.Client) -> str:
    made = api.post("/iam/v2/service-accounts", json={"display_name": f"t-{uuid.uuid4().hex[:8]}", "description": "d"})
    assert made.status_code == 201
    return made.json()["id"]


def detail(response: httpx2.Response) -> str:
    """Both error forms say the same."""
    body = response.json()
    assert body["errors"][0]["detail"] == body["message"]
    return body["message"]


def test_wrong_credentials_are_401_never_403(api: httpx2.Client) -> None:
    for auth in (("x", "y"), None):
        response = httpx2.get(
            f"{Instance.here().url('cloud')}/org/v2/environments", auth=auth, trust_env=False, timeout=60
        )
        assert response.status_code == 401


def test_lists_never_say_null(api: httpx2.Client) -> None:
    for path in (
        "/org/v2/environments",
        "/cmk/v2/clusters",
        "/srcm/v3/clusters",
        "/iam/v2/service-accounts",
        "/fcpm/v2/compute-pools",
    ):
        assert api.get(path).json()["metadata"]["next"] == ""


def test_the_organization_is_read_off_an_environment(api: httpx2.Client) -> None:
    first = api.get("/org/v2/environments").json()["data"][0]
    assert first["metadata"]["resource_name"].startswith("crn://confluent.cloud/organization=")
    assert "/environment=" in first["metadata"]["resource_name"]


def test_environment_life(api: httpx2.Client) -> None:
    body = {"display_name": "t-env", "stream_governance_config": {"package": "ESSENTIALS"}}
    made = api.post("/org/v2/environments", json=body)
    assert made.status_code == 201
    path = f"/org/v2/environments/{made.json()['id']}"
    assert api.post("/org/v2/environments", json=body).status_code == 409
    changed = api.patch(path, json={"stream_governance_config": {"package": "ADVANCED"}})
    assert changed.json()["stream_governance_config"] == {"package": "ADVANCED"}
    down = api.patch(path, json={"stream_governance_config": {"package": "ESSENTIALS"}})
    assert down.status_code == 400
    assert "cannot be downgraded" in detail(down)
    assert api.delete(path).status_code == 204
    assert api.get(path).status_code == 404


def test_one_broker_one_cluster(api: httpx2.Client, running: Stack) -> None:
    spec = {
        "display_name": "c2",
        "availability": "LOW",
        "cloud": "AWS",
        "region": "us-east-1",
        "config": {"kind": "Basic"},
    }
    refused = api.post(
        "/cmk/v2/clusters", json={"spec": {**spec, "environment": {"id": running.contract.environment_id}}}
    )
    assert refused.status_code == 402


def test_a_cluster_answers_what_the_plugin_dereferences(api: httpx2.Client, running: Stack) -> None:
    contract = running.contract
    cluster = api.get(f"/cmk/v2/clusters/{contract.kafka.cluster_id}?environment={contract.environment_id}").json()
    assert cluster["status"]["phase"] == "PROVISIONED"
    assert cluster["spec"]["config"]["kind"] == "Standard"
    assert "/kafka=" in cluster["metadata"]["resource_name"]
    assert cluster["spec"]["http_endpoint"].startswith("http")


def test_a_key_is_complete_and_its_secret_is_shown_once(api: httpx2.Client, account: str, running: Stack) -> None:
    cluster = running.contract.kafka.cluster_id
    spec = {"display_name": "k", "description": "", "owner": {"id": account, "kind": "ServiceAccount"}}
    made = api.post("/iam/v2/api-keys", json={"spec": {**spec, "resource": {"id": cluster, "kind": "Cluster"}}})
    assert made.status_code == 202
    key = made.json()
    assert key["spec"]["owner"]["api_version"] == "iam/v2"
    assert key["spec"]["resource"]["api_version"] == "cmk/v2"
    assert len(key["id"]) == 16
    assert len(key["spec"]["secret"]) == 64
    assert api.get(f"/iam/v2/api-keys/{key['id']}").json()["spec"]["secret"] == ""
    listed = httpx2.get(
        f"{Instance.here().url('cloud')}/kafka/v3/clusters/{cluster}/topics",
        auth=(key["id"], key["spec"]["secret"]),
        trust_env=False,
        timeout=60,
    )
    assert listed.status_code == 200
    assert listed.json()["data"] == []
    assert api.delete(f"/iam/v2/api-keys/{key['id']}").status_code == 204


def test_a_cloud_key_says_that_it_is_one(api: httpx2.Client, account: str) -> None:
    made = api.post("/iam/v2/api-keys", json={"spec": {"owner": {"id": account, "kind": "ServiceAccount"}}}).json()
    assert made["spec"]["resource"]["kind"] == "Cloud"
    api.delete(f"/iam/v2/api-keys/{made['id']}")


def test_role_bindings(api: httpx2.Client, account: str, running: Stack) -> None:
    crn = api.get(f"/org/v2/environments/{running.contract.environment_id}").json()["metadata"]["resource_name"]
    body = {"principal": f"User:{account}", "role_name": "FlinkDeveloper", "crn_pattern": crn}
    made = api.post("/iam/v2/role-bindings", json=body)
    assert made.status_code == 201
    path = f"/iam/v2/role-bindings/{made.json()['id']}"
    assert {k: api.get(path).json()[k] for k in body} == body
    assert api.post("/iam/v2/role-bindings", json=body).status_code == 409
    assert api.post("/iam/v2/role-bindings", json={**body, "role_name": "Nonsense"}).status_code == 400
    assert api.delete(path).status_code == 204
    assert api.get(path).status_code == 404


@pytest.fixture(scope="module")
def kafka(api: httpx2.Client, account: str, running: Stack) -> httpx2.Client:
    """Kafka REST as an account that administers the cluster."""
    contract = running.contract
    cluster = api.get(f"/cmk/v2/clusters/{contract.kafka.cluster_id}").json()
    crn = cluster["metadata"]["resource_name"].rpartition("/kafka=")[0]
    api.post(
        "/iam/v2/role-bindings",
        json={"principal": f"User:{account}", "role_name": "CloudClusterAdmin", "crn_pattern": crn},
    )
    spec = {
        "owner": {"id": account, "kind": "ServiceAccount"},
        "resource": {"id": contract.kafka.cluster_id, "kind": "Cluster"},
    }
    key = api.post("/iam/v2/api-keys", json={"spec": spec}).json()
    base = f"{Instance.here().url('cloud')}/kafka/v3/clusters/{contract.kafka.cluster_id}"
    return httpx2.Client(base_url=base, auth=(key["id"], key["spec"]["secret"]), trust_env=False, timeout=30)


def test_topic_life(kafka: httpx2.Client) -> None:
    body = {
        "topic_name": "t.topic",
        "partitions_count": 2,
        "configs": [{"name": "retention.ms", "value": "604800000"}],
    }
    assert kafka.post("/topics", json=body).status_code == 201
    again = kafka.post("/topics", json=body)
    assert (again.status_code, again.json()["error_code"]) == (400, 40002)
    assert kafka.get("/topics/t.topic").json()["partitions_count"] == 2
    configs = {c["name"]: c for c in kafka.get("/topics/t.topic/configs").json()["data"]}
    # Equal to the default, and still the topic's own: what was set explicitly stays so.
    assert configs["retention.ms"]["source"] == "DYNAMIC_TOPIC_CONFIG"
    assert configs["cleanup.policy"]["source"] == "DEFAULT_CONFIG"
    assert kafka.patch("/topics/t.topic", json={"partitions_count": 4}).status_code == 200
    fewer = kafka.patch("/topics/t.topic", json={"partitions_count": 2})
    assert (fewer.status_code, "higher than the requested" in fewer.json()["message"]) == (400, True)
    altered = {
        "data": [
            {"name": "retention.ms", "operation": "DELETE"},
            {"name": "cleanup.policy", "value": "compact"},
        ]
    }
    assert kafka.post("/topics/t.topic/configs:alter", json=altered).status_code == 204
    assert kafka.delete("/topics/t.topic").status_code == 204
    gone = kafka.get("/topics/t.topic")
    assert (gone.status_code, gone.json()["error_code"]) == (404, 40403)


def test_acl_life(kafka: httpx2.Client, account: str) -> None:
    acl = {
        "resource_type": "TOPIC",
        "resource_name": "t.",
        "pattern_type": "PREFIXED",
        "principal": f"User:{account}",
        "host": "*",
        "operation": "READ",
        "permission": "ALLOW",
    }
    for _ in range(2):  # idempotent
        assert kafka.post("/acls", json=acl).status_code == 201
        (found,) = kafka.get("/acls", params=acl).json()["data"]
        assert {k: found[k] for k in acl} == acl
    assert len(kafka.delete("/acls", params=acl).json()["data"]) == 1
    assert kafka.get("/acls", params=acl).json()["data"] == []


@pytest.fixture(scope="module")
def registry(api: httpx2.Client, running: Stack) -> httpx2.Client:
    return registry_owner.client(api, running, "t*")


def avro(*fields: str, spaces: bool = False) -> dict[str, Any]:
    listed = ",".join(f'{{"name":"{f}","type":"string"}}' for f in fields)
    text = f'{{"type":"record","name":"R","fields":[{listed}]}}'
    return {"schemaType": "AVRO", "schema": text.replace(",", ",  ") if spaces else text, "references": []}


def test_schema_life(registry: httpx2.Client) -> None:
    subject, schema = "t/with-slash", avro("a", "b", spaces=True)
    path = "/subjects/t%2Fwith-slash"
    assert registry.post(f"/compatibility{path}/versions?verbose=true", json=schema).json() == {"is_compatible": True}
    identity = registry.post(f"{path}/versions", json=schema).json()["id"]
    latest = registry.get(f"{path}/versions/latest").json()
    assert (latest["schema"], latest["id"], latest["subject"]) == (schema["schema"], identity, subject)
    (listed,) = registry.get("/schemas", params={"subjectPrefix": "t/"}).json()
    assert (listed["subject"], listed["id"], listed["schema"]) == (subject, identity, schema["schema"])
    same = registry.post(f"{path}?normalize=true", json=avro("a", "b")).json()
    assert same["id"] == identity
    refused = registry.post(f"/compatibility{path}/versions?verbose=true", json=avro("a", "b", "c")).json()
    assert refused["is_compatible"] is False
    assert refused["messages"]
    assert registry.delete(f"{path}/versions/1?permanent=false").json() == 1
    assert registry.delete(f"{path}/versions/1?permanent=true").json() == 1
    assert registry.get(f"{path}/versions/latest").status_code == 404


def test_subject_settings_do_not_fall_back(registry: httpx2.Client) -> None:
    path = "/config/t-settings?defaultToGlobal=false"
    assert registry.get(path).status_code == 404
    assert (
        registry.put("/config/t-settings", json={"compatibility": "FULL", "compatibilityGroup": ""}).status_code == 200
    )
    assert registry.get(path).json()["compatibilityLevel"] == "FULL"
    assert registry.put("/config/t-settings", json={"compatibility": "SOME"}).status_code == 422
    assert registry.delete("/config/t-settings").json() == "FULL"
    assert registry.get(path).status_code == 404


def test_subjects_of_others_are_forbidden(registry: httpx2.Client) -> None:
    assert registry.post("/subjects/raw-event-headers-value/versions", json=avro("x")).status_code == 403


def test_a_connector_with_wrong_settings_is_not_made(api: httpx2.Client, running: Stack) -> None:
    contract = running.contract
    base = f"/connect/v1/environments/{contract.environment_id}/clusters/{contract.kafka.cluster_id}"
    config = {"connector.class": "PostgresCdcSourceV2", "name": "t", "tasks.max": "3"}
    found = api.put(f"{base}/connector-plugins/PostgresCdcSourceV2/config/validate", json=config).json()
    assert found["error_count"] > 3
    assert {"tasks.max", "database.hostname"} <= {c["value"]["name"] for c in found["configs"]}
    assert api.post(f"{base}/connectors", json={"name": "t", "config": config}).status_code == 400
    listed = api.get(f"{base}/connectors?expand=info%2Cstatus%2Cid").json()
    assert set(listed) == {"postgres-cdc"}
    entry = listed["postgres-cdc"]
    assert entry["id"]["id"].startswith("lcc-")
    assert entry["info"]["config"]["database.password"].startswith("**")
    assert all(isinstance(v, str) for v in entry["info"]["config"].values())


def test_compute_pool_rules(api: httpx2.Client, running: Stack) -> None:
    spec = {"display_name": "t", "cloud": "AWS", "region": "us-east-1", "max_cfu": 0, "default_pool": False}
    made = api.post(
        "/fcpm/v2/compute-pools",
        json={"spec": {**spec, "environment": {"id": running.contract.environment_id}}},
    )
    assert made.status_code == 202
    path = f"/fcpm/v2/compute-pools/{made.json()['id']}"
    assert made.json()["spec"]["max_cfu"] == 5
    assert api.patch(path, json={"spec": {"max_cfu": 10, "default_pool": False}}).json()["spec"]["max_cfu"] == 10
    assert api.patch(path, json={"spec": {"max_cfu": 5}}).status_code == 400
    assert api.patch(path, json={"spec": {"max_cfu": 7}}).status_code == 400
    assert api.delete(path).status_code == 204


def test_paths_that_are_not_served(api: httpx2.Client) -> None:
    response = api.get("/nothing/v1/here")
    assert response.status_code == 404
    assert "not served" in detail(response)
