"""Avro schemas of the raw and the routed records. The raw files are what the connector registers, field for field."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stacks.errors import CdcError

FOLDER = Path(__file__).parents[1] / "schemas" / "avro"
NAMESPACE = "cdc.routed"
HIDDEN = {"__deleted"}  # tells what `__op` tells better


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
    """A Record of a parsed Avro record schema. Types are `string`, `long`, `boolean`, …, without their nulls."""
    text = json.dumps(schema, separators=(",", ":"))
    return Record(text, {field["name"]: plain(field["type"]) for field in schema["fields"]})


def plain(schema: Any) -> str:
    """The primitive type of a field: without null and without Connect's annotations."""
    if isinstance(schema, list):
        return plain(next(part for part in schema if part != "null"))
    return plain(schema["type"]) if isinstance(schema, dict) else str(schema)


def load(name: str) -> dict[str, Any]:
    """A committed schema file. Raises CdcError when it is missing or not JSON."""
    file = FOLDER / f"{name}.avsc"
    try:
        return json.loads(file.read_text())
    except (OSError, ValueError) as error:
        raise CdcError(f"schemas/avro/{file.name}: {error}", "a source needs its key and value schema there") from error


def raw(source: str) -> tuple[Record, Record]:
    """Key and value of a source's raw topic."""
    return record(load(f"{source}-key")), record(load(f"{source}-value"))


def routed(source: str, extra: list[dict[str, Any]] | None = None) -> tuple[Record, Record]:
    """Key and value of a routed topic: the raw columns, free of what only Connect understands, plus `extra` fields."""
    fields = [stripped(field) for field in load(f"{source}-value")["fields"] if field["name"] not in HIDDEN]
    keys = [stripped(field) for field in load(f"{source}-key")["fields"]]
    value = {"type": "record", "name": "Event", "namespace": NAMESPACE, "fields": [*fields, *(extra or [])]}
    return record({"type": "record", "name": "Key", "namespace": NAMESPACE, "fields": keys}), record(value)


def stripped(field: dict[str, Any]) -> dict[str, Any]:
    """A field without Connect's annotations."""
    kind = field["type"]
    if isinstance(kind, list):
        return {"name": field["name"], "type": ["null", plain(kind)], "default": None}
    return {"name": field["name"], "type": plain(kind)}
