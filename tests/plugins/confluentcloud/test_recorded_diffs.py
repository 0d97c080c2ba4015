"""Diff says what the real plugin said: one recorded change at a time."""

import json
from pathlib import Path
from typing import Any

import pytest

from plugins.confluentcloud.diff_rules import special
from plugins.confluentcloud.resource_types import RESOURCE_TYPES
from plugins.engine.diff import Change, diff
from plugins.engine.errors import Refused

RECORDED = json.loads((Path(__file__).parent / "recorded" / "diffs.json").read_text())
PLANE = {"credentials": {"key": "k", "secret": "s"}, "restEndpoint": "https://a"}
REGISTRY = {**PLANE, "schemaRegistryCluster": {"id": "lsrc-1"}}
OLD: dict[str, dict[str, Any]] = {
    "Environment": {"displayName": "a", "streamGovernance": {"package": "ESSENTIALS"}},
    "KafkaCluster": {
        "displayName": "a",
        "availability": "SINGLE_ZONE",
        "cloud": "AWS",
        "region": "us-east-1",
        "environment": {"id": "env-1"},
        "standard": {"maxEcku": 0},
        "deletionProtection": False,
    },
    "ServiceAccount": {"displayName": "a", "description": "d"},
    "RoleBinding": {
        "principal": "User:sa-1",
        "roleName": "x",
        "crnPattern": "crn://x",
        "disableWaitForReady": False,
    },
    "ApiKey": {
        "displayName": "a",
        "description": "d",
        "disableWaitForReady": False,
        "owner": {"id": "sa-1", "apiVersion": "iam/v2", "kind": "ServiceAccount"},
        "managedResource": {
            "id": "lkc-1",
            "apiVersion": "cmk/v2",
            "kind": "Cluster",
            "environment": {"id": "env-1"},
        },
    },
    "KafkaTopic": {
        "topicName": "orders",
        "partitionsCount": 3,
        "kafkaCluster": {"id": "lkc-1"},
        "config": {"cleanup.policy": "delete", "retention.ms": "1000"},
        **PLANE,
    },
    "KafkaAcl": {"resourceType": "TOPIC", "operation": "READ", "kafkaCluster": {"id": "lkc-1"}, **PLANE},
    "Schema": {
        "subjectName": "v",
        "format": "AVRO",
        "schema": '{"a":1}',
        "hardDelete": False,
        "recreateOnUpdate": False,
        "skipValidationDuringPlan": False,
        **REGISTRY,
    },
    "SubjectConfig": {"subjectName": "v", "compatibilityLevel": "FULL", "normalize": False, **REGISTRY},
    "Connector": {
        "environment": {"id": "env-1"},
        "kafkaCluster": {"id": "lkc-1"},
        "configNonsensitive": {"name": "c", "connector.class": "X", "tasks.max": "1"},
        "configSensitive": {},
        "status": "RUNNING",
    },
    "FlinkComputePool": {
        "displayName": "p",
        "cloud": "AWS",
        "region": "us-east-1",
        "environment": {"id": "env-1"},
        "maxCfu": 5,
        "defaultPool": False,
    },
}
# What each recorded change did: values to set (None removes); a dotted path goes into a block.
CHANGES: dict[tuple[str, str], dict[str, Any]] = {
    ("Environment", "displayName"): {"displayName": "b"},
    ("Environment", "SG ESSENTIALS->ADVANCED"): {"streamGovernance": {"package": "ADVANCED"}},
    ("Environment", "SG removed"): {"streamGovernance": None},
    ("KafkaCluster", "displayName"): {"displayName": "b"},
    ("KafkaCluster", "SINGLE_ZONE->LOW"): {"availability": "LOW"},
    ("KafkaCluster", "->HIGH"): {"availability": "HIGH"},
    ("KafkaCluster", "region"): {"region": "eu-west-1"},
    ("KafkaCluster", "cloud"): {"cloud": "GCP"},
    ("KafkaCluster", "standard->basic"): {"standard": None, "basic": {}},
    ("KafkaCluster", "standard->dedicated"): {"standard": None, "dedicated": {"cku": 1}},
    ("KafkaCluster", "standard->enterprise"): {"standard": None, "enterprises": [{}]},
    ("KafkaCluster", "env"): {"environment": {"id": "env-2"}},
    ("KafkaCluster", "deletionProtection"): {"deletionProtection": True},
    ("KafkaCluster", "maxEcku"): {"standard": {"maxEcku": 5}},
    ("ServiceAccount", "displayName"): {"displayName": "b"},
    ("ServiceAccount", "description"): {"description": "e"},
    ("RoleBinding", "roleName"): {"roleName": "y"},
    ("RoleBinding", "principal"): {"principal": "User:sa-2"},
    ("RoleBinding", "crnPattern"): {"crnPattern": "crn://y"},
    ("RoleBinding", "disableWait"): {"disableWaitForReady": True},
    ("ApiKey", "displayName"): {"displayName": "b"},
    ("ApiKey", "owner"): {"owner": {"id": "sa-2", "apiVersion": "iam/v2", "kind": "ServiceAccount"}},
    ("ApiKey", "managedResource.id"): {"managedResource": {**OLD["ApiKey"]["managedResource"], "id": "lkc-2"}},
    ("ApiKey", "managedResource removed"): {"managedResource": None},
    ("KafkaTopic", "topicName"): {"topicName": "b"},
    ("KafkaTopic", "partitions up"): {"partitionsCount": 4},
    ("KafkaTopic", "partitions down"): {"partitionsCount": 2},
    ("KafkaTopic", "config change"): {"config": {"cleanup.policy": "compact", "retention.ms": "1000"}},
    ("KafkaTopic", "config key removed"): {"config": {"cleanup.policy": "delete"}},
    ("KafkaTopic", "config removed"): {"config": None},
    ("KafkaTopic", "restEndpoint"): {"restEndpoint": "https://b"},
    ("KafkaTopic", "credentials"): {"credentials": {"key": "k2", "secret": "s2"}},
    ("KafkaTopic", "cluster"): {"kafkaCluster": {"id": "lkc-2"}},
    ("KafkaAcl", "operation"): {"operation": "WRITE"},
    ("KafkaAcl", "credentials"): {"credentials": {"key": "k2", "secret": "s2"}},
    ("KafkaAcl", "restEndpoint"): {"restEndpoint": "https://b"},
    ("Schema", "schema"): {"schema": '{"a":2}'},
    ("Schema", "schema whitespace"): {"schema": '{"a": 1}'},
    ("Schema", "format"): {"format": "JSON"},
    ("Schema", "subject"): {"subjectName": "w"},
    ("Schema", "credentials"): {"credentials": {"key": "k2", "secret": "s2"}},
    ("Schema", "restEndpoint"): {"restEndpoint": "https://b"},
    ("Schema", "hardDelete"): {"hardDelete": True},
    ("Schema", "recreateOnUpdate"): {"recreateOnUpdate": True},
    ("Schema", "schema+recreateOnUpdate"): {"schema": '{"a":2}', "recreateOnUpdate": True},
    ("SubjectConfig", "level"): {"compatibilityLevel": "NONE"},
    ("SubjectConfig", "subject"): {"subjectName": "w"},
    ("SubjectConfig", "normalize"): {"normalize": True},
    ("Connector", "tasks.max"): {"configNonsensitive": {"name": "c", "connector.class": "X", "tasks.max": "2"}},
    ("Connector", "name"): {"configNonsensitive": {"name": "d", "connector.class": "X", "tasks.max": "1"}},
    ("Connector", "class"): {"configNonsensitive": {"name": "c", "connector.class": "Y", "tasks.max": "1"}},
    ("Connector", "status PAUSED"): {"status": "PAUSED"},
    ("Connector", "sensitive"): {"configSensitive": {"a": "b"}},
    ("Connector", "cluster"): {"kafkaCluster": {"id": "lkc-2"}},
    ("FlinkComputePool", "maxCfu"): {"maxCfu": 10},
    ("FlinkComputePool", "displayName"): {"displayName": "q"},
    ("FlinkComputePool", "region"): {"region": "eu-west-1"},
    ("FlinkComputePool", "env"): {"environment": {"id": "env-2"}},
    ("FlinkComputePool", "defaultPool"): {"defaultPool": True},
}
BASIC_TO_STANDARD = ("KafkaCluster", "basic->standard")


