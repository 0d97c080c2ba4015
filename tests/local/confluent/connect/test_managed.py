"""The managed connector's keys, translated for the runtime; roles, as Kafka permissions."""

import pytest

from local.confluent.connect import managed
from local.confluent.errors import ApiError
from local.confluent.iam import rbac
from local.confluent.iam.rbac import Permission

CONFIG = {
    "connector.class": "PostgresCdcSourceV2",
    "name": "c",
    "tasks.max": "1",
    "kafka.auth.mode": "SERVICE_ACCOUNT",
    "kafka.service.account.id": "sa-1",
    "database.hostname": "h",
    "database.port": "1",
    "database.user": "u",
    "database.password": "p",
    "database.dbname": "d",
    "topic.prefix": "cdc",
    "output.data.format": "AVRO",
    "transforms": "r",
    "transforms.r.type": "io.confluent.connect.cloud.transforms.TopicRegexRouter",
}
ORG = "crn://confluent.cloud/organization=O"
POSTGRES = managed.connector("PostgresCdcSourceV2")
CLUSTER = f"{ORG}/environment=env-1/cloud-cluster=lkc-1"


def test_a_complete_configuration_has_no_problems() -> None:
    assert managed.problems(POSTGRES, CONFIG) == {}


@pytest.mark.parametrize("key", POSTGRES.required)
def test_every_required_key_is_missed(key: str) -> None:
    assert key in managed.problems(POSTGRES, {k: v for k, v in CONFIG.items() if k != key})


@pytest.mark.parametrize(
    ("key", "value"), [("tasks.max", "2"), ("output.data.format", "JSON"), ("connector.class", "X")]
)
def test_what_the_service_does_not_take(key: str, value: str) -> None:
    assert list(managed.problems(POSTGRES, {**CONFIG, key: value})) == [key]


def test_a_connector_that_is_not_served_is_named_with_those_that_are() -> None:
    with pytest.raises(
        ApiError, match=r"'MySqlCdcSourceV2' is not available here: only PostgresCdcSourceV2"
    ) as refused:
        managed.connector("MySqlCdcSourceV2")
    assert refused.value.status == 404


def test_translation() -> None:
    runtime = managed.translate(POSTGRES, CONFIG, "http://registry", {"sasl.mechanism": "SCRAM-SHA-256"})
    assert runtime["connector.class"] == "io.debezium.connector.postgresql.PostgresConnector"
    assert runtime["plugin.name"] == "pgoutput"
    assert runtime["transforms.r.type"] == "org.apache.kafka.connect.transforms.RegexRouter"
    assert runtime["producer.override.sasl.mechanism"] == "SCRAM-SHA-256"


@pytest.mark.parametrize(("own", "chain"), [("r", "heldBackOffsets,r"), ("", "heldBackOffsets")])
def test_offsets_are_held_back_before_any_other_transform(own: str, chain: str) -> None:
    """It must see every record, also those that the user's own transforms drop."""
    runtime = managed.translate(POSTGRES, {**CONFIG, "transforms": own}, "http://registry", {})
    assert runtime["transforms"] == chain
    assert runtime["transforms.heldBackOffsets.type"] == "cdc.connect.HeldBackOffsets"
    assert not set(POSTGRES.managed_only) & set(runtime)


@pytest.mark.parametrize("key", ["database.password", "kafka.api.secret", "kafka.api.key", "database.sslkey"])
def test_secrets_are_masked(key: str) -> None:
    assert managed.is_secret(key)


@pytest.mark.parametrize(
    "key", ["kafka.auth.mode", "kafka.service.account.id", "database.user", "transforms.flat.add.fields"]
)
def test_settings_are_not(key: str) -> None:
    assert not managed.is_secret(key)


def binding(role: str, crn: str) -> dict[str, str]:
    return {"principal": "User:sa-1", "role_name": role, "crn_pattern": crn}


def test_a_topic_prefix() -> None:
    found = rbac.kafka_permissions(binding("DeveloperRead", f"{CLUSTER}/kafka=lkc-1/topic=filtered-*"))
    assert found == {Permission("TOPIC", "filtered-", "PREFIXED", op) for op in ("READ", "DESCRIBE")}


def test_reading_a_topic_is_not_writing_it() -> None:
    found = rbac.kafka_permissions(binding("DeveloperRead", f"{CLUSTER}/kafka=lkc-1/topic=t"))
    assert not {p.operation for p in found} & {"WRITE", "ALL", "CREATE", "DELETE"}


def test_a_subject_role_gives_nothing_on_kafka() -> None:
    assert rbac.kafka_permissions(binding("ResourceOwner", f"{ORG}/environment=e/schema-registry=l/subject=*")) == set()


def test_cluster_admin_is_for_its_cluster() -> None:
    assert len(rbac.kafka_permissions(binding("CloudClusterAdmin", CLUSTER))) == 4
    assert rbac.kafka_permissions(binding("CloudClusterAdmin", f"{ORG}/environment=env-1")) == set()


@pytest.mark.parametrize(
    ("role", "crn"),
    [("DeveloperRead", CLUSTER), ("Nonsense", CLUSTER), ("DeveloperRead", "topic=x"), ("Assigner", "")],
)
def test_what_the_service_refuses(role: str, crn: str) -> None:
    with pytest.raises(ApiError) as refused:
        rbac.check(binding(role, crn))
    assert refused.value.status == 400


def test_subjects() -> None:
    mine = [binding("DeveloperRead", f"{ORG}/environment=e/schema-registry=l/subject=filtered-cars-*")]
    assert rbac.subject_allowed(mine, "filtered-cars-value", rbac.READS)
    assert not rbac.subject_allowed(mine, "filtered-cars-value", rbac.WRITES)
    assert not rbac.subject_allowed(mine, "filtered-loans-value", rbac.READS)
    assert rbac.subject_allowed(mine, None, rbac.READS)


def test_assigning() -> None:
    mine = [binding("Assigner", f"{ORG}/service-account=sa-9")]
    assert rbac.may_assign(mine, "sa-9")
    assert not rbac.may_assign(mine, "sa-8")
    assert not rbac.may_assign([], "")


@pytest.mark.parametrize(
    ("wanted", "chain"), [("true", "heldBackOffsets,r,WithoutDefaults"), ("false", "heldBackOffsets,r")]
)
def test_a_setting_of_the_services_converter_is_a_transform_after_all_others(wanted: str, chain: str) -> None:
    config = {**CONFIG, "transforms": "r", "value.converter.ignore.default.for.nullables": wanted}
    runtime = managed.translate(POSTGRES, config, "http://registry", {})
    assert runtime["transforms"] == chain
    assert runtime.get("transforms.WithoutDefaults.type") == (
        "cdc.connect.WithoutDefaults" if wanted == "true" else None
    )
    assert not [name for name in runtime if name.startswith("value.converter.ignore")]
