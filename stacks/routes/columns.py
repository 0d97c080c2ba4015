"""Columns of captured tables: what a source declares, and what each type is in Avro, in SQL and for conditions."""

import re
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, model_validator

from stacks.files.base import ColumnName, Model

ColumnType = Literal["string", "uuid", "int", "long", "double", "boolean", "decimal", "timestamp", "json"]
PathType = Literal["string", "number", "boolean", "timestamp"]
Family = Literal["string", "number", "integer", "boolean", "timestamp", "json"]
# A JSON path: `$`, then `.name` or `[index]`. Names with other characters cannot be told apart safely in every engine.
PATH = r"^\$(\.[A-Za-z_][A-Za-z0-9_]*|\[[0-9]{1,4}\])+$"
JsonPath = Annotated[str, StringConstraints(pattern=PATH, max_length=200)]
OPERATION, TABLE = "__op", "__table"
LARGE = {"string", "json", "decimal"}  # types that PostgreSQL may store out of line (TOAST)


@dataclass(frozen=True, slots=True)
class TypeMapping:
    """A column type: its Avro form as Debezium writes it, the family of its conditions, and its SQL type."""

    avro: Any
    family: Family
    sql: str


def annotated(primitive: str, name: str) -> dict[str, Any]:
    """An Avro type with the name that Connect gives it."""
    return {"type": primitive, "connect.version": 1, "connect.name": name}


# With decimal.handling.mode=string and time.precision.mode=connect (components/connector.py).
TYPE_MAPPINGS: dict[str, TypeMapping] = {
    "string": TypeMapping("string", "string", "STRING"),
    "uuid": TypeMapping(annotated("string", "io.debezium.data.Uuid"), "string", "STRING"),
    "int": TypeMapping("int", "integer", "INT"),
    "long": TypeMapping("long", "integer", "BIGINT"),
    "double": TypeMapping("double", "number", "DOUBLE"),
    "boolean": TypeMapping("boolean", "boolean", "BOOLEAN"),
    "decimal": TypeMapping("string", "number", "STRING"),
    "timestamp": TypeMapping(annotated("string", "io.debezium.time.ZonedTimestamp"), "timestamp", "STRING"),
    "json": TypeMapping(annotated("string", "io.debezium.data.Json"), "json", "STRING"),
}


class Column(Model):
    """A column of the captured table, in the table's order.

    `paths` declares the places in a JSON column that conditions may test, with the type found there. `pii` keeps the
    column out of routed topics that do not carry the tag `pii`.
    """

    name: ColumnName
    type: ColumnType
    nullable: bool = False
    key: bool = False
    pii: bool = False
    paths: dict[JsonPath, PathType] = Field(default={})

    @model_validator(mode="after")
    def consistent(self) -> "Column":
        if self.paths and self.type != "json":
            raise ValueError(f"only a json column has paths; {self.name} is a {self.type}")
        if self.key and self.nullable:
            raise ValueError(f"a key column cannot be nullable: {self.name}")
        if self.name.startswith("__"):
            raise ValueError(f"names with __ belong to the connector: {self.name}")
        return self

    @property
    def mapping(self) -> TypeMapping:
        """The type's facts."""
        return TYPE_MAPPINGS[self.type]


@dataclass(frozen=True, slots=True)
class Operand:
    """What a test looks at: a column, or a path in a JSON column, of a family of types."""

    field: str
    family: Family
    path: str = ""
    decimal: bool = False

    @property
    def label(self) -> str:
        """`header_data $.customer.tier`."""
        return f"{self.field} {self.path}".strip()


def operand(columns: list[Column], field: str, path: str | None) -> Operand | None:
    """What `field` and `path` stand for; None when there is no such column or no such declared path."""
    column = next((c for c in columns if c.name == field), None)
    if field in METADATA:
        return None if path else Operand(field, METADATA[field])
    if column is None:
        return None
    if path is None:
        return Operand(field, column.mapping.family, decimal=column.type == "decimal")
    family = column.paths.get(path)
    return None if family is None else Operand(field, family, path)


# Fields that the connector adds (transforms.flat.add.fields and the rewritten delete marker).
METADATA: dict[str, Family] = {
    "__deleted": "string",
    "__op": "string",
    "__table": "string",
    "__source_ts_ms": "integer",
    "__lsn": "integer",
}


def steps(path: str) -> list[str | int]:
    """`$.a[0].b` → ["a", 0, "b"]."""
    parts = re.findall(r"\.([A-Za-z0-9_]+)|\[([0-9]+)\]", path)
    return [name or int(index) for name, index in parts]
