"""Random tests, conditions and rows over values that are likely to meet: close to each other, odd, or missing."""

import json
import random
from typing import Any

from stacks.routes.columns import Column

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
LIKES = ["a%", "%", "_", "a_c", "%b%", "%%", "__", "a", "%\n%", "a\\_b", "A%", "_bc", "%c", "a.c"]
OPERATORS = (
    "equals", "notEquals", "in", "notIn", "gt", "gte", "lt", "lte", "between", "matches", "like", "startsWith",
    "contains", "isNull", "isNotNull", "exists", "all", "any", "not",
)  # fmt: skip
FIELDS = [("f", ""), ("n", ""), ("d", ""), ("b", ""), ("m", ""), ("t", ""), *(("j", p) for p in COLUMNS[6].paths)]
FAMILY = {"f": "string", "n": "integer", "d": "number", "b": "boolean", "m": "number", "t": "timestamp"}
TEXTUAL, EQUALITIES = ("matches", "like", "startsWith", "contains"), ("equals", "notEquals", "isNull", "isNotNull")


class Cases:
    """Everything from one seed."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)  # noqa: S311 - test data

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
            return self.dice.choice(["not json", "", "{}", "[]", "null", "5", '"a"', '{"a":', '{"a": "x", "a": "abc"}'])
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
        if operator == "exists":
            path = self.dice.choice(list(COLUMNS[6].paths))
            return {"field": "j", "path": path, "exists": True}
        fields = [place for place in FIELDS if self.fits(place, operator)]
        field, path = self.dice.choice(fields)
        found: dict[str, Any] = {"field": field, **({"path": path} if path else {})}
        return {**found, operator: self.literal(self.family(field, path), operator)}

    def family(self, field: str, path: str) -> str:
        return COLUMNS[6].paths[path] if path else FAMILY[field]

    def fits(self, place: tuple[str, str], operator: str) -> bool:
        family = self.family(*place)
        if family == "boolean":
            return operator in EQUALITIES
        return family == "string" or operator not in TEXTUAL

    def literal(self, family: str, operator: str) -> Any:
        """What the operator compares with."""
        values: dict[str, list[Any]] = {
            "string": TEXTS, "integer": INTEGERS, "number": [*FLOATS, 5, 10], "boolean": [True, False], "timestamp": TIMES,
        }  # fmt: skip
        pool = values[family]
        match operator:
            case "isNull" | "isNotNull":
                return True
            case "in" | "notIn":
                return self.dice.sample(pool, self.dice.randint(1, min(6, len(pool))))
            case "between":
                pair = [self.dice.choice(pool), self.dice.choice(pool)]
                return (
                    pair
                    if self.dice.random() < 0.1
                    else sorted(pair, key=lambda v: v.encode() if isinstance(v, str) else v)
                )
            case "matches":
                return self.dice.choice(PATTERNS)
            case "like":
                return self.dice.choice(LIKES)
            case "startsWith" | "contains":
                return self.dice.choice([text for text in TEXTS if text])
            case _:
                return self.dice.choice(pool)
