"""Columns of captured tables: what a source declares, and what a test looks at."""

import re
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from stacks.files.base import ColumnName, DatabaseName, Model
from stacks.routes.column_types import MICROSECONDS, MILLIS, MILLISECONDS, ColumnType, Family, TypeMapping, mapping

PathType = Literal["string", "number", "boolean", "timestamp"]
# A JSON path: `$`, then `.name` or `[index]`. Names with other characters cannot be told apart safely in every engine.
PATH = r"^\$(\.[A-Za-z_][A-Za-z0-9_]*|\[[0-9]{1,4}\])+$"
JsonPath = Annotated[str, StringConstraints(pattern=PATH, max_length=200)]
EnumValue = Annotated[str, StringConstraints(pattern=r"^[^,\x00-\x1f]+$", max_length=63)]


class Column(Model):
    """A column of the captured table, in the table's order.

    `name` is what records call it; `column` what the table does, where that differs. `paths` declares the places in a JSON
    column that conditions may test, with the type found there; `values` the values of an enum, in their order; `precision`
    the digits of a second of a time without zone, where they are fewer than six. `pii` keeps the column out of routed topics
    that do not carry the tag `pii`.
    """

    name: ColumnName
    type: ColumnType
    column: DatabaseName | None = None
    nullable: bool = False
    key: bool = False
    pii: bool = False
    paths: dict[JsonPath, PathType] = Field(default={})
    values: Annotated[list[EnumValue], Field(max_length=500)] = Field(default=[])
    precision: Annotated[int, Field(ge=0, le=6)] = 6

    @model_validator(mode="after")
    def consistent(self) -> "Column":
        if self.paths and self.type != "json":
            raise ValueError(f"only a json column has paths; {self.name} is a {self.type}")
        if bool(self.values) != (self.type == "enum"):
            raise ValueError(f"an enum has values, and no other type; {self.name} is a {self.type}")
        if self.precision != 6 and self.type not in MILLIS:
            raise ValueError(f"only {' and '.join(MILLIS)} have a precision; {self.name} is a {self.type}")
        if self.key and self.nullable:
            raise ValueError(f"a key column cannot be nullable: {self.name}")
        if self.key and self.mapping.family in ("list", "opaque", "json"):
            raise ValueError(f"a {self.type} cannot be a key: {self.name}")
        if self.name.startswith("__"):
            raise ValueError(f"names with __ belong to the connector: {self.name}")
        if self.name != field_name(self.in_table):
            raise ValueError(
                f"the connector calls the column {self.in_table} {field_name(self.in_table)}: use that as its name"
            )
        return self

    @property
    def in_table(self) -> str:
        """What the table calls it."""
        return self.column or self.name

    @property
    def units(self) -> int:
        """Units of a second in which the connector writes a time without zone."""
        return MILLISECONDS if self.precision <= 3 else MICROSECONDS

    @property
    def mapping(self) -> TypeMapping:
        """The type's facts."""
        return mapping(self.type, self.units, self.values)


def field_name(column: str) -> str:
    """What the connector calls a column (field.name.adjustment.mode=avro): other characters than Avro's become `_`."""
    plain = re.sub(r"[^A-Za-z0-9_]", "_", column)
    return f"_{plain}" if plain[:1].isdigit() else plain


@dataclass(frozen=True, slots=True)
class Operand:
    """What a test looks at: a column, or a path in a JSON column, of a family of types.

    `text`: its numbers are texts (numeric columns, JSON). `units`: of a second, for times without a zone.
    """

    field: str
    family: Family
    path: str = ""
    text: bool = False
    units: int = MICROSECONDS

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
        return Operand(field, column.mapping.family, text=column.type == "decimal", units=column.units)
    family = column.paths.get(path)
    return None if family is None else Operand(field, family, path, text=True)


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
