"""Every served resource type through the plugin against the local cloud: made, read, changed, replaced, refused, gone."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from cli.client.wait import wait_for
from tests.support import network
from tests.support.fakes import cloud
from tests.support.fakes.cloud import Running
from tests.support.fakes.flink import BROKEN
from tests.support.inputs import Inputs, acl, binding, connector, kafka, key, pool, registry
from tests.support.plugin import Engine, Refused, urn

SCHEMA = {"type": "record", "name": "R", "fields": [{"name": "a", "type": "string"}]}
WIDER = {**SCHEMA, "fields": [*SCHEMA["fields"], {"name": "b", "type": ["null", "int"], "default": None}]}
NARROWER = {**SCHEMA, "fields": [{"name": "c", "type": "string"}]}


def changed(inputs: Inputs, **changes: Any) -> Inputs:
    return {**inputs, **changes}


# Type → (inputs, an in-place change or None, a change that replaces or None).
Case = tuple[Callable[[Running], Inputs], Inputs | None, Inputs | None]
CASES: dict[str, Case] = {
    "Environment": (lambda _: {"displayName": "e2", "streamGovernance": {"package": "ESSENTIALS"}},
                    {"displayName": "e3", "streamGovernance": {"package": "ADVANCED"}}, None),
    "ServiceAccount": (lambda _: {"displayName": "s", "description": "d"}, {"description": "e"}, None),
    "RoleBinding": (binding, None, {"roleName": "DeveloperWrite"}),
    "ApiKey": (key, {"description": "e"}, {"owner": {"id": "sa-x", "apiVersion": "iam/v2", "kind": "ServiceAccount"}}),
    "FlinkComputePool": (pool, {"maxCfu": 10}, {"region": "us-west-2"}),
    "KafkaTopic": (lambda r: {"topicName": "t", "partitionsCount": 3, "config": {"retention.ms": "1"}, **kafka(r)},
                   {"partitionsCount": 4, "config": {"cleanup.policy": "compact"}}, {"topicName": "u"}),
    "KafkaAcl": (acl, None, {"operation": "WRITE"}),
    "Schema": (lambda r: {"subjectName": "s-value", "format": "AVRO", "schema": json.dumps(SCHEMA), **registry(r)},
               None, {"subjectName": "other"}),
    "SubjectConfig": (lambda r: {"subjectName": "s-value", "compatibilityLevel": "BACKWARD", **registry(r)},
                      {"compatibilityLevel": "FULL"}, {"subjectName": "other"}),
    "Connector": (connector, {"status": "PAUSED"}, None),
    "FlinkStatement": (lambda _: {"statement": "ALTER TABLE `t` SET ('error-handling.mode' = 'fail')",
                                  "statementName": "st", "properties": {"a": "b"}}, None, {"statement": "INSERT INTO `x`"}),
    "Tag": (lambda r: {"name": "cdc_tag", "description": "d", **network.catalog(r)}, {"description": "e"}, {"name": "other"}),
    "TagBinding": (network.tag_binding, None, {"tagName": "other"}),
    "CatalogEntityAttributes": (network.attributes, {"attributes": {"owner": "others"}}, {"entityType": "sr_schema"}),
    "IdentityProvider": (network.identity_provider, {"description": "e"}, {"issuer": "https://other.example"}),
    "IdentityPool": (network.identity_pool, {"filter": "claims.sub == \"x\""}, {"identityProvider": {"id": "op-other"}}),
    "NotificationsIntegration": (lambda _: {"displayName": "n", "description": "d", "webhookTarget": {"url": "https://a.example"}},
                                 {"webhookTarget": {"url": "https://b.example"}}, None),
    "Gateway": (lambda r: {"displayName": "g", **network.place(r), "awsEgressPrivateLinkGateway": {"region": "us-east-1"}},
                {"displayName": "h"}, {"awsEgressPrivateLinkGateway": {"region": "us-west-2"}}),
    "AccessPoint": (network.access_point, {"displayName": "q"}, {"gateway": {"id": "gw-other"}}),
    "DnsRecord": (network.dns_record, {"displayName": "e"}, {"domain": "other.example"}),
    "PrivateLinkAttachment": (lambda r: {"displayName": "a", "cloud": "AWS", "region": "us-east-1", **network.place(r)},
                              {"displayName": "b"}, {"region": "us-west-2"}),
    "PrivateLinkAttachmentConnection": (network.connection, {"displayName": "d"}, {"aws": {"vpcEndpointId": "vpce-2"}}),
}  # fmt: skip


@pytest.mark.parametrize("kind", CASES)
def test_life(kind: str, fake_cloud: Running, engine: Engine) -> None:
    make, update, replacing = CASES[kind]
    inputs, it = make(fake_cloud), urn(kind)
    planned, outputs = engine.create(it, inputs, preview=True)
    assert planned == ""
    assert {k: outputs[k] for k in inputs} == inputs
    identity, state = engine.create(it, inputs)
    assert identity
    assert engine.diff(it, identity, state, inputs) == ([], [])
    found = engine.read(it, identity, state)
    assert found is not None
    assert engine.diff(it, identity, found, inputs) == ([], []), "a refresh shows no change"
    if replacing:
        assert engine.diff(it, identity, state, changed(inputs, **replacing))[1] == [*replacing]
    if update:
        wanted = changed(inputs, **update)
        paths, replaces = engine.diff(it, identity, state, wanted)
        assert (bool(paths), replaces) == (True, [])
        state = engine.update(it, identity, state, wanted)
        assert engine.diff(it, identity, state, wanted) == ([], [])
    engine.delete(it, identity, state)
    assert engine.read(it, identity, state) is None
    engine.delete(it, identity, state)  # gone is deleted: an update that was interrupted goes on


def test_every_served_type_has_a_case() -> None:
    from plugins.confluentcloud.handlers.table import HANDLERS

    assert set(CASES) | {"KafkaCluster", "KafkaClientQuota"} == set(HANDLERS)


def test_a_quota_needs_a_dedicated_cluster(fake_cloud: Running, engine: Engine) -> None:
    made = fake_cloud.made
    inputs = {
        "displayName": "q", "principals": [made["account"]], "kafkaCluster": {"id": made["cluster"]}, **network.place(fake_cloud),
        "throughput": {"ingressByteRate": "1000", "egressByteRate": "2000"},
    }  # fmt: skip
    it, kept = urn("KafkaClientQuota"), fake_cloud.cloud.store.get("cluster", made["cluster"]) or {}
    with pytest.raises(Refused, match="need a Dedicated cluster"):
        engine.create(it, inputs)
    fake_cloud.cloud.store.put("cluster", made["cluster"], {**kept, "config": {"kind": "Dedicated", "cku": 1}})
    identity, state = engine.create(it, inputs)
    assert engine.create(it, inputs)[0] == identity
    wanted = changed(inputs, throughput={"ingressByteRate": "3000", "egressByteRate": "2000"})
    assert engine.diff(it, identity, state, wanted)[1] == []
    assert engine.update(it, identity, state, wanted)["throughput"]["ingressByteRate"] == "3000"
    engine.delete(it, identity, state)
    assert engine.read(it, identity, state) is None
    fake_cloud.cloud.store.put("cluster", made["cluster"], kept)


def test_a_cluster_is_read_and_a_second_one_refused(fake_cloud: Running, engine: Engine) -> None:
    it, made = urn("KafkaCluster"), fake_cloud.made
    state = {"environment": {"id": made["environment"]}}
    found = engine.read(it, made["cluster"], state)
    assert found is not None
    assert (found["standard"], found["rbacCrn"]) == ({"maxEcku": 0}, made["crn"].rpartition("/kafka=")[0])
    inputs = {
        "displayName": "k2", "availability": "LOW", "cloud": "AWS", "region": "us-east-1", "standard": {},
        "environment": {"id": made["environment"]},
    }  # fmt: skip
    with pytest.raises(Refused, match="one Kafka cluster"):
        engine.create(it, inputs)
    renamed = engine.update(it, made["cluster"], found, {**found, "displayName": "k3"})
    assert renamed["displayName"] == "k3"


@pytest.mark.parametrize("kind", [kind for kind in CASES if kind != "ApiKey"])
def test_what_is_there_already_is_taken_over(kind: str, fake_cloud: Running, engine: Engine) -> None:
    """An update that was killed between the service's answer and the state leaves it; the next one goes on with it."""
    inputs, it = CASES[kind][0](fake_cloud), urn(kind)
    identity, state = engine.create(it, inputs)
    again, same = engine.create(it, inputs)
    assert again == identity
    assert engine.diff(it, again, same, inputs) == ([], [])
    engine.delete(it, identity, state)
    assert engine.read(it, identity, state) is None


