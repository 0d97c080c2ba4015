"""Avro schemas of the raw and the routed records, derived from a source's columns.

A raw schema is what the connector registers, field for field: it must find the declared version again, or the topic's
subject would grow a second one.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from stacks import naming
from stacks.routes.columns import METADATA, Column

NAMESPACE = "cdc.routed"
HIDDEN = {"__deleted"}  # tells what `__op` tells better


class Table(Protocol):
    """What of a source a schema depends on."""

    @property
    def connect_name(self) -> str: ...
    @property
    def columns(self) -> list[Column]: ...


@dataclass(frozen=True, slots=True)
class Record:
    """A key or value schema: the canonical text that is registered, and its fields' names and types."""

    text: str
    fields: dict[str, str]

    @property
    def columns(self) -> list[str]:
        """Field names in order."""
        return list(self.fields)


def record(schema: dict[str, Any]) -> Record:
    """A Record of a parsed Avro record schema. Types are `string`, `long`, `string[]`, …, without their nulls."""
    text = json.dumps(schema, separators=(",", ":"))
    return Record(text, {field["name"]: named(plain(field["type"])) for field in schema["fields"]})


def named(schema: Any) -> str:
    """A plain type as one word."""
    return f"{named(plain(schema['items']))}[]" if isinstance(schema, dict) else str(schema)


def plain(schema: Any) -> Any:
    """A field's type without null and without Connect's annotations: a primitive, or an array of primitives that may be null."""
    if isinstance(schema, list):
        return plain(next(part for part in schema if part != "null"))
    if not isinstance(schema, dict):
        return schema
    if schema["type"] == "array":
        return {"type": "array", "items": ["null", plain(schema["items"])]}
    return plain(schema["type"])


def optional(name: str, kind: Any) -> dict[str, Any]:
    """A field that may be null, and is when it is not given."""
    return {"name": name, "type": ["null", kind], "default": None}


def connect_record(table: str, name: str, fields: Sequence[dict[str, Any]]) -> Record:
    """A record as Connect names it: after topic prefix, schema and table."""
    namespace = f"{naming.CONNECT_PREFIX}.{table}"
    schema: dict[str, Any] = {"type": "record", "name": name, "namespace": namespace, "fields": list(fields)}
    return record({**schema, "connect.name": f"{namespace}.{name}"})


def raw(source: Table) -> tuple[Record, Record]:
    """Key and value of a source's raw topic."""
    fields = {
        column.name: optional(column.name, column.mapping.avro)
        if column.nullable
        else {"name": column.name, "type": column.mapping.avro}
        for column in source.columns
    }
    keys = [fields[column.name] for column in source.columns if column.key]
    added = [optional(name, "long" if family == "integer" else "string") for name, family in METADATA.items()]
    key = connect_record(source.connect_name, "Key", keys)
    return key, connect_record(source.connect_name, "Value", [*fields.values(), *added])


@dataclass(frozen=True, slots=True)
class Selected:
    """A column of a routed record: its name there, the column it comes from, and what masks it (`` for nothing).

    `unavailable`: codes of operations whose records may come without its value; `placeholder`: what is there instead, in SQL
    (unavailable.py).
    """

    name: str
    origin: str
    mask: str = ""
    unavailable: frozenset[str] = frozenset()
    placeholder: str = ""


def selected(source: Table) -> list[Selected]:
    """Every column of a source, as it is."""
    names = [*(column.name for column in source.columns), *METADATA]
    return [Selected(name, name) for name in names if name not in HIDDEN]


def routed(
    source: Table,
    selection: Sequence[Selected] | None = None,
    extra: Sequence[dict[str, Any]] = (),
    revision: int = 1,
) -> tuple[Record, Record]:
    """Key and value of a routed topic: the selected columns, free of what only Connect understands, plus `extra`."""
    raw_key, raw_value = (json.loads(part.text)["fields"] for part in raw(source))
    known = {field["name"]: field for field in raw_value}
    fields = [routed_field(known[s.origin], s) for s in selection or selected(source)]
    keys = [stripped(field) for field in raw_key]
    about = {"revision": revision} if revision > 1 else {}
    value = {"type": "record", "name": "Event", "namespace": NAMESPACE, **about, "fields": [*fields, *extra]}
    return record({"type": "record", "name": "Key", "namespace": NAMESPACE, "fields": keys}), record(value)


def routed_field(field: dict[str, Any], choice: Selected) -> dict[str, Any]:
    """The field under its routed name; a column that is masked by null, or not always there, may be null."""
    found = {**stripped(field), "name": choice.name}
    if isinstance(found["type"], list) or not (choice.mask == "null" or choice.unavailable):
        return found
    return optional(choice.name, found["type"])


def stripped(field: dict[str, Any]) -> dict[str, Any]:
    """A field without Connect's annotations."""
    kind = field["type"]
    if isinstance(kind, list):
        return optional(field["name"], plain(kind))
    return {"name": field["name"], "type": plain(kind)}
