"""Reading a topic whose undecodable records are logged: a table of all records, a view of the good ones, an INSERT of the rest."""

from local.confluent.flink.names import identifier, literal

SUFFIX = "#logged"
VALUE = "value.avro-confluent-logged"
# Name, type and origin of what is known of every record, decodable or not. Format metadata has the prefix `value.`.
EXTRA = (
    ("__cdc_error", "STRING", "value.error"),
    ("__cdc_bytes", "BYTES", "value.bytes"),
    ("__cdc_topic", "STRING", "topic"),
    ("__cdc_partition", "INT", "partition"),
    ("__cdc_offset", "BIGINT", "offset"),
    ("__cdc_timestamp", "TIMESTAMP_LTZ(3)", "timestamp"),
    ("__cdc_timestamp_type", "STRING", "timestamp-type"),
    ("__cdc_headers", "MAP<STRING, BYTES>", "headers"),
)
KEY = "__cdc_key"
SOURCE_RECORD = (
    "ROW<`topic` STRING, `partition` INT, `offset` BIGINT, `timestamp` TIMESTAMP(3), `timestamp_type` STRING, "
    "`headers` MAP<STRING NOT NULL, BYTES>, `key` BYTES, `value` BYTES>"
)


def table(topic: str, columns: list[tuple[str, str]], options: dict[str, str]) -> list[str]:
    """DDL: the table of all records, and the view that has the topic's name. Columns may be NULL: an error has none."""
    shown = [f"{identifier(name)} {kind.removesuffix(' NOT NULL')}" for name, kind in columns]
    shown += [f"{identifier(name)} {kind} METADATA FROM {literal(origin)} VIRTUAL" for name, kind, origin in EXTRA]
    options = {name.replace("value.avro-confluent", VALUE, 1): value for name, value in options.items()}
    options |= {
        "value.format": "avro-confluent-logged",
        "value.fields-include": "EXCEPT_KEY",
        "key.format": "raw",
        "key.fields": KEY,
    }
    settings = ", ".join(f"{literal(name)} = {literal(value)}" for name, value in options.items())
    every, names = identifier(topic + SUFFIX), ", ".join(identifier(name) for name, _ in columns)
    return [
        f"CREATE TABLE {every} ({', '.join(shown)}, {identifier(KEY)} BYTES) WITH ({settings})",
        f"CREATE VIEW {identifier(topic)} AS SELECT {names} FROM {every} WHERE `__cdc_error` IS NULL",  # noqa: S608
    ]


def insert(topic: str, target: str, statement: str, catalog: str, database: str) -> str:
    """The INSERT of what cannot be decoded, in the form of Confluent's error tables."""
    record = ", ".join(
        f"`__cdc_{name}`"
        for name in ("topic", "partition", "offset", "timestamp", "timestamp_type", "headers", "key", "bytes")
    )
    values = [
        "CAST(CURRENT_TIMESTAMP AS TIMESTAMP(3))",
        "1",
        "'DESERIALIZATION_ERROR'",
        "`__cdc_error`",
        "MAP['format', 'avro-registry']",
        "'SOURCE'",
        literal(statement),
        "'TABLE'",
        literal(catalog),
        literal(database),
        literal(topic),
        f"CAST(ROW({record}) AS {SOURCE_RECORD})",
    ]
    source = identifier(topic + SUFFIX)
    return f"INSERT INTO {identifier(target)} SELECT {', '.join(values)} FROM {source} WHERE `__cdc_error` IS NOT NULL"  # noqa: S608