def test_what_is_there_otherwise_is_refused(fake_cloud: Running, engine: Engine) -> None:
    inputs, it = CASES["KafkaTopic"][0](fake_cloud), urn("KafkaTopic")
    identity, state = engine.create(it, inputs)
    with pytest.raises(Refused, match="exists"):
        engine.create(it, changed(inputs, partitionsCount=7))
    assert engine.read(it, identity, state) is not None
    engine.delete(it, identity, state)


def test_what_the_service_refuses_is_one_line(fake_cloud: Running, engine: Engine) -> None:
    wrong = changed(connector(fake_cloud))
    wrong["configNonsensitive"] = {**wrong["configNonsensitive"], "tasks.max": "2", "name": "wrong"}
    with pytest.raises(Refused, match=r"tasks\.max.*must be one of 1"):
        engine.create(urn("Connector"), wrong)
    assert "wrong" not in fake_cloud.connect.configs


def test_a_connector_cannot_be_renamed(fake_cloud: Running, engine: Engine) -> None:
    inputs, it = connector(fake_cloud), urn("Connector")
    identity, state = engine.create(it, inputs)
    other = changed(inputs, configNonsensitive={**inputs["configNonsensitive"], "name": "d"})
    with pytest.raises(Refused, match="name of a connector cannot be updated"):
        engine.update(it, identity, state, other)
    engine.delete(it, identity, state)


