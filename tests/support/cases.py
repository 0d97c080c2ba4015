"""Random tests, conditions and rows over values that are likely to meet: close to each other, odd, or missing."""

import json
import random
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from stacks.routes.columns import Column, Operand, operand
from stacks.routes.lint.conditions import OPERATORS as OPERATORS_OF

COLUMNS = [
    Column(name="f", type="string", nullable=True),
    Column(name="n", type="long", nullable=True),
    Column(name="d", type="double", nullable=True),
    Column(name="b", type="boolean", nullable=True),
    Column(name="m", type="decimal", nullable=True),
    Column(name="t", type="timestamp", nullable=True),
    Column(
        name="j",
        type="json",
        nullable=True,
        paths={"$.a": "string", "$.n": "number", "$.l[0].c": "boolean", "$.t": "timestamp", "$.o": "string"},
    ),
]
TEXTS = [
    "", "a", "A", "ab", "abc", "abcabc", "Abc", "ä", "aä", "a\nb", "\n", "a%", "a_b", "%", "_", "a'b", "''", " a ", "z",
    "0", "10", "9", "1.5", "true", "false", "日本", "😀x", "\\", "a\\b", "a.c", "null", "\t", "a\r\nb", "\u2028",
]  # fmt: skip
INTEGERS = [0, 1, -1, 5, 9, 10, 11, 2**31, -(2**31), 2**53, 2**62, -(2**62)]
FLOATS = [0.0, -0.5, 0.1, 1.5, 5.0, 9.99, 1e-7, 1e7, 12345678.5, 1e22, -1e22, 3.0]
DECIMALS = [
    "0",
    "10.00",
    "-0.50",
    "1.5",
    "9.99",
    "1e3",
    "abc",
    "",
    " 5 ",
    "5d",
    "NaN",
    "99999999999999999999.99",
    "0.1",
    "9007199254740992",
    "9007199254740993",
    "9007199254740992.5",
    "0.1000000000000000055",
    "0.10000000000000000000000000000000000000000000000000001",
    "NAN",
    "POSITIVE_INFINITY",
]
TIMES = [
    "2026-01-01T00:00:00Z", "2026-01-01T00:00:00.000Z", "2026-01-01T00:00:00.5Z", "2026-01-01T00:00:00.123456789Z",
    "2025-12-31T23:59:59Z", "2026-06-15T12:30:00Z", "1999-02-28T08:00:00.1Z",
]  # fmt: skip
BAD_TIMES = ["2026-01-01", "yesterday", "", "2026-01-01T00:00:00", "2026-01-01T00:00:00+01:00", "2026-13-01T00:00:00Z"]
PATTERNS = [
    "^a",
    "a$",
    "^a.c$",
    "[a-c]+",
    "^$",
    r"\d{1,2}",
    r"\s",
    "a|z",
    "^[^a]",
    ".",
    "ä",
    r"^\w+$",
    "(ab)?c",
    "%",
    r"a\.",
]
LIKES = [
    r"a\%",
    r"\_",
    r"a\\b",
    r"%\\%",
    "!%",
    r"\%%",
    "a%",
    "%",
    "_",
    "a_c",
    "%b%",
    "%%",
    "__",
    "a",
    "%\n%",
    "a\\_b",
    "A%",
    "_bc",
    "%c",
    "a.c",
]
BOMBS = [
    '{"n": 1e-99999999}',
    '{"n": -1e-999999999}',
    '{"n": 1e999999999}',
    '{"n": 0e-99999999}',
    '{"n": 0.1000000000000000055}',
    '{"n": 9007199254740993}',
]
OPERATORS = (
    "equals", "notEquals", "in", "notIn", "gt", "gte", "lt", "lte", "between", "matches", "like", "startsWith",
    "contains", "isNull", "isNotNull", "exists", "all", "any", "not",
)  # fmt: skip
NAMED = {
    "in": "in_",
    "notIn": "not_in",
    "notEquals": "not_equals",
    "startsWith": "starts_with",
    "isNull": "is_null",
    "isNotNull": "is_not_null",
}
DATES = ["1969-12-31", "1970-01-01", "2026-01-31", "0001-01-01", "9999-12-31"]
CLOCKS = ["00:00:00", "10:00:00", "10:00:00.5", "23:59:59.999"]
LOCALS = ["1969-12-31T23:59:59.999", "1970-01-01T00:00:00", "2026-01-31T10:00:00.5", "9999-12-31T23:59:59"]
UUIDS = [
    "00000000-0000-0000-0000-000000000000",
    "0b1fbd9c-63a4-4c9c-9d6a-7d3f5b1e2a10",
    "ffffffff-ffff-ffff-ffff-ffffffffffff",
]
LITERALS: dict[str, list[Any]] = {
    "string": TEXTS, "integer": INTEGERS, "number": [*FLOATS, 5, 10], "boolean": [True, False], "timestamp": TIMES,
    "date": DATES, "time": CLOCKS, "local_timestamp": LOCALS, "list": [text for text in TEXTS if text],
    "exact": [*FLOATS, 5, 10, 9007199254740993, 9007199254740992, "0.10", "99999999999999999999.99", "9007199254740992.5"],
    "uuid": UUIDS, "smallint": [-32768, 0, 5, 32767], "int": [-(2**31), 0, 5, 2**31 - 1],
}  # fmt: skip


