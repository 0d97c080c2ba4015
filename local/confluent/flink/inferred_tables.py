"""Tables inferred from topics and subjects, as Confluent does it: the only DDL that Flink sees, made here."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from local.confluent.context import Cloud
from local.confluent.errors import ApiError
from local.confluent.flink import error_logging_source, shared_sink
from local.confluent.flink.names import identifier, literal
from local.confluent.flink.table_options import log_target
from local.confluent.registry import apicurio
from local.confluent.registry import subjects as registry
from local.confluent.store import Document

PRIMITIVES = {
    "string": "STRING",
    "int": "INT",
    "long": "BIGINT",
    "float": "FLOAT",
    "double": "DOUBLE",
    "boolean": "BOOLEAN",
    "bytes": "BYTES",
    "enum": "STRING",
}
LOGICAL = {
    "date": "DATE",
    "time-millis": "TIME(3)",
    "timestamp-millis": "TIMESTAMP(3)",  # Confluent: TIMESTAMP_LTZ; Flink's avro-confluent writes no other type so
    "timestamp-micros": "TIMESTAMP(6)",
    "local-timestamp-millis": "TIMESTAMP(3)",
    "local-timestamp-micros": "TIMESTAMP(6)",
}
READ, WRITTEN = "avro-confluent", "avro-confluent-known"  # the second: KnownSchemaAvroFormatFactory.java
TRANSACTION_SECONDS = 7200
BATCH, SHARED_BATCH = 131_072, 16_384  # a shared sink fills a batch for each of its topics
PRODUCER_MEMORY = (
    12 * 1024 * 1024
)  # also the largest record that a sink writes: above the 8 MiB that most clusters take


@dataclass(frozen=True, slots=True)
class Subject:
    """A topic's key or value schema: its text and, for records, its columns as (name, Flink type)."""

    text: str
    columns: list[tuple[str, str]]


def flink_type(schema: Any) -> str:
    """The Flink type of an Avro schema. Without a null in its union a type is NOT NULL."""
    if isinstance(schema, list):
        rest = [part for part in schema if part != "null"]
        if len(rest) != 1:
            raise ApiError(400, f"unions of several types are not supported: {json.dumps(schema)}")
        return flink_type(rest[0]).removesuffix(" NOT NULL")
    kind = schema if isinstance(schema, str) else schema["type"]
    if isinstance(schema, dict):
        if logical := LOGICAL.get(schema.get("logicalType", "")):
            return f"{logical} NOT NULL"
        if schema.get("logicalType") == "decimal":
            return f"DECIMAL({schema['precision']}, {schema.get('scale', 0)}) NOT NULL"
        if kind == "record":
            fields = ", ".join(f"{identifier(f['name'])} {flink_type(f['type'])}" for f in schema["fields"])
            return f"ROW<{fields}> NOT NULL"
        if kind == "array":
            return f"ARRAY<{flink_type(schema['items'])}> NOT NULL"
        if kind == "map":
            return f"MAP<STRING NOT NULL, {flink_type(schema['values'])}> NOT NULL"
        if isinstance(kind, dict | list):
            return flink_type(kind)
    if kind not in PRIMITIVES:
        raise ApiError(400, f"the Avro type {kind!r} is not supported")
    return f"{PRIMITIVES[kind]} NOT NULL"


async def subject(cloud: Cloud, name: str, frozen: dict[str, str]) -> Subject | None:
    """A subject's schema, None when there is none: the latest version, or the one a statement was planned with.

    `frozen` keeps the texts: as on Confluent, a statement stays with the schemas it saw first.
    """
    if name not in frozen:
        status, shown = await apicurio.engine(cloud, "GET", f"/subjects/{quote(name, safe='')}/versions/latest")
        frozen[name] = "" if status == 404 else registry.verbatim(cloud, shown, name)["schema"]
    if not frozen[name]:
        return None
    schema = json.loads(frozen[name])
    if schema.get("type") != "record":
        raise ApiError(400, f"subject {name}: only Avro records are supported, got {schema.get('type')!r}")
    return Subject(frozen[name], [(field["name"], flink_type(field["type"])) for field in schema["fields"]])


def names_in(statement: str) -> tuple[set[str], set[str]]:
    """The tables a statement reads and those it writes (last part of each quoted name)."""
    quoted = r"((?:`[^`]+`\s*\.\s*)*`[^`]+`)"
    last = [re.compile(rf"{verb}\s+{quoted}", re.IGNORECASE) for verb in (r"(?:FROM|JOIN)", r"INSERT\s+INTO")]
    read, written = ({found.split("`")[-2] for found in pattern.findall(statement)} for pattern in last)
    return read, written


