"""Error tables: the topic and the schema that Confluent makes for `error-handling.log.target`.

Columns: Confluent Cloud for Apache Flink, "Configure a Dead Letter Queue"; the names of the Avro records are ours.
"""

import json
from typing import Any
from urllib.parse import quote

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import NewTopic

from local.confluent.context import Cloud
from local.confluent.errors import ApiError
from local.confluent.kafka import admin
from local.confluent.registry import apicurio

PARTITIONS = 6


def optional(name: str, kind: Any) -> dict[str, Any]:
    """A nullable field."""
    return {"name": name, "type": ["null", kind], "default": None}


MILLIS = {"type": "long", "logicalType": "timestamp-millis"}
SOURCE_RECORD = [
    optional("topic", "string"),
    optional("partition", "int"),
    optional("offset", "long"),
    optional("timestamp", MILLIS),
    optional("timestamp_type", "string"),
    optional("headers", {"type": "map", "values": ["null", "bytes"]}),
    optional("key", "bytes"),
    optional("value", "bytes"),
]


def schema(table: str) -> dict[str, Any]:
    """The value schema of an error table."""
    name = table.replace("-", "_").replace(".", "_")
    record = {"type": "record", "name": f"{name}_source_record", "fields": SOURCE_RECORD}
    return {
        "type": "record",
        "name": f"{name}_value",
        "namespace": "org.apache.flink.avro.generated.record",
        "fields": [
            {"name": "error_timestamp", "type": MILLIS},
            {"name": "error_code", "type": "int"},
            {"name": "error_reason", "type": "string"},
            {"name": "error_message", "type": "string"},
            {"name": "error_details", "type": {"type": "map", "values": ["null", "string"]}},
            {"name": "processor", "type": "string"},
            optional("statement_name", "string"),
            {"name": "affected_type", "type": "string"},
            optional("affected_catalog", "string"),
            optional("affected_database", "string"),
            optional("affected_name", "string"),
            optional("source_record", record),
        ],
    }


async def ensure(cloud: Cloud, table: str) -> None:
    """Make topic and schema, unless they are there."""
    topic = NewTopic(table, num_partitions=PARTITIONS, replication_factor=1)
    try:
        await admin.done(admin.platform(cloud).create_topics([topic], request_timeout=admin.SECONDS))
    except KafkaException as error:
        if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
            raise ApiError(500, f"the error table {table!r} cannot be made: {error.args[0].str()}") from error
    subject = quote(f"{table}-value", safe="")
    code, _ = await apicurio.engine(cloud, "GET", f"/subjects/{subject}/versions/latest")
    if code == 404:
        body = json.dumps({"schema": json.dumps(schema(table)), "schemaType": "AVRO"}).encode()
        code, said = await apicurio.engine(cloud, "POST", f"/subjects/{subject}/versions", body)
        if code >= 300:
            raise ApiError(500, f"the schema of the error table {table!r} is refused: {said}")