def before_and_after(entry: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    old = OLD[entry["type"]]
    if (entry["type"], entry["change"]) == BASIC_TO_STANDARD:
        old = {k: v for k, v in old.items() if k != "standard"} | {"basic": {"maxEcku": 0}}
        return old, {k: v for k, v in old.items() if k != "basic"} | {"standard": {}}
    new = {**old, **CHANGES[entry["type"], entry["change"]]}
    return old, {k: v for k, v in new.items() if v is not None}


def ours(entry: dict[str, Any]) -> Change:
    kind = entry["type"]
    old, new = before_and_after(entry)
    identity = entry.get("error", '""').split('"')[1] if entry.get("error") else "id"
    return special(kind, identity, old, new, diff(RESOURCE_TYPES[kind], old, new))


@pytest.mark.parametrize("entry", RECORDED, ids=lambda e: f"{e['type']} {e['change']}")
def test_agrees_with_the_record(entry: dict[str, Any]) -> None:
    if entry["changes"] == "DIFF ERROR":
        with pytest.raises(Refused) as refused:
            ours(entry)
        assert str(refused.value) == entry["error"]
        return
    change = ours(entry)
    assert change.detail == entry.get("detail", {})
    assert change.replaces == entry.get("replaces", [])
    if entry.get("kind") == "REPLACE":
        assert RESOURCE_TYPES[entry["type"]].delete_first == entry["deleteFirst"]


@pytest.mark.parametrize("kind", sorted(OLD))
def test_no_change_is_no_change(kind: str) -> None:
    assert diff(RESOURCE_TYPES[kind], OLD[kind], OLD[kind]).detail == {}


STATEMENT = {"statement": "SELECT 1", "statementName": "a", "properties": {"k": "v"}, "stopped": False}


@pytest.mark.parametrize(
    ("change", "detail", "replaces"),
    [
        ({"statement": "SELECT 2"}, {"statement": "UPDATE_REPLACE"}, ["statement"]),
        ({"statementName": "b"}, {"statementName": "UPDATE"}, []),
        ({"properties": {"k": "w"}}, {"properties.k": "UPDATE"}, []),
        ({"stopped": True}, {"stopped": "UPDATE"}, []),
    ],
)
def test_statements_as_recorded(change: dict[str, Any], detail: dict[str, str], replaces: list[str]) -> None:
    found = diff(RESOURCE_TYPES["FlinkStatement"], STATEMENT, {**STATEMENT, **change})
    assert (found.detail, found.replaces) == (detail, replaces)


def test_a_running_statement_cannot_move() -> None:
    old = {**STATEMENT, "computePool": {"id": "lfcp-1"}}
    new = {**STATEMENT, "computePool": {"id": "lfcp-2"}}
    with pytest.raises(Refused, match="compute_pool"):
        special("FlinkStatement", "id", old, new, diff(RESOURCE_TYPES["FlinkStatement"], old, new))
