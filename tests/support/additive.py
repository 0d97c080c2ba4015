"""Did a JSON Schema change so that readers of the old one would break? Contracts only ever grow."""

from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]


def breaks(old: Schema, new: Schema) -> list[str]:
    """What a reader of `old` would miss in documents of `new`: fields that are gone, that may be absent, or changed type."""
    parts = [("", old, new)]
    known: Mapping[str, Schema] = new.get("$defs", {})
    for name, schema in old.get("$defs", {}).items():
        if name in known:
            parts.append((name, schema, known[name]))
    return [line for name, before, after in parts for line in of_object(name, before, after)]


def of_object(name: str, old: Schema, new: Schema) -> Iterator[str]:
    """One object's fields."""
    there: Mapping[str, Schema] = new.get("properties", {})
    for field, schema in old.get("properties", {}).items():
        where = f"{name}.{field}".lstrip(".")
        if field not in there:
            yield f"{where} is gone"
        elif not fits(schema, there[field]):
            yield f"{where} changed from {shape(schema)} to {shape(there[field])}"
        elif field in old.get("required", []) and field not in new.get("required", []):
            yield f"{where} may be absent now"


def fits(old: Schema, new: Schema) -> bool:
    """Is every new value one that the old schema allowed, or one more choice of the same type?"""
    before, after = shape(old), shape(new)
    return before == after or (old.get("type") == new.get("type") == "string")


def shape(schema: Schema) -> str:
    """The type in a word."""
    for key in ("$ref", "type"):
        if key in schema:
            inner = f" of {shape(schema['items'])}" if "items" in schema else ""
            return f"{schema[key]}{inner}"
    return " or ".join(sorted(shape(choice) for choice in schema.get("anyOf", [])))
