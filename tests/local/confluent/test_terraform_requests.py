"""What Terraform's provider asks for in Confluent's example configurations: made, read again as it was made, destroyed, gone.

Three examples by their names: standard-kafka-rbac, basic-kafka-acls, single-event-types-avro-schema. The requests are written from the
provider's documentation of its resources and from the API's reference.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.support.fakes import cloud
from tests.support.fakes.cloud import Running

Body = dict[str, Any]
PURCHASE = {"type": "record", "name": "purchase", "fields": [{"name": "amount", "type": "double"}]}


class Configuration:
    """What was made, in order: an empty second plan reads each as it was, a destroy takes them away from the end."""

    def __init__(self, running: Running) -> None:
        self.running, self.places = running, list[tuple[httpx2.Client, str, Body]]()

    def make(self, path: str, body: Body, client: httpx2.Client | None = None, place: str = "") -> Body:
        """Create, and read: the answer is what a plan is compared with. `place`: of the object, where it is not PATH/ID."""
        http = client or self.running.api
        made = http.post(path, json=body)
        assert made.status_code in (200, 201, 202), made.text
        where = place or f"{path}/{made.json()['id']}"
        if "spec" in body and (environment := body["spec"].get("environment")):
            where += f"?environment={environment['id']}"
        self.places.append((http, where, self.read(http, where)))
        return made.json()

    def read(self, http: httpx2.Client, where: str) -> Body:
        found = http.get(where)
        assert found.status_code == 200, found.text
        return found.json()

    def unchanged(self) -> bool:
        """Is a second plan empty?"""
        return all(self.read(http, where) == before for http, where, before in self.places)

    def destroy(self) -> None:
        for http, where, _ in reversed(self.places):
            assert http.delete(where).status_code in (200, 202, 204), where
            gone = http.get(where)
            assert gone.status_code in (401, 403, 404) or gone.json().get("data") == [], (where, gone.text)

    def environment(self) -> Body:
        return self.make(
            "/org/v2/environments", {"display_name": "Staging", "stream_governance_config": {"package": "ESSENTIALS"}}
        )

    def cluster(self, environment: str, kind: str) -> Body:
        spec: Body = {"display_name": "inventory", "availability": "SINGLE_ZONE", "cloud": "AWS", "region": "us-east-1"}
        spec |= {"config": {"kind": kind}, "environment": {"id": environment}}
        return self.make("/cmk/v2/clusters", {"spec": spec})

    def account(self, name: str) -> str:
        return self.make("/iam/v2/service-accounts", {"display_name": name, "description": f"of {name}"})["id"]

    def bind(self, account: str, role: str, crn: str) -> None:
        self.make("/iam/v2/role-bindings", {"principal": f"User:{account}", "role_name": role, "crn_pattern": crn})

    def key(self, account: str, resource: str, base: str) -> httpx2.Client:
        """A client with a new key of an account."""
        spec = {
            "display_name": f"key of {account}",
            "owner": {"id": account},
            "resource": {"id": resource, "kind": "Cluster"},
        }
        made = self.make("/iam/v2/api-keys", {"spec": spec})
        return self.running.client(made["id"], made["spec"]["secret"], base)


@pytest.fixture
def configuration(tmp_path: Path) -> Iterator[Configuration]:
    """In an organization where nothing is yet."""
    with cloud.serve(tmp_path) as running:
        yield Configuration(running)


def kafka(cluster: Body) -> str:
    return f"/kafka/v3/clusters/{cluster['id']}"


def test_standard_kafka_rbac(configuration: Configuration) -> None:
    it = configuration
    environment = it.environment()["id"]
    cluster = it.cluster(environment, "Standard")
    crn = cluster["metadata"]["resource_name"]
    manager, consumer, producer = (it.account(name) for name in ("app-manager", "app-consumer", "app-producer"))
    it.bind(manager, "CloudClusterAdmin", crn)
    admin = it.key(manager, cluster["id"], kafka(cluster))
    it.make("/topics", {"topic_name": "orders", "partitions_count": 6}, admin, "/topics/orders")
    reader = it.key(consumer, cluster["id"], kafka(cluster))
    it.bind(producer, "DeveloperWrite", f"{crn}/kafka={cluster['id']}/topic=orders")
    it.bind(consumer, "DeveloperRead", f"{crn}/kafka={cluster['id']}/topic=orders")
    it.bind(consumer, "DeveloperRead", f"{crn}/kafka={cluster['id']}/group=confluent_cli_consumer_*")
    writer = it.key(producer, cluster["id"], kafka(cluster))
    assert it.unchanged()
    assert [reader.get("/topics/orders").status_code, writer.get("/topics/orders").status_code] == [200, 200]
    assert reader.post("/topics", json={"topic_name": "more"}).status_code == 403
    it.destroy()


def test_basic_kafka_acls(configuration: Configuration) -> None:
    it = configuration
    cluster = it.cluster(it.environment()["id"], "Basic")
    manager, consumer, producer = (it.account(name) for name in ("app-manager", "app-consumer", "app-producer"))
    it.bind(manager, "CloudClusterAdmin", cluster["metadata"]["resource_name"])
    admin = it.key(manager, cluster["id"], kafka(cluster))
    it.make("/topics", {"topic_name": "orders", "partitions_count": 6}, admin, "/topics/orders")
    it.key(consumer, cluster["id"], kafka(cluster))
    for kind, name, pattern, who, operation in (
        ("TOPIC", "orders", "LITERAL", producer, "WRITE"),
        ("TOPIC", "orders", "LITERAL", consumer, "READ"),
        ("GROUP", "confluent_cli_consumer_", "PREFIXED", consumer, "READ"),
    ):
        acl = {"resource_type": kind, "resource_name": name, "pattern_type": pattern, "principal": f"User:{who}"}
        acl |= {"host": "*", "operation": operation, "permission": "ALLOW"}
        assert admin.post("/acls", json=acl).status_code == 201
        where = str(httpx2.URL("/acls", params=acl))
        it.places.append((admin, where, it.read(admin, where)))
        assert len(it.places[-1][2]["data"]) == 1
    assert it.unchanged()
    it.destroy()


def test_single_event_types_avro_schema(configuration: Configuration) -> None:
    it = configuration
    made = it.environment()
    environment = made["id"]
    cluster = it.cluster(environment, "Basic")
    registries = it.running.api.get("/srcm/v3/clusters", params={"environment": environment}).json()["data"]
    registry = registries[0]["id"]
    manager = it.account("env-manager")
    it.bind(manager, "EnvironmentAdmin", made["metadata"]["resource_name"])
    subjects = it.key(manager, registry, f"/sr/{registry}")
    admin = it.key(manager, cluster["id"], kafka(cluster))
    it.make("/topics", {"topic_name": "purchase", "partitions_count": 4}, admin, "/topics/purchase")
    schema = {"schemaType": "AVRO", "schema": json.dumps(PURCHASE)}
    it.make("/subjects/purchase-value/versions", schema, subjects, "/subjects/purchase-value/versions/1")
    assert it.unchanged()
    again = subjects.post("/subjects/purchase-value/versions", json=schema).json()
    assert again["id"] == it.places[-1][2]["id"]
    it.destroy()
