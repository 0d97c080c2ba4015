"""Tables inferred from topics and subjects, as Confluent does it: the only DDL that Flink sees, made here."""

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from local.cloud import registry
from local.cloud.context import Cloud
from local.cloud.errors import ApiError
from local.cloud.store import Document

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
    "timestamp-millis": "TIMESTAMP_LTZ(3)",
    "timestamp-micros": "TIMESTAMP_LTZ(6)",
    "local-timestamp-millis": "TIMESTAMP(3)",
    "local-timestamp-micros": "TIMESTAMP(6)",
}
TRANSACTION_SECONDS = 7200


@dataclass(frozen=True, slots=True)
class Subject:
    """A topic's key or value schema: its text and, for records, its columns as (name, Flink type)."""

    text: str
    columns: list[tuple[str, str]]


def identifier(name: str) -> str:
    """A quoted identifier; names with back-ticks do not exist on Confluent."""
    if "`" in name:
        raise ApiError(400, f"the name {name!r} has a back-tick")
    return f"`{name}`"


def literal(value: str) -> str:
    """A quoted string."""
    return "'" + value.replace("'", "''") + "'"


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


async def subject(cloud: Cloud, name: str) -> Subject | None:
    """The latest version of a subject, None when there is none."""
    status, shown = await registry.engine(cloud, "GET", f"/subjects/{quote(name, safe='')}/versions/latest")
    if status == 404:
        return None
    text = registry.verbatim(cloud, shown, name)["schema"]
    schema = json.loads(text)
    if schema.get("type") != "record":
        raise ApiError(400, f"subject {name}: only Avro records are supported, got {schema.get('type')!r}")
    return Subject(text, [(field["name"], flink_type(field["type"])) for field in schema["fields"]])


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


def sink_options(statement: str, topic: str, key: Subject) -> dict[str, str]:
    """Exactly once, keyed. Transactions outlive any outage the job restarts from."""
    return {
        "key.format": "avro-confluent",
        "key.fields": ";".join(name for name, _ in key.columns),
        "key.avro-confluent.subject": f"{topic}-key",
        "key.avro-confluent.schema": key.text,
        "sink.delivery-guarantee": "exactly-once",
        "sink.transactional-id-prefix": f"_confluent-flink_{statement}_{topic}",
        "properties.transaction.timeout.ms": str(TRANSACTION_SECONDS * 1000),
        "properties.linger.ms": "5",
        "properties.batch.size": "131072",
        "properties.compression.type": "lz4",
    }


async def ddl(cloud: Cloud, topic: str, statement: Document, login: dict[str, str], writes: bool) -> str:
    """CREATE TABLE for one topic, for the statement that reads or writes it."""
    key, value = await subject(cloud, f"{topic}-key"), await subject(cloud, f"{topic}-value")
    if key is None or value is None:
        missing = f"{topic}-key" if key is None else f"{topic}-value"
        raise ApiError(
            400,
            f"Table (or view) '{topic}' does not exist, may be on a private cluster, or you do not have permission to access it: subject {missing} has no schema",
        )
    names = {name for name, _ in value.columns}
    if not {name for name, _ in key.columns} <= names:
        raise ApiError(400, f"topic {topic}: key columns that are not in the value are not supported here")
    address = cloud.instance.url("registry") + "/apis/ccompat/v7"
    options = {
        "connector": "kafka",
        "topic": topic,
        "value.format": "avro-confluent",
        "value.avro-confluent.url": address,
        "value.avro-confluent.subject": f"{topic}-value",
        "value.avro-confluent.schema": value.text,
        "value.fields-include": "ALL",
        **{f"properties.{name}": setting for name, setting in login.items()},
    }
    if writes:
        options |= {**sink_options(statement["name"], topic, key), "key.avro-confluent.url": address}
    else:
        options |= source_options(statement["spec"]["properties"])
    columns = ", ".join(f"{identifier(name)} {kind}" for name, kind in value.columns)
    settings = ", ".join(f"{literal(name)} = {literal(setting)}" for name, setting in options.items())
    return f"CREATE TABLE {identifier(topic)} ({columns}) WITH ({settings})"
