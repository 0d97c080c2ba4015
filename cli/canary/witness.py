"""An event that a route takes: one of its examples, or one made from its condition. The evaluator has the last word."""

import uuid
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from stacks import naming
from stacks.errors import CdcError
from stacks.routes import matching, written
from stacks.routes.columns import Column, steps
from stacks.routes.conditions import AllOf, AnyOf, Comparison, Condition
from stacks.routes.model import Route, Source

Event = dict[str, Any]
NOW = "2026-01-31T10:00:00Z"
# A value of each type, for columns that must have one and that no condition speaks of.
PLAIN: dict[str, Any] = {
    "boolean": False, "smallint": 0, "int": 0, "long": 0, "float": 0, "double": 0, "decimal": "0", "timestamp": NOW,
    "local_timestamp": NOW[:-1], "date": NOW[:10], "time": NOW[11:-1], "interval": "PT0S", "json": {}, "bytes": "",
    "uuid": str(uuid.UUID(int=0)),
}  # fmt: skip


def marked_id() -> str:
    """A new id of a canary: a UUID of version 8 (RFC 9562) whose beginning the contract names."""
    return f"{naming.CANARY_ID_PREFIX}8{uuid.uuid4().hex[:3]}-{uuid.uuid4().hex[:12]}"


def event(source: Source, route: Route) -> Event:
    """The event, with an id of its own. CdcError when none is known: an example in routes.yaml helps."""
    key = key_column(source)
    take = matching.taker(source, route)
    for found in candidates(source, route):
        marked = {**filled(source, found), key.name: marked_id()}
        if take(written.row_of(source, marked)):
            return marked
    raise CdcError(
        f"no event is known that route {route.name} takes",
        f"add an example with `taken: true` to route {route.name} in routes.yaml",
    )


def key_column(source: Source) -> Column:
    """The column that carries the mark. CdcError when the key cannot hold it."""
    keys = [column for column in source.columns if column.key]
    if len(keys) != 1 or keys[0].type not in ("string", "uuid"):
        names = ", ".join(f"{column.name} ({column.type})" for column in keys)
        raise CdcError(
            f"source {source.name} has the key {names}: a canary's mark needs one column of type string or uuid",
            "watch it with ./cdc status and ./cdc doctor",
        )
    return keys[0]


def candidates(source: Source, route: Route) -> Iterator[Event]:
    """Events that may do."""
    for example in route.examples:
        if example.taken and example.event.get("__op", "c") == "c":
            yield example.event
    made: Event = {}
    if assume(source, route.when, made):
        yield made


def assume(source: Source, condition: Condition, found: Event) -> bool:
    """Write into `found` what makes a condition true. False for what is not worth guessing (patterns, ranges, negations)."""
    match condition:
        case AllOf(all=parts):
            return all(assume(source, part, found) for part in parts)
        case AnyOf(any=parts):
            return any(assume(source, part, found) for part in parts)
        case Comparison() if condition.operator in ("equals", "in_", "gte", "lte", "starts_with", "contains"):
            place(found, condition, condition.values[0])
            return True
        case Comparison() if condition.operator == "is_null":
            return condition.path is None
        case Comparison() if condition.operator == "is_not_null" and condition.path is None:
            column = source.column(condition.field)
            found.setdefault(condition.field, "-" if column is None else plain(column))
            return True
        case _:
            return False


def place(found: Event, comparison: Comparison, value: Any) -> None:
    """A value into a column, or into its place in a JSON column."""
    if comparison.path is None:
        found[comparison.field] = value
        return
    *way, last = steps(comparison.path)
    if any(isinstance(step, int) for step in (*way, last)):
        return  # the evaluator refuses the event: arrays are for examples
    inside = found.setdefault(comparison.field, {})
    for step in way:
        inside = inside.setdefault(step, {})
    inside[last] = value


def filled(source: Source, event: Event) -> Event:
    """Each column that must have a value has one."""
    needed = {column.name: plain(column) for column in source.columns if not column.nullable}
    return needed | {name: str(value) if isinstance(value, Decimal) else value for name, value in event.items()}


def plain(column: Column) -> Any:
    """A value of the column's type."""
    if column.type == "enum":
        return column.values[0]
    return [] if column.type.endswith("[]") else PLAIN.get(column.type, "cdc-canary")