class Cases:
    """Everything from one seed, over some columns."""

    def __init__(self, seed: int, columns: Sequence[Column] = COLUMNS) -> None:
        self.dice = random.Random(seed)  # noqa: S311 - test data
        self.columns = {column.name: column for column in columns}
        self.fields = [(c.name, path) for c in columns for path in (c.paths or [""])]

    def rows(self, count: int) -> list[dict[str, Any]]:
        """Rows of every type; about one value in six is NULL."""
        return [self.row() for _ in range(count)]

    def row(self) -> dict[str, Any]:
        pick = self.maybe
        times = [*TIMES, *BAD_TIMES]
        return {
            "f": pick(TEXTS), "n": pick(INTEGERS), "d": pick(FLOATS), "b": pick([True, False]), "m": pick(DECIMALS),
            "t": pick(times), "j": pick([self.document() for _ in range(2)]),
        }  # fmt: skip

    def maybe(self, values: list[Any]) -> Any:
        return None if self.dice.random() < 0.16 else self.dice.choice(values)

    def document(self) -> str:
        """A JSON document: mostly with the paths, sometimes of other types, sometimes no JSON at all."""
        if self.dice.random() < 0.08:
            return self.dice.choice(
                ["not json", "", "{}", "[]", "null", "5", '"a"', '{"a":', '{"a": "x", "a": "abc"}', *BOMBS]
            )
        anything = [
            None,
            True,
            False,
            5,
            1.5,
            1e10,
            1e22,
            1e-7,
            -0.0,
            "NaN",
            0.0001,
            100.0,
            12345678901,
            "a",
            "abc",
            "5",
            "true",
            {},
            [],
            ["a"],
        ]
        choose = self.dice.choice
        found: dict[str, Any] = {}
        if self.dice.random() < 0.85:
            found["a"] = choose([*TEXTS, *anything])
        if self.dice.random() < 0.85:
            found["n"] = choose([*FLOATS, *INTEGERS, *anything])
        if self.dice.random() < 0.85:
            found["l"] = choose(
                [[], [{"c": True}], [{"c": False}], [{"c": "true"}], [{"c": 1}], [{}], {"c": True}, "x"]
            )
        if self.dice.random() < 0.85:
            found["t"] = choose([*TIMES, *BAD_TIMES, *anything])
        if self.dice.random() < 0.5:
            found["o"] = choose(anything)
        return json.dumps(found, ensure_ascii=self.dice.random() < 0.5)

    def condition(self, operator: str, depth: int = 0) -> dict[str, Any]:
        """A condition whose outermost operator is this one."""
        if operator in ("all", "any"):
            return {operator: [self.nested(depth) for _ in range(self.dice.randint(1, 3))]}
        if operator == "not":
            return {"not": self.nested(depth)}
        return self.test(operator)

    def nested(self, depth: int) -> dict[str, Any]:
        simple = OPERATORS[:16]
        return self.condition(self.dice.choice(simple if depth > 1 else OPERATORS), depth + 1)

    def test(self, operator: str) -> dict[str, Any]:
        """A test of a field that has the operator."""
        places = [place for place in self.fields if self.fits(place, operator)]
        field, path = self.dice.choice(places)
        place = {"field": field, **({"path": path} if path else {})}
        return {**place, operator: True if operator == "exists" else self.literal((field, path), operator)}

    def fits(self, place: tuple[str, str], operator: str) -> bool:
        """Does the field have the operator?"""
        if operator == "exists":
            return bool(place[1])
        return NAMED.get(operator, operator) in OPERATORS_OF[self.operand(place).family]

    def operand(self, place: tuple[str, str]) -> Operand:
        found = operand(list(self.columns.values()), place[0], place[1] or None)
        assert found
        return found

    def pool(self, place: tuple[str, str]) -> list[Any]:
        """Literals of the field's type."""
        what, column = self.operand(place), self.columns[place[0]]
        if column.values:
            return list(column.values)
        if what.family == "number" and what.text:
            return LITERALS["exact"]
        return LITERALS.get(column.type if not place[1] else "", LITERALS.get(what.family, []))

    def literal(self, place: tuple[str, str], operator: str) -> Any:
        """What the operator compares with."""
        pool = self.pool(place)
        match operator:
            case "isNull" | "isNotNull":
                return True
            case "in" | "notIn":
                return self.dice.sample(pool, self.dice.randint(1, min(6, len(pool))))
            case "between":
                pair = [self.dice.choice(pool), self.dice.choice(pool)]
                return pair if self.dice.random() < 0.1 else sorted(pair, key=in_order)
            case "matches":
                return self.dice.choice(PATTERNS)
            case "like":
                return self.dice.choice(LIKES)
            case "startsWith" | "contains":
                return self.dice.choice([text for text in TEXTS if text])
            case _:
                return self.dice.choice(pool)


def in_order(value: Any) -> Any:
    """Numbers by size, texts that are numbers too, texts by bytes."""
    try:
        return (0, Decimal(str(value)))
    except InvalidOperation:
        return (1, str(value).encode())