def test_an_incompatible_schema_is_refused_already_in_the_preview(fake_cloud: Running, engine: Engine) -> None:
    inputs = {"subjectName": "held-value", "format": "AVRO", "schema": json.dumps(SCHEMA), **registry(fake_cloud)}
    it = urn("Schema")
    identity, state = engine.create(it, inputs)
    with pytest.raises(Refused, match=r"held-value.*incompatible"):
        engine.diff(it, identity, state, changed(inputs, schema=json.dumps(NARROWER)))
    evolved = engine.update(it, identity, state, changed(inputs, schema=json.dumps(WIDER)))
    assert (evolved["version"], evolved["schema"]) == (2, json.dumps(WIDER))
    engine.delete(it, identity, evolved)  # a resource is one version, as with the real plugin
    assert cloud.subjects(fake_cloud).get("/subjects/held-value/versions").json() == [1]
    pretty = json.dumps(SCHEMA, indent=2)
    assert engine.diff(it, identity, state, changed(inputs, schema=pretty)) == ([], [])
    assert engine.read(it, identity, {**state, "schema": pretty}) is not None
    engine.delete(it, identity, {**state, "hardDelete": True})


def test_a_statement_that_fails_is_kept_in_the_state(fake_cloud: Running, engine: Engine) -> None:
    for topic in ("raw", "routed"):
        cloud.kafka(fake_cloud).post("/topics", json={"topic_name": topic})
        cloud.subjects(fake_cloud).post(f"/subjects/{topic}-value/versions", json={"schema": json.dumps(SCHEMA)})
    text = f"INSERT INTO `routed` SELECT `{BROKEN}` FROM `raw`"  # noqa: S608
    with pytest.raises(Refused, match=r"FAILED.*not found in any table") as refused:
        engine.create(urn("FlinkStatement"), {"statement": text, "statementName": "broken"})
    assert refused.value.metadata[0][0] == "grpc-status-details-bin"
    identity = f"{fake_cloud.made['environment']}/{fake_cloud.made['pool']}/broken"
    state = engine.read(urn("FlinkStatement"), identity, {"statement": text})
    assert state is not None
    engine.delete(urn("FlinkStatement"), identity, state)