def source_options(properties: dict[str, str]) -> dict[str, str]:
    """Where reading starts: the statement's own property, else the earliest record."""
    mode = properties.get("sql.tables.scan.startup.mode", "earliest-offset")
    options = {"scan.startup.mode": mode, "properties.commit.offsets.on.checkpoint": "false"}
    for name in ("timestamp-millis", "specific-offsets"):
        if value := properties.get(f"sql.tables.scan.startup.{name}"):
            options[f"scan.startup.{name}"] = value
    return {**options, "properties.isolation.level": "read_committed"}


def avro(side: str, form: str, address: str, subject: str, schema: str) -> dict[str, str]:
    """A table's keys or values (`side`) in a registry's Avro. `form`: Flink's format, or ours of that kind."""
    told = {"url": address, "subject": subject, "schema": schema}
    return {f"{side}.format": form, **{f"{side}.{form}.{name}": value for name, value in told.items()}}


def key_options(topic: str, key: Subject, address: str) -> dict[str, str]:
    """How a sink's keys are written."""
    return {
        "key.fields": ";".join(name for name, _ in key.columns),
        **avro("key", WRITTEN, address, f"{topic}-key", key.text),
    }


def sink_options(statement: str, topic: str, batch: int) -> dict[str, str]:
    """Exactly once. Transactions outlive any outage the job restarts from. `batch`: bytes of each partition's batches."""
    return {
        "sink.delivery-guarantee": "exactly-once",
        # A few names, used again: a new one for each commit would stay in the broker's memory for days (ADR 19).
        "sink.transaction-naming-strategy": "pooling",
        "sink.transactional-id-prefix": f"_confluent-flink_{statement}_{topic}",
        "properties.transaction.timeout.ms": str(TRANSACTION_SECONDS * 1000),
        "properties.linger.ms": "5",
        "properties.batch.size": str(batch),
        "properties.buffer.memory": str(PRODUCER_MEMORY),
        "properties.max.request.size": str(PRODUCER_MEMORY),
        "properties.compression.type": "lz4",
    }


def targets(cloud: Cloud, read: set[str], statement: Document) -> dict[str, str]:
    """Topics whose undecodable records the statement logs, and where to: as it was when it was planned."""
    frozen = statement["frozen"]
    found = {topic: frozen.setdefault(f"log target of {topic}", log_target(cloud, topic)) for topic in sorted(read)}
    return {topic: target for topic, target in found.items() if target}


async def subjects(cloud: Cloud, topic: str, frozen: dict[str, str]) -> tuple[Subject | None, Subject]:
    """Key and value of a topic. Only what is written without keys has no key schema."""
    key, value = await subject(cloud, f"{topic}-key", frozen), await subject(cloud, f"{topic}-value", frozen)
    if value is None:
        raise ApiError(
            400,
            f"Table (or view) '{topic}' does not exist, may be on a private cluster, or you do not have permission to access it: subject {topic}-value has no schema",
        )
    names = {name for name, _ in value.columns}
    if key and not {name for name, _ in key.columns} <= names:
        raise ApiError(400, f"topic {topic}: key columns that are not in the value are not supported here")
    return key, value


@dataclass(frozen=True, kw_only=True, slots=True)
class Use:
    """How a statement uses a topic. `shared`: further topics that are written through the same table (shared_sink.py)."""

    topic: str
    writes: bool
    shared: Sequence[str] = ()


async def ddl(cloud: Cloud, use: Use, statement: Document, login: dict[str, str]) -> list[str]:
    """What makes one topic a table, for the statement that reads or writes it."""
    topic, writes, shared = use.topic, use.writes, use.shared
    key, value = await subjects(cloud, topic, statement["frozen"])
    address = cloud.instance.url("registry") + "/apis/ccompat/v7"
    options = {
        "connector": "kafka-idle-aware",  # IdleAwareKafkaFactory.java
        "topic": ";".join([topic, *shared]),
        **avro("value", WRITTEN if writes else READ, address, f"{topic}-value", value.text),
        "value.fields-include": "ALL",
        **{f"properties.{name}": setting for name, setting in login.items()},
    }
    if writes:
        batch = SHARED_BATCH if shared else BATCH
        options |= {
            **sink_options(statement["name"], topic, batch),
            **(key_options(topic, key, address) if key else {}),
        }
    else:
        options |= source_options(statement["spec"]["properties"])
        if targets(cloud, {topic}, statement):
            return error_logging_source.table(topic, value.columns, options)
    columns = ", ".join(f"{identifier(name)} {kind}" for name, kind in value.columns)
    name = topic
    if shared:
        columns += f", {identifier(shared_sink.COLUMN)} STRING NOT NULL METADATA FROM 'topic'"
        name = shared_sink.name_of([topic, *shared])
    settings = ", ".join(f"{literal(name)} = {literal(setting)}" for name, setting in options.items())
    return [f"CREATE TABLE {identifier(name)} ({columns}) WITH ({settings})"]
