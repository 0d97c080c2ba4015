"""Rows as people write them become rows as the connector writes them; what no row has is named."""

from decimal import Decimal
from typing import Any

import pytest

from stacks.routes import written
from stacks.routes.model import Source

TYPES: dict[str, dict[str, Any]] = {
    "id": {"type": "uuid", "key": True, "nullable": False}, "m": {"type": "decimal"}, "r": {"type": "float"}, "d": {"type": "double"},
    "s": {"type": "smallint"}, "y": {"type": "date"}, "c": {"type": "time", "precision": 3}, "l": {"type": "local_timestamp"},
    "t": {"type": "timestamp"}, "j": {"type": "json"}, "e": {"type": "enum", "values": ["a", "b"]}, "a": {"type": "string[]"},
}  # fmt: skip
SOURCE = Source.model_validate(
    {
        "name": "s",
        "table": "public.T-1",
        "topic": "raw",
        "unroutedTopic": "unrouted",
        "deadLetterTopic": "dead",
        "columns": [{"name": name, "nullable": True, **rest} for name, rest in TYPES.items()],
    }
)


@pytest.mark.parametrize(
    ("column", "value", "captured"),
    [
        ("id", "0B1FBD9C-63A4-4C9C-9D6A-7D3F5B1E2A10", "0b1fbd9c-63a4-4c9c-9d6a-7d3f5b1e2a10"),
        ("m", 1.5, "1.5"), ("m", "1e3", "1000"), ("m", "NaN", "NAN"), ("m", "-Infinity", "NEGATIVE_INFINITY"),
        ("m", "POSITIVE_INFINITY", "POSITIVE_INFINITY"), ("r", 0.1, 0.10000000149011612), ("r", "Infinity", float("inf")),
        ("d", Decimal("0.1"), 0.1), ("y", "1970-01-02", 1), ("y", 20484, 20484), ("y", "infinity", -719163),
        ("y", "4713-01-01 BC", -719163), ("c", "00:00:01.5", 1500), ("c", "24:00:00", 86_400_000), ("l", "1969-12-31T23:59:59.5", -500_000),
        ("t", "2026-01-31T12:00:00+02:00", "2026-01-31T10:00:00Z"), ("t", "2026-01-31T10:00:00.5Z", "2026-01-31T10:00:00.5Z"),
        ("t", "infinity", "infinity"), ("j", {"a": Decimal("1.50"), "b": [None, True]}, '{"a": 1.50, "b": [null, true]}'),
        ("e", "b", "b"), ("a", ["x", None], ["x", None]), ("s", None, None),
    ],
)  # fmt: skip
def test_a_value_is_what_the_connector_writes(column: str, value: Any, captured: Any) -> None:
    assert list(written.bad_values(SOURCE, {column: value})) == []
    assert written.row_of(SOURCE, {column: value})[column] == captured


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("m", "many", "a number"), ("m", True, "a number"), ("d", "POSITIVE_INFINITY", "a number"), ("r", "POSITIVE_INFINITY", "a number"),
        ("r", 1e39, "that fits"), ("s", 40_000, "that fits"), ("s", Decimal("5.0"), "a whole number"), ("y", "2026-02-30", "a date"),
        ("y", "tomorrow", "a date"), ("c", "10:00:00.1234", "3 digits"), ("c", "24:00:01", "no such time"), ("e", "c", "one of a, b"),
        ("a", "x", "a list"), ("l", 1.5, "a time without zone"),
    ],
)  # fmt: skip
def test_what_no_row_has_is_named(column: str, value: Any, said: str) -> None:
    ((name, got, expected),) = written.bad_values(SOURCE, {column: value})
    assert (name, got) == (column, value)
    assert said in expected


@pytest.mark.parametrize(
    ("table", "name"),
    [("public.orders", "public.orders"), ("Shop.Order-Items", "Shop.Order_Items"), ("public.größe", "public.gr__e")],
)
def test_the_connectors_name_of_a_table(table: str, name: str) -> None:
    assert SOURCE.model_copy(update={"table": table}).connect_name == name
