"""The graph of every stack, recorded: which resources, with which parents, edges, protection and secrets."""

import importlib
import json
import pkgutil
import re
from typing import Any

import pytest

from stacks import components
from stacks.components.base import Component
from tests.support.golden import Golden

STACKS = ("local", "dev", "prod")
TYPES = {
    *(f"cdc:confluent:{name}" for name in (
        "Acls", "Catalog", "CdcConnector", "CiIdentity", "ComputePool", "DeadLetters", "EventTopic", "Identity", "Kafka",
        "Notifications", "Quotas", "Registry", "RoutingStatements",
    )),
    *(f"cdc:aws:{name}" for name in (
        "Alarms", "ConsumerSecrets", "Database", "EventsApi", "KmsKey", "LambdaFunction", "Migrator", "Network",
        "PrivateLinkEgress", "PrivateLinkIngress", "Proxy", "SecurityGroups", "VpcEndpoints",
    )),
}  # fmt: skip
CONSUMERS = ("car-consumer", "loan-consumer", "loan-payment-consumer", "service-consumer")
HOLDS_DATA = ("Environment", "KafkaCluster", "KafkaTopic", "Schema", "Connector", "FlinkComputePool")


def of_kind(graph: dict[str, Any], kind: str) -> dict[str, Any]:
    return {n: r for n, r in graph["resources"].items() if r["type"].endswith(f":{kind}")}


@pytest.mark.parametrize("stack", STACKS)
def test_golden_graph(stack: str, graphs: dict[str, Any], golden: Golden) -> None:
    golden.check(f"graph-{stack}.json", json.dumps(graphs[stack], indent=1) + "\n")


def test_every_component_has_its_token_for_ever() -> None:
    """A token is state identity: a change needs an alias and an entry in CHANGELOG.md."""
    for module in pkgutil.walk_packages(components.__path__, "stacks.components."):
        importlib.import_module(module.name)
    assert {cls.TYPE for cls in Component.__subclasses__()} == TYPES
    assert all(cls.TYPE.rpartition(":")[2] == cls.__name__ for cls in Component.__subclasses__())


@pytest.mark.parametrize("stack", STACKS)
def test_components_register_outputs_and_own_every_resource(stack: str, graphs: dict[str, Any]) -> None:
    resources = graphs[stack]["resources"]
    for name, resource in resources.items():
        if resource["type"].startswith("cdc:"):
            assert resource["outputsRegistered"], name
            top = resource["parent"] == f"cdc-streaming-{stack}"
            assert top or resources[resource["parent"]]["type"].startswith("cdc:"), name
        elif name not in ("confluent", "aws"):
            assert resources[resource["parent"]]["type"].startswith("cdc:"), name


@pytest.mark.parametrize("stack", STACKS)
def test_no_default_provider_is_used(stack: str, graphs: dict[str, Any]) -> None:
    for name, resource in graphs[stack]["resources"].items():
        if resource["type"].startswith("confluentcloud:"):
            altering = name.startswith("dead-letter")
            statement = "flink-altering" if altering else "flink-flink"
            wanted = statement if resource["type"].endswith("FlinkStatement") else "confluent"
            assert resource["provider"] == wanted, name


@pytest.mark.parametrize("stack", STACKS)
def test_protection_follows_the_setting(stack: str, graphs: dict[str, Any]) -> None:
    for kind in HOLDS_DATA:
        for name, resource in of_kind(graphs[stack], kind).items():
            assert resource["protect"] == (stack == "prod"), name


@pytest.mark.parametrize("stack", STACKS)
def test_the_exact_set_of_secret_inputs(stack: str, graphs: dict[str, Any]) -> None:
    wanted = {
        "KafkaTopic": "credentials",
        "KafkaAcl": "credentials",
        "Schema": "credentials",
        "SubjectConfig": "credentials",
    }
    wanted |= {"Connector": "configSensitive", "SecretVersion": "secretString"}
    wanted |= dict.fromkeys(("Tag", "TagBinding", "CatalogEntityAttributes"), "credentials")
    wanted |= {"NotificationsIntegration": "slackTarget.webhookUrl"}
    for name, resource in graphs[stack]["resources"].items():
        kind = resource["type"].rpartition(":")[2]
        if name in ("flink-flink", "flink-altering"):
            assert resource["secrets"] == ["flinkApiKey", "flinkApiSecret"]
        else:
            assert resource["secrets"] == ([wanted[kind]] if kind in wanted else []), name


