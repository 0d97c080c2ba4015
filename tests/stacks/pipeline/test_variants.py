"""Settings that neither dev nor prod use: a Basic cluster, a Dedicated one in an existing VPC, an attachment, two generations of keys."""

import pickle
from pathlib import Path
from typing import Any

import pytest
import yaml
from filelock import FileLock

from cli.planning import plan
from cli.planning.plan import Plan
from policies.graph import from_recorded
from stacks.components.aws.watches import PIPELINE
from stacks.load import from_files
from tests.support.paths import ROOT
from tests.support.recorder import record
from tests.support.tree import tree

BASIC = {
    "environment": {"name": "cdc-basic"},
    "kafka": {"type": "basic", "name": "events", "region": "us-east-1"},
    "backend": {"kind": "postgres", "host": "db.example.com", "database": "events"},
    "keys": {"active": "2", "kept": ["1"]},
}
DEDICATED = {
    "environment": {"name": "cdc-dedicated"},
    "kafka": {"type": "dedicated", "name": "events", "availability": "MULTI_ZONE", "region": "us-east-1", "cku": 2},
    "backend": {
        "kind": "aurora",
        "instanceClass": "db.r8g.large",
        "account": "123456789012",
        "vpc": {
            "kind": "existing",
            "id": "vpc-0123456789abcdef0",
            "privateSubnets": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
            "publicSubnets": ["subnet-0123456789abcdef2", "subnet-0123456789abcdef3"],
        },
        "connectivity": {"kind": "public"},
        "api": {
            "auth": {"kind": "jwt", "issuer": "https://id.example.com", "audience": ["events"]},
            "corsOrigins": ["https://app.example.com"],
        },
        "alarms": {"metricsNamespace": "cdc-streaming"},
    },
}


def as_prod() -> dict:
    config = yaml.safe_load((ROOT / "Pulumi.prod.yaml").read_text())["config"]
    return {key.partition(":")[2]: value for key, value in config.items() if key.startswith("cdc-streaming:")}


def attached() -> dict:
    """prod as it was made before Confluent had ingress gateways."""
    own = as_prod()
    own["backend"]["connectivity"]["ingress"] = "attachment"
    own["backend"]["vpc"]["zones"] = ["use1-az1", "use1-az4", "use1-az6"]
    return own


def changed(folder: Path, name: str, settings: dict) -> Path:
    root = tree(folder)
    routes = yaml.safe_load((root / "routes.yaml").read_text())
    routes["sources"][0]["compatibility"] = "FULL_TRANSITIVE"
    routes["consumers"][1]["deadLetter"] = True
    if name == "retiring":
        routes["routes"][0]["retire"] = True
        routes["consumers"] = [c for c in routes["consumers"] if routes["routes"][0]["name"] not in c["routes"]]
    (root / "routes.yaml").write_text(yaml.safe_dump(routes, sort_keys=False))
    config = {f"cdc-streaming:{key}": value for key, value in settings.items()}
    (root / f"Pulumi.{name}.yaml").write_text(yaml.safe_dump({"config": config}))
    return root


