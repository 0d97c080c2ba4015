"""Where an event goes: every route's verdict in Python, and why a route refused."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from stacks.routes.columns import METADATA, Column, operand
from stacks.routes.conditions import AllOf, AnyOf, Comparison, Condition, Not
from stacks.routes.evaluate import Row, compiled, reader
from stacks.routes.model import OP_CODES, Example, Route, Routes, Source

Takes = Callable[[Row], bool]


def taker(source: Source, route: Route) -> Takes:
    """The whole WHERE of a route's INSERT: the operation, and the condition being true."""
    codes = frozenset(OP_CODES[operation] for operation in route.on)
    check = compiled(source.columns, route.when)
    return lambda row: row.get("__op") in codes and check(row) is True


@dataclass(frozen=True, slots=True)
class Router:
    """The active routes of a source, ready to be asked."""

    source: Source
    takers: tuple[tuple[str, Takes], ...]

    @classmethod
    def of(cls, routes: Routes, source: Source) -> "Router":
        """A source's router."""
        return cls(source, tuple((route.name, taker(source, route)) for route in routes.of(source)))

    def takes(self, row: Row) -> list[str]:
        """The names of the routes that take a row."""
        return [name for name, take in self.takers if take(row)]


def row_of(source: Source, event: Mapping[str, Any]) -> dict[str, Any]:
    """An event as people write it, as a raw record: JSON columns as text, absent columns NULL, `__op` c."""
    row: dict[str, Any] = {"__op": "c", **dict.fromkeys((c.name for c in source.columns), None), **event}
    for column in source.columns:
        row[column.name] = as_captured(column, row[column.name])
    return row


def as_captured(column: Column, value: Any) -> Any:
    """A value as people write it, in the form in which the connector writes it: JSON and decimals are texts."""
    if value is None or isinstance(value, str):
        return value
    match column.type:
        case "json":
            return json.dumps(value)
        case "decimal":
            return format(Decimal(str(value)), "f")
        case "double":
            return float(value)
        case _:
            return value


def bad_values(source: Source, event: Mapping[str, Any]) -> Iterator[tuple[str, Any, str]]:
    """Values that no row of the source has: column, value, and what is expected. METADATA fields are texts and numbers."""
    for name, value in event.items():
        column = source.column(name)
        if value is None or (column is not None and column.type == "json"):
            continue
        kind = column.type if column else METADATA.get(name, "string")
        expected, types = WRITTEN.get(kind, ("a text", (str,)))
        if not isinstance(value, types) or (isinstance(value, bool) and bool not in types) or bad_decimal(kind, value):
            yield name, value, expected


def bad_decimal(kind: str, value: Any) -> bool:
    """Is it a text that is no number, for a decimal?"""
    if kind != "decimal" or not isinstance(value, str):
        return False
    try:
        Decimal(value)
    except InvalidOperation:
        return True
    return False


# By column type or family: what people write.
WRITTEN: dict[str, tuple[str, tuple[type, ...]]] = {
    "int": ("a whole number", (int,)),
    "long": ("a whole number", (int,)),
    "integer": ("a whole number", (int,)),
    "double": ("a number", (int, float)),
    "decimal": ("a number, or a text that is one", (int, float, str)),
    "boolean": ("true or false", (bool,)),
}


def failed_examples(source: Source, route: Route) -> Iterator[tuple[int, Example, str]]:
    """Examples whose verdict differs from what they say: number, example, and what happened."""
    take = taker(source, route)
    for number, example in enumerate(route.examples):
        row = row_of(source, example.event)
        if take(row) != example.taken:
            yield number, example, "the route takes it" if not example.taken else refusal(source, route, row)


def refusal(source: Source, route: Route, row: Row) -> str:
    """Why a route does not take a row: the operation, or the first condition that is not true."""
    codes = [OP_CODES[operation] for operation in route.on]
    if row.get("__op") not in codes:
        return f"operation {row.get('__op')!r} is not one of {', '.join(codes)}"
    return first_refusal(source, route.when, row, "when") or "it takes it"


def first_refusal(source: Source, condition: Condition, row: Row, place: str) -> str:
    """The first part that is not true, with its place; empty when the condition is true."""
    if compiled(source.columns, condition)(row) is True:
        return ""
    match condition:
        case AllOf(all=parts):
            found = (first_refusal(source, part, row, f"{place}.all.{n}") for n, part in enumerate(parts))
            return next(filter(None, found), "")
        case AnyOf(any=parts):
            found = [first_refusal(source, part, row, f"{place}.any.{n}") for n, part in enumerate(parts)]
            return found[0] if len(found) == 1 else f"{place}: none of {len(found)} holds; {found[0]}"
        case Not(not_=part):
            verdict = compiled(source.columns, part)(row)
            return f"{place}.not: its part is {'unknown (NULL)' if verdict is None else 'true'}"
        case Comparison():
            return f"{place}: {condition}, but it is {shown(source, condition, row)}"


def shown(source: Source, comparison: Comparison, row: Row) -> str:
    """What a comparison looked at."""
    what = operand(source.columns, comparison.field, comparison.path)
    value = None if what is None or comparison.operator == "exists" else reader(what)(row)
    if value is None:
        raw = row.get(comparison.field)
        return "NULL" if raw is None or not comparison.path else "NULL (nothing of that type is there)"
    return repr(value)


def unknown_fields(source: Source, event: Mapping[str, Any]) -> list[str]:
    """Names that the source's record does not have."""
    known = {*(c.name for c in source.columns), *METADATA}
    return sorted(set(event) - known)