@pytest.mark.parametrize("stack", STACKS)
def test_no_secret_stands_in_the_open(stack: str, graphs: dict[str, Any]) -> None:
    text = json.dumps(graphs[stack])
    assert "marker-" not in text
    assert "secret-of-" not in text
    assert graphs[stack]["exports"]["credentials"] == "[secret]"


@pytest.mark.parametrize("stack", STACKS)
def test_no_output_became_text(stack: str, graphs: dict[str, Any]) -> None:
    assert not re.search(r"Calling __str__|Output object|<pulumi", json.dumps(graphs[stack]))


@pytest.mark.parametrize("stack", STACKS)
def test_order_that_the_cloud_needs(stack: str, graphs: dict[str, Any]) -> None:
    resources = graphs[stack]["resources"]
    connector_needs = set(resources["cdc-connector"]["dependencies"])
    assert set(of_kind(graphs[stack], "KafkaAcl")) <= connector_needs
    assert "migration-run" in connector_needs
    assert {n for n in resources if n.startswith("database-") and n[-1].isdigit()} <= set(
        resources["migration-run"]["dependencies"]
    )
    assert {"raw-event-headers-topic", "heartbeat-postgres-cdc.cdc-topic"} <= connector_needs
    statement_needs = set(resources["routing-event-headers"]["dependencies"])
    assert {
        n for n, r in of_kind(graphs[stack], "RoleBinding").items() if r["parent"] == "flink-runner"
    } <= statement_needs
    assert set(of_kind(graphs[stack], "Schema")) <= statement_needs
    for name, key in of_kind(graphs[stack], "ApiKey").items():
        bindings = {n for n, r in of_kind(graphs[stack], "RoleBinding").items() if r["parent"] == key["parent"]}
        assert bindings <= set(key["dependencies"]), name


@pytest.mark.parametrize("stack", STACKS)
def test_every_consumer_reads_its_own_topic_only(stack: str, graphs: dict[str, Any]) -> None:
    for consumer in CONSUMERS:
        mine = [r["inputs"] for r in of_kind(graphs[stack], "RoleBinding").values() if r["parent"] == consumer]
        assert {b["roleName"] for b in mine} == {"DeveloperRead"}
        topics_read = [b["crnPattern"].rpartition("topic=")[2] for b in mine if "/topic=" in b["crnPattern"]]
        assert len(topics_read) == 1
        assert "*" not in topics_read[0]


@pytest.mark.parametrize("stack", STACKS)
def test_the_connector_reads_the_writer_and_keeps_its_slot(stack: str, graphs: dict[str, Any]) -> None:
    config = graphs[stack]["resources"]["cdc-connector"]["inputs"]["configNonsensitive"]
    assert ".proxy-" not in config["database.hostname"]
    assert config["connector.class"] == "PostgresCdcSourceV2"
    assert config["slot.drop.on.stop"] == "false"
    assert config["publication.autocreate.mode"] == "disabled"
    assert config["heartbeat.action.query"].startswith("INSERT INTO public.cdc_heartbeat")
    assert config["errors.tolerance"] == "none"
    assert not [k for k in config if "password" in k or "secret" in k]
    assert all(isinstance(v, str) for v in config.values())


@pytest.mark.parametrize("stack", STACKS)
def test_flink_credentials_are_on_the_provider_only(stack: str, graphs: dict[str, Any]) -> None:
    statement = graphs[stack]["resources"]["routing-event-headers"]["inputs"]
    assert set(statement) == {"statement", "statementName", "properties"}
    seven = {
        "organizationId",
        "environmentId",
        "flinkComputePoolId",
        "flinkRestEndpoint",
        "flinkApiKey",
        "flinkApiSecret",
        "flinkPrincipalId",
    }
    assert seven <= set(graphs[stack]["resources"]["flink-flink"]["inputs"])


def test_local_is_the_same_program_as_dev(graphs: dict[str, Any]) -> None:
    assert set(graphs["dev"]["resources"]) == set(graphs["local"]["resources"])
