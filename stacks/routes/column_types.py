"""Types of columns: what each is in Avro as the connector writes it, in SQL, and for conditions.

The Avro forms are those of Debezium's PostgreSQL connector ("Data type mappings") with decimal.handling.mode=string,
time.precision.mode=adaptive, interval.handling.mode=string and binary.handling.mode=bytes (components/confluent/connector.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

ColumnType = Literal[
    "string", "uuid", "enum", "boolean", "smallint", "int", "long", "float", "double", "decimal",
    "timestamp", "local_timestamp", "date", "time", "interval", "json", "bytes",
    "string[]", "uuid[]", "boolean[]", "smallint[]", "int[]", "long[]", "float[]", "double[]", "decimal[]",
    "timestamp[]",
]  # fmt: skip
Family = Literal[
    "string", "enum", "number", "integer", "boolean", "timestamp", "local_timestamp", "date", "time", "json", "list", "opaque"
]  # fmt: skip
LARGE = frozenset(
    ("string", "json", "decimal", "bytes", "string[]")
)  # types that PostgreSQL may store out of line (TOAST) and whose absence can be told
UNTELLABLE = frozenset(kind for kind in ColumnType.__args__ if kind.endswith("[]")) - LARGE  # … and cannot be told
INTEGER_BITS = {"smallint": 15, "int": 31, "long": 63}
LARGEST_FLOAT = 3.4028235677973366e38  # what is larger than this rounds to infinity
MILLISECONDS, MICROSECONDS = 1_000, 1_000_000  # units of a second


@dataclass(frozen=True, slots=True)
class TypeMapping:
    """A column type: its Avro form as Debezium writes it, the family of its conditions, and its SQL type."""

    avro: Any
    family: Family
    sql: str


def annotated(primitive: str, name: str) -> dict[str, Any]:
    """An Avro type with the name that Connect gives it."""
    return {"type": primitive, "connect.version": 1, "connect.name": name}


TYPE_MAPPINGS: Mapping[str, TypeMapping] = {
    "string": TypeMapping("string", "string", "STRING"),
    "uuid": TypeMapping(annotated("string", "io.debezium.data.Uuid"), "string", "STRING"),
    "enum": TypeMapping(annotated("string", "io.debezium.data.Enum"), "enum", "STRING"),
    "boolean": TypeMapping("boolean", "boolean", "BOOLEAN"),
    "smallint": TypeMapping({"type": "int", "connect.type": "int16"}, "integer", "INT"),
    "int": TypeMapping("int", "integer", "INT"),
    "long": TypeMapping("long", "integer", "BIGINT"),
    "float": TypeMapping("float", "number", "FLOAT"),
    "double": TypeMapping("double", "number", "DOUBLE"),
    "decimal": TypeMapping("string", "number", "STRING"),
    "timestamp": TypeMapping(annotated("string", "io.debezium.time.ZonedTimestamp"), "timestamp", "STRING"),
    "local_timestamp": TypeMapping(annotated("long", "io.debezium.time.MicroTimestamp"), "local_timestamp", "BIGINT"),
    "date": TypeMapping(annotated("int", "io.debezium.time.Date"), "date", "INT"),
    "time": TypeMapping(annotated("long", "io.debezium.time.MicroTime"), "time", "BIGINT"),
    "interval": TypeMapping(annotated("string", "io.debezium.time.Interval"), "opaque", "STRING"),
    "json": TypeMapping(annotated("string", "io.debezium.data.Json"), "json", "STRING"),
    "bytes": TypeMapping("bytes", "opaque", "BYTES"),
}
# Up to three digits of a second the connector writes milliseconds.
MILLIS: Mapping[str, TypeMapping] = {
    "local_timestamp": replace(TYPE_MAPPINGS["local_timestamp"], avro=annotated("long", "io.debezium.time.Timestamp")),
    "time": replace(TYPE_MAPPINGS["time"], avro=annotated("int", "io.debezium.time.Time"), sql="INT"),
}


def mapping(kind: str, units: int = MICROSECONDS, values: Sequence[str] = ()) -> TypeMapping:
    """The facts of a type. `units`: of a second, for times without a zone; `values`: of an enum, in their order."""
    if kind.endswith("[]"):
        one = mapping(kind.removesuffix("[]"))
        family = "list" if kind == "string[]" else "opaque"
        items = {"type": "array", "items": ["null", one.avro]}
        return TypeMapping(items, family, f"ARRAY<{one.sql}>")
    if kind in MILLIS and units == MILLISECONDS:
        return MILLIS[kind]
    if kind == "enum":
        plain = TYPE_MAPPINGS[kind]
        *head, name = plain.avro.items()  # in the connector's order: another text would be another version
        return replace(plain, avro=dict([*head, ("connect.parameters", {"allowed": ",".join(values)}), name]))
    return TYPE_MAPPINGS[kind]
