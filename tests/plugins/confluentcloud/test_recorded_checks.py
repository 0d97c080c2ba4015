"""Check says what the real plugin said: every recorded refusal, and every field's place in the schema."""

import json
from pathlib import Path
from typing import Any

import pytest

from plugins.confluentcloud.resource_types import RESOURCE_TYPES
from plugins.engine.check import check
from plugins.engine.fields import Field

RECORDED = json.loads((Path(__file__).parent / "recorded" / "checks.json").read_text())
ID = {"id": "x"}
CREDENTIALS = {"credentials": {"key": "k", "secret": "s"}, "restEndpoint": "https://example"}
REGISTRY = {**CREDENTIALS, "schemaRegistryCluster": ID}
CLUSTER = {"kafkaCluster": {"id": "lkc-1"}}
GOOD: dict[str, dict[str, Any]] = {
    "Environment": {"displayName": "a", "streamGovernance": {"package": "ESSENTIALS"}},
    "KafkaCluster": {
        "displayName": "a",
        "availability": "LOW",
        "cloud": "AWS",
        "region": "r",
        "environment": ID,
        "dedicated": {"cku": 2},
        "network": {"id": "n-1"},
    },
    "ServiceAccount": {"displayName": "a"},
    "RoleBinding": {"principal": "User:sa-1", "roleName": "x", "crnPattern": "crn://x"},
    "ApiKey": {
        "displayName": "a",
        "description": "b",
        "owner": {"id": "sa-1", "apiVersion": "iam/v2", "kind": "ServiceAccount"},
        "managedResource": {
            "id": "lkc-1",
            "apiVersion": "cmk/v2",
            "kind": "Cluster",
            "environment": {"id": "env-1"},
        },
    },
    "KafkaTopic": {"topicName": "t", "partitionsCount": 1, **CLUSTER, **CREDENTIALS},
    "KafkaAcl": {
        "resourceType": "TOPIC",
        "resourceName": "t",
        "patternType": "LITERAL",
        "principal": "User:sa-1",
        "host": "*",
        "operation": "READ",
        "permission": "ALLOW",
        **CLUSTER,
        **CREDENTIALS,
    },
    "Schema": {
        "subjectName": "s",
        "format": "AVRO",
        "schema": "{}",
        "schemaReferences": [{"name": "n", "subjectName": "s", "version": 1}],
        **REGISTRY,
    },
    "SubjectConfig": {"subjectName": "s", "compatibilityLevel": "FULL", **REGISTRY},
    "Connector": {"environment": ID, **CLUSTER, "configNonsensitive": {"name": "c"}},
    "FlinkComputePool": {"displayName": "p", "cloud": "AWS", "region": "r", "environment": ID},
    "FlinkStatement": {"statement": "SELECT 1", **CREDENTIALS},
}


def changed(inputs: dict[str, Any], path: list[str], value: Any) -> dict[str, Any]:
    """A copy with one value replaced, inside blocks and lists of blocks."""
    copy = json.loads(json.dumps(inputs))
    spot: Any = copy
    for part in path[:-1]:
        spot = spot[part][0] if isinstance(spot[part], list) else spot[part]
    spot[path[-1]] = value
    return copy


@pytest.mark.parametrize("kind", sorted(GOOD))
def test_good_inputs_pass(kind: str) -> None:
    assert check(RESOURCE_TYPES[kind], "it", {}, GOOD[kind])[1] == []


@pytest.mark.parametrize(
    "entry", RECORDED["failures"], ids=lambda e: f"{e['type']}.{'.'.join(e['path'])}={e['value']!r}"
)
def test_refuses_with_the_recorded_words(entry: dict[str, Any]) -> None:
    value = int(entry["value"]) if entry["kind"] == "Int" else entry["value"]
    failures = check(RESOURCE_TYPES[entry["type"]], "it", {}, changed(GOOD[entry["type"]], entry["path"], value))[1]
    assert [f.partition(". Examine values at")[0] for f in failures] == [entry["message"]]


def fields_of(fields: dict[str, Field], prefix: str = "") -> dict[str, Field]:
    found: dict[str, Field] = {}
    for name, field in fields.items():
        found[prefix + name] = field
        found |= fields_of(field.fields, f"{prefix}{name}.")
    return found


@pytest.mark.parametrize("kind", sorted(GOOD))
def test_fields_and_their_modes_are_the_recorded_ones(kind: str) -> None:
    """Same names; ForceNew, required, computed and defaults agree."""
    recorded, ours = RECORDED["fields"][kind], fields_of(RESOURCE_TYPES[kind].fields)
    assert {n for n in ours if "ruleset" not in n} == {
        n for n in recorded if "ruleset" not in n and "endpoints." not in n
    }
    for name, field in ours.items():
        record = recorded[name]
        assert field.replaces == record["forceNew"], name
        if "comp" in record["mode"]:
            assert field.computed, name
        if record["mode"] == "req":
            assert field.required, name
        if record["default"] is not None:
            assert field.default == record["default"], name


def test_every_failure_is_reported_at_once() -> None:
    failures = check(
        RESOURCE_TYPES["KafkaTopic"], "t", {}, {"topicName": "bad name", "partitionsCount": 0, "bogus": 1}
    )[1]
    assert failures == [
        "Invalid or unknown key. Examine values at 't.bogus'.",
        "invalid value for topic_name (The topic name can be up to 249 characters in length, and can include the following "
        "characters: a-z, A-Z, 0-9, . (dot), _ (underscore), and - (dash).). Examine values at 't.topicName'.",
        "expected partitions_count to be at least (1), got 0. Examine values at 't.partitionsCount'.",
    ]


def test_missing_arguments_are_named() -> None:
    failures = check(RESOURCE_TYPES["KafkaTopic"], "e", {}, {})[1]
    wanted = 'Missing required argument. The argument "topic_name" is required, but no definition was found.. '
    assert failures == [wanted + "Examine values at 'e.topicName'."]


@pytest.mark.parametrize("kind", ["Environment", "KafkaCluster", "ServiceAccount", "ApiKey"])
def test_display_names_are_made_up_once(kind: str) -> None:
    without = {k: v for k, v in GOOD[kind].items() if k != "displayName"}
    first = check(RESOURCE_TYPES[kind], "thing", {}, without)[0]["displayName"]
    assert first.startswith("thing-")
    assert len(first) == len("thing-") + 7
    assert check(RESOURCE_TYPES[kind], "thing", {"displayName": first}, without)[0]["displayName"] == first


def test_exactly_one_cluster_type() -> None:
    inputs = {**GOOD["KafkaCluster"], "basic": {}}
    assert any(
        "exactly" in f or "must be specified" in f for f in check(RESOURCE_TYPES["KafkaCluster"], "k", {}, inputs)[1]
    )
