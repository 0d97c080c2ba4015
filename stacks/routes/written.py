"""Rows as people write them: examples, `explain`, a row as PostgreSQL shows it. Each value in the form in which the connector writes it."""

import json
import math
import struct
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from stacks.routes import calendar
from stacks.routes.column_types import INTEGER_BITS, LARGEST_FLOAT
from stacks.routes.columns import METADATA, Column
from stacks.routes.model import Source
from stacks.routes.timestamps import valid_instant


def row_of(source: Source, event: Mapping[str, Any]) -> dict[str, Any]:
    """An event as people write it, as a raw record: JSON columns as text, absent columns NULL, `__op` c."""
    row: dict[str, Any] = {"__op": "c", **dict.fromkeys((c.name for c in source.columns), None), **event}
    for column in source.columns:
        row[column.name] = as_captured(column, row[column.name])
    return row


def as_captured(column: Column, value: Any) -> Any:
    """A value as people write it, in the form in which the connector writes it: JSON and decimals are texts, dates numbers."""
    if value is None:
        return None
    match column.type:
        case "json":
            return value if isinstance(value, str) else document(value)
        case "timestamp":
            return in_utc(value)
        case "decimal":
            return numeric(value)
        case "double":
            return float(value)
        case "float":
            return struct.unpack("f", struct.pack("f", float(value)))[0]
        case "uuid":
            return str(value).lower()
        case "date" | "time" | "local_timestamp" if isinstance(value, str):
            return calendar.shown(column.type, value, column.units)
        case _:
            return value


def document(value: Any) -> str:
    """JSON, with numbers as they were written: a Decimal keeps its digits."""
    match value:
        case dict():
            return "{" + ", ".join(f"{json.dumps(name)}: {document(inner)}" for name, inner in value.items()) + "}"
        case list():
            return "[" + ", ".join(document(inner) for inner in value) + "]"
        case Decimal():
            return str(value)
        case _:
            return json.dumps(value)


def in_utc(text: str) -> str:
    """A time with an offset, as PostgreSQL shows it, in UTC; another text as it is."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    if valid_instant(text) or moment.tzinfo is None:
        return text
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


NO_NUMBERS = ("NAN", "POSITIVE_INFINITY", "NEGATIVE_INFINITY")  # as the connector writes them


def numeric(value: Any) -> str:
    """A numeric column's text: plain digits, and the connector's names of what is no number."""
    if value in NO_NUMBERS:
        return value
    number = Decimal(str(value))
    if number.is_nan():
        return "NAN"
    return format(number, "f") if number.is_finite() else NO_NUMBERS[1 + (number < 0)]


def bad_values(source: Source, event: Mapping[str, Any]) -> Iterator[tuple[str, Any, str]]:
    """Values that no row of the source has: column, value, and what is expected. METADATA fields are texts and numbers."""
    for name, value in event.items():
        column = source.column(name)
        if value is None or (column is not None and column.type == "json"):
            continue
        kind = column.type if column else METADATA.get(name, "string")
        if expected := misfit(kind, column, value):
            yield name, value, expected


def misfit(kind: str, column: Column | None, value: Any) -> str:
    """What a value should be instead; empty when it is one of the type's."""
    expected, types = WRITTEN.get("list" if kind.endswith("[]") else kind, ("a text", (str,)))
    if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
        return expected
    if kind in NUMBERS and isinstance(value, str) and not is_number(kind, value):
        return expected
    if out_of_range(kind, value):
        return f"{expected} that fits"
    if column and column.values and value not in column.values:
        return f"one of {', '.join(column.values)}"
    if column and isinstance(value, str) and kind in calendar.FORMS:
        try:
            calendar.shown(kind, value, column.units)
        except ValueError as error:
            return f"a {kind.replace('_', ' ')}: {error}"
    return ""


def out_of_range(kind: str, value: Any) -> bool:
    """A number that the type cannot hold."""
    if isinstance(value, int) and kind in INTEGER_BITS:
        return not -(2 ** INTEGER_BITS[kind]) <= value < 2 ** INTEGER_BITS[kind]
    return kind == "float" and math.isfinite(float(value)) and abs(float(value)) > LARGEST_FLOAT


def is_number(kind: str, text: str) -> bool:
    """Is it a number, NaN or an infinity, as columns of the type have them?"""
    try:
        Decimal(text) if kind == "decimal" else float(text)
    except (InvalidOperation, ValueError):
        return kind == "decimal" and text in NO_NUMBERS
    return True


NUMBERS = ("float", "double", "decimal")
# By column type or family: what people write.
WRITTEN: dict[str, tuple[str, tuple[type, ...]]] = {
    "smallint": ("a whole number", (int,)),
    "int": ("a whole number", (int,)),
    "long": ("a whole number", (int,)),
    "integer": ("a whole number", (int,)),
    **dict.fromkeys(NUMBERS, ("a number, or a text that is one", (int, float, Decimal, str))),
    "boolean": ("true or false", (bool,)),
    "date": ("a date like 2026-01-31", (str, int)),
    "time": ("a time like 10:00:00", (str, int)),
    "local_timestamp": ("a time without zone like 2026-01-31T10:00:00", (str, int)),
    "list": ("a list", (list,)),
}


def unknown_fields(source: Source, event: Mapping[str, Any]) -> list[str]:
    """Names that the source's record does not have."""
    known = {*(c.name for c in source.columns), *METADATA}
    return sorted(set(event) - known)
