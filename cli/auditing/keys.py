"""Keys of rows in one form, whether the table or the topic says them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from psycopg import sql

from stacks.errors import CdcError
from stacks.routes import calendar
from stacks.routes.columns import Column
from stacks.routes.model import Source

Key = tuple[str, ...]


def columns(source: Source) -> list[Column]:
    """The key columns of a source, in the table's order. CdcError when it has none: then rows cannot be told apart."""
    found = [column for column in source.columns if column.key]
    if not found:
        raise CdcError(f"source {source.name} has no key columns", "mark the table's primary key with key: true")
    return found


def canonical(column: Column, value: Any) -> str:
    """A value as text: what PostgreSQL's driver and a record of the topic give for it becomes the same."""
    match column.type:
        case "date" | "time" | "local_timestamp" as kind:
            number = value if isinstance(value, int) else calendar.number(kind, value.isoformat(), column.units)
            return calendar.text(kind, number, column.units)
        case "bytes":
            return f"\\x{bytes(value).hex()}"
        case "decimal":
            number = Decimal(str(value))
            return format(number.normalize(), "f") if number.is_finite() else str(number)
        case "timestamp":
            moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
            return moment.astimezone(UTC).isoformat()
        case "boolean" | "uuid":
            return str(value).lower()
        case _:
            return str(value)


def of(wanted: Sequence[Column], values: Mapping[str, Any]) -> Key:
    """The key among a row's or a record's values."""
    return tuple(canonical(column, values[column.name]) for column in wanted)


def listed(wanted: Sequence[Column], keys: Sequence[Key]) -> sql.Composable:
    """`(a, b) IN (('x', '1'), …)`: literals without a type, so that each takes its column's."""
    rows = sql.SQL(", ").join(sql.SQL("({})").format(literals(key)) for key in keys)
    return sql.SQL("({}) IN ({})").format(names(wanted), rows)


def parts(some: Sequence[Key], size: int) -> Iterator[Sequence[Key]]:
    """Keys in lists of at most a size."""
    for start in range(0, len(some), size):
        yield some[start : start + size]


def names(wanted: Sequence[Column]) -> sql.Composable:
    """`a, b`, as the table calls them."""
    return sql.SQL(", ").join(sql.Identifier(column.in_table) for column in wanted)


def selected(wanted: Sequence[Column]) -> sql.Composable:
    """The same for a SELECT, whose rows have the names that records have."""
    return sql.SQL(", ").join(
        sql.SQL("{} AS {}").format(sql.Identifier(c.in_table), sql.Identifier(c.name)) for c in wanted
    )


def literals(key: Key) -> sql.Composable:
    """`'x', '1'`."""
    return sql.SQL(", ").join(map(sql.Literal, key))