@pytest.fixture(scope="session")
def variants(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> dict[str, Plan]:
    """All, made once for all workers."""
    file = shared / "variants.pickle"
    with FileLock(f"{file}.lock"):
        if not file.exists():
            wanted = {"basic": BASIC, "dedicated": DEDICATED, "attached": attached(), "retiring": as_prod()}
            roots = {name: changed(tmp_path_factory.mktemp(name), name, wanted[name]) for name in wanted}
            graphs = record([(root, name, {}) for name, root in roots.items()])
            made = {
                name: plan.of(name, *from_files(root, name), graph)
                for (name, root), graph in zip(roots.items(), graphs, strict=True)
            }
            file.write_bytes(pickle.dumps(made))
    return pickle.loads(file.read_bytes())  # noqa: S301 - our own


@pytest.fixture
def basic(variants: dict[str, Plan]) -> Plan:
    return variants["basic"]


@pytest.fixture
def dedicated(variants: dict[str, Plan]) -> Plan:
    return variants["dedicated"]


def test_every_subject_of_a_source_keeps_its_promise(basic: Plan) -> None:
    found = {str(r.get("subjectName")): r.get("compatibilityLevel") for r in basic.graph.confluent("subjectConfig")}
    levels = [level for name, level in found.items() if not name.startswith("dead-letter-loan-consumer-")]
    assert len(levels) == 2 * 6
    assert set(levels) == {"FULL_TRANSITIVE"}


def test_keys_are_held_both_ways(graphs: dict[str, Any]) -> None:
    """Of a source that promises BACKWARD, as prod's does."""
    found = {
        str(r.get("subjectName")): r.get("compatibilityLevel")
        for r in from_recorded(graphs["prod"]).confluent("subjectConfig")
    }
    assert {level for name, level in found.items() if name.endswith("-key")} == {"FULL"}
    assert {level for name, level in found.items() if name.endswith("-value")} == {"BACKWARD"}


def test_a_basic_cluster_gets_acls_where_it_knows_no_roles(basic: Plan) -> None:
    roles = [str(r.get("crnPattern")) for r in basic.graph.confluent("roleBinding")]
    assert not [crn for crn in roles if "/kafka=" in crn]
    mine = [r for r in basic.graph.confluent("kafkaAcl") if r.parent == "car-consumer-acls"]
    assert {(r.get("resourceType"), r.get("resourceName"), r.get("operation")) for r in mine} == {
        ("TOPIC", "filtered-car-created-events", "READ"),
        ("TOPIC", "filtered-car-created-events", "DESCRIBE"),
        ("GROUP", "car-consumer-group", "READ"),
        ("GROUP", "car-consumer-group", "DESCRIBE"),
    }
    runner = [r for r in basic.graph.confluent("kafkaAcl") if r.parent == "flink-runner-acls"]
    assert ("filtered-", "PREFIXED", "WRITE") in {
        (r.get("resourceName"), r.get("patternType"), r.get("operation")) for r in runner
    }
    statement = basic.graph.resources["routing-event-headers"]
    assert {r.name for r in runner} <= statement.dependencies


def test_a_consumer_that_asks_has_a_topic_for_dead_letters(basic: Plan, dedicated: Plan) -> None:
    """It alone writes it; nobody else's topic is there for it."""
    topic = "dead-letter-loan-consumer"
    for found in (basic, dedicated):
        assert [
            r.get("topicName") for r in found.graph.confluent("kafkaTopic") if "dead-letter-" in str(r.get("topicName"))
        ] == [topic]
        subjects = {r.get("subjectName") for r in found.graph.confluent("schema")}
        assert {f"{topic}-key", f"{topic}-value"} <= subjects
    writes = {
        (r.parent, r.get("resourceName")) for r in basic.graph.confluent("kafkaAcl") if r.get("operation") == "WRITE"
    }
    assert [parent for parent, name in writes if name == topic] == ["loan-consumer-acls"]
    assert {name for parent, name in writes if parent == "loan-consumer-acls"} == {topic}
    roles = [
        r for r in dedicated.graph.confluent("roleBinding") if str(r.get("crnPattern")).endswith(f"/topic={topic}")
    ]
    assert {(r.get("roleName"), r.parent) for r in roles} == {("DeveloperWrite", "loan-consumer")}


def test_two_generations_of_keys_exist_and_one_is_used(basic: Plan) -> None:
    keys = {r.name for r in basic.graph.confluent("apiKey")}
    assert {"car-consumer-kafka-key-1", "car-consumer-kafka-key-2"} <= keys
    topic = basic.graph.resources["filtered-car-created-events-topic"]
    assert "deployer-kafka-key-2" in topic.dependencies
    assert "deployer-kafka-key-1" not in topic.dependencies


def test_a_basic_cluster_and_an_existing_database_break_no_rule(basic: Plan) -> None:
    assert [str(f) for f in basic.findings] == []
    assert not basic.graph.aws("rds/cluster")


def test_consumers_of_a_dedicated_cluster_have_quotas(dedicated: Plan) -> None:
    assert len(dedicated.graph.confluent("kafkaClientQuota")) == 4
    assert [str(f) for f in dedicated.findings] == []


def test_an_existing_vpc_is_used_and_not_touched(dedicated: Plan) -> None:
    for kind in ("ec2/vpc", "ec2/subnet", "ec2/routeTable", "ec2/internetGateway", "ec2/flowLog"):
        assert dedicated.graph.aws(kind) == []
    group = dedicated.graph.resources["database-subnets"]
    assert group.get("subnetIds") == DEDICATED["backend"]["vpc"]["publicSubnets"]


def test_figures_that_a_collector_brings_have_alarms(dedicated: Plan, graphs: dict[str, Any]) -> None:
    alarms = {one.name: one for one in dedicated.graph.aws("cloudwatch/metricAlarm")}
    own = [one for one in alarms.values() if one.get("namespace") == "cdc-streaming"]
    assert {one.get("dimensions")["deployment.environment.name"] for one in own} == {"dedicated"}
    assert alarms["alarms-pipeline-watched"].get("treatMissingData") == "breaching"
    part, whole, share = alarms["alarms-unrouted-share"].get("metricQueries")
    assert [one["metric"]["dimensions"]["kind"] for one in (part, whole)] == ["unrouted", "raw"]
    assert share["expression"] == "IF(whole > 0, part / whole, 0)"
    assert share["returnData"]
    assert not alarms["alarms-unrouted-share"].get("namespace")
    assert set(alarms) - {f"alarms-{watch.name}" for watch in PIPELINE} < {*graphs["prod"]["resources"]}
    assert not {f"alarms-{watch.name}" for watch in PIPELINE} & {*graphs["prod"]["resources"]}


def test_tokens_of_an_issuer_open_the_api(dedicated: Plan) -> None:
    assert dedicated.graph.resources["api-authorizer"].get("jwtConfiguration.issuer") == "https://id.example.com"
    assert {r.get("authorizationType") for r in dedicated.graph.aws("apigatewayv2/route")} == {"JWT"}


def test_a_missing_vpc_is_named() -> None:
    import pulumi

    from stacks.components.aws import network

    with pytest.raises(pulumi.RunError, match=r'backend\.vpc\.id - no such VPC in us-east-1 \(got "vpc-1"\)'):
        network.the_vpc("vpc-1", ["vpc-2"], "us-east-1")
    with pytest.raises(pulumi.RunError, match=r'vpc-1 has no such subnet \(got "subnet-9"\)'):
        network.the_subnet("subnet-9", ["subnet-1"], "vpc-1")


def test_the_settings_page_is_current() -> None:
    from cli.docs.settings_page import page

    assert (ROOT / "docs" / "settings.md").read_text() == page()


def test_an_attachment_stays_what_it_was(variants: dict[str, Plan]) -> None:
    """Its stack's topics hold the cluster's own address: another one would replace them all."""
    graph = variants["attached"].graph
    assert [str(f) for f in variants["attached"].findings] == []
    assert not [g for g in graph.confluent("gateway") if g.get("awsIngressPrivateLinkGateway")]
    (record,) = graph.aws("route53/record")
    assert record.get("name") == "*.us-east-1.aws.private.example"
    assert {t.get("restEndpoint") for t in graph.confluent("kafkaTopic")} == {"https://kafka.example"}
    kafka = graph.exports["contract"]["kafka"]
    assert (kafka["bootstrapServers"], kafka["restEndpoint"]) == ("kafka.example:9092", "https://kafka.example")
    assert graph.exports["contract"]["registry"]["url"] == "https://registry.us-east-1.private.example"
    assert graph.exports["contract"]["flink"]["restEndpoint"] == "https://private.flink.example"


def test_zones_may_be_ids(variants: dict[str, Plan]) -> None:
    graph = variants["attached"].graph
    assert {s.get("availabilityZoneId") for s in graph.aws("ec2/subnet")} == {"use1-az1", "use1-az4", "use1-az6"}
    assert {s.get("availabilityZone") for s in graph.aws("ec2/subnet")} == {None}


def test_a_retired_route_leaves_a_topic_that_may_go(variants: dict[str, Plan]) -> None:
    """Pulumi deletes nothing that was protected in the update before: of a protected stack, this topic alone is not."""
    graph, topic = variants["retiring"].graph, "filtered-car-created-events"
    assert [str(f) for f in variants["retiring"].findings] == []
    free = {r.name for r in (*graph.confluent("kafkaTopic"), *graph.confluent("schema")) if not r.protect}
    assert free == {f"{topic}-topic", f"{topic}-key-schema", f"{topic}-value-schema"}
    assert topic not in {route["topic"] for route in graph.exports["contract"]["routes"]}
    assert not [s for s in graph.confluent("flinkStatement") if topic in str(s.get("statement"))]
    assert not [b for b in graph.confluent("roleBinding") if topic in str(b.get("crnPattern"))]