def test_a_statement_is_stopped_and_resumed_but_never_changed(fake_cloud: Running, engine: Engine) -> None:
    for topic in ("raw", "routed"):
        cloud.kafka(fake_cloud).post("/topics", json={"topic_name": topic})
        cloud.subjects(fake_cloud).post(f"/subjects/{topic}-value/versions", json={"schema": json.dumps(SCHEMA)})
    it = urn("FlinkStatement")
    inputs = {"statement": "INSERT INTO `routed` SELECT `a` FROM `raw`", "statementName": "run", "stopped": False}
    identity, state = engine.create(it, inputs)
    stopped = engine.update(it, identity, state, changed(inputs, stopped=True))
    phases = cloud.statements(fake_cloud)
    wait_for(lambda: phases.get("/statements/run").json()["status"]["phase"] == "STOPPED", 20, "the stop")
    assert engine.update(it, identity, stopped, inputs)["stopped"] is False
    with pytest.raises(Refused, match="attribute must be updated"):
        engine.update(it, identity, state, changed(inputs, properties={"x": "y"}))
    engine.delete(it, identity, state)


def test_look_ups(fake_cloud: Running, engine: Engine) -> None:
    token = "confluentcloud:index/{0}:{0}"  # noqa: S105 - a function's name
    assert engine.invoke(token.format("getOrganization"), {})["id"] == cloud.ORGANIZATION
    region = engine.invoke(token.format("getFlinkRegion"), {"cloud": "AWS", "region": "us-east-1"})
    assert region["restEndpoint"] == fake_cloud.instance.url("cloud")
    place = {"environment": {"id": fake_cloud.made["environment"]}}
    assert engine.invoke(token.format("getSchemaRegistryCluster"), place)["id"] == fake_cloud.made["registry"]
    found = engine.invoke(token.format("getIpAddresses"), {"filter": {"services": ["CONNECT"]}})
    assert [a["ipPrefix"] for a in found["ipAddresses"]] == ["127.0.0.1/32"]
    with pytest.raises(Refused, match="there are 0 Flink regions"):
        engine.invoke(token.format("getFlinkRegion"), {"cloud": "AWS", "region": "nowhere-1"})
    with pytest.raises(Refused, match="has 0 Schema Registry clusters"):
        engine.invoke(token.format("getSchemaRegistryCluster"), {"environment": {"id": "env-default"}})
    with pytest.raises(Refused, match="has no function"):
        engine.invoke(token.format("getEverything"), {})


def test_addresses_by_an_access_point(fake_cloud: Running, engine: Engine) -> None:
    it, inputs = urn("AccessPoint"), network.access_point(fake_cloud)
    identity, state = engine.create(it, inputs)
    token = "confluentcloud:index/getEndpoint:getEndpoint"  # noqa: S105 - a function's name
    wanted = {**network.place(fake_cloud), "cloud": "AWS", "region": "us-east-1", "isPrivate": True}
    for service, kinds in (
        ("KAFKA", ["REST", "BOOTSTRAP"]),
        ("SCHEMA_REGISTRY", ["REST"]),
        ("FLINK", ["REST", "LANGUAGE_SERVICE"]),
    ):
        found = engine.invoke(token, {"filter": {**wanted, "service": service}})["endpoints"]
        own = [one for one in found if one["accessPoints"] == [{"id": identity}]]
        assert [one["endpointType"] for one in own] == kinds
    assert engine.invoke(token, {"filter": {**wanted, "service": "KAFKA", "isPrivate": False}})["endpoints"] == []
    with pytest.raises(Refused, match="service must be one of"):
        engine.invoke(token, {"filter": {**wanted, "service": "TEA"}})
    with pytest.raises(Refused, match="is still used by ap-"):
        engine.delete(urn("Gateway"), inputs["gateway"]["id"], network.place(fake_cloud))
    engine.delete(it, identity, state)


def test_a_type_that_nobody_knows(engine: Engine) -> None:
    with pytest.raises(Refused, match="has no resource type"):
        engine.check(urn("Teapot"), {})
