"""Conditions in Python: three-valued, typed, and never an exception. The differential test compares with Flink."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from stacks.routes import conditions, regex
from stacks.routes.conditions import Comparison
from stacks.routes.evaluate import compiled
from stacks.routes.numbers import number
from tests.support.business import COLUMNS


def verdict(test: Any, row: dict[str, Any]) -> bool | None:
    return compiled(COLUMNS, TypeAdapter(conditions.Condition).validate_python(test))(row)


@pytest.mark.parametrize(
    ("test", "row", "wanted"),
    [
        ({"field": "f", "equals": "a"}, {"f": "a"}, True),
        ({"field": "f", "equals": "a"}, {"f": None}, None),
        ({"field": "f", "notEquals": "a"}, {"f": None}, None),
        ({"field": "f", "notIn": ["a"]}, {"f": "b"}, True),
        ({"field": "f", "isNull": True}, {"f": None}, True),
        ({"not": {"field": "f", "equals": "a"}}, {"f": None}, None),
        ({"any": [{"field": "f", "equals": "a"}, {"field": "n", "gt": 1}]}, {"f": None, "n": 2}, True),
        ({"all": [{"field": "f", "equals": "a"}, {"field": "n", "gt": 1}]}, {"f": None, "n": 0}, False),
        ({"all": [{"field": "f", "equals": "a"}, {"field": "n", "gt": 1}]}, {"f": None, "n": 2}, None),
        ({"field": "f", "gt": "ä"}, {"f": "z"}, False),
        ({"field": "m", "gt": 9}, {"m": "10.00"}, True),
        ({"field": "m", "gt": 9}, {"m": "ten"}, None),
        ({"field": "t", "lt": "2026-01-01T00:00:00.5Z"}, {"t": "2026-01-01T00:00:00Z"}, True),
        ({"field": "t", "equals": "2026-01-01T00:00:00Z"}, {"t": "2026-01-01T00:00:00.000Z"}, True),
        ({"field": "t", "isNull": True}, {"t": "yesterday"}, True),
        ({"field": "j", "path": "$.a", "equals": "x"}, {"j": '{"a": "x"}'}, True),
        ({"field": "j", "path": "$.a", "equals": "x"}, {"j": '{"a": null}'}, None),
        ({"field": "j", "path": "$.a", "equals": "x"}, {"j": "not json"}, None),
        ({"field": "j", "path": "$.a", "exists": True}, {"j": '{"a": null}'}, False),
        ({"field": "j", "path": "$.a", "exists": True}, {"j": "{}"}, False),
        ({"field": "j", "path": "$.n", "gte": 5}, {"j": '{"n": 5.0}'}, True),
        ({"field": "j", "path": "$.b[0].c", "equals": True}, {"j": '{"b": [{"c": true}]}'}, True),
        ({"field": "j", "path": "$.b[0].c", "isNull": True}, {"j": '{"b": [{"c": "yes"}]}'}, True),
        ({"field": "f", "like": "a_c%"}, {"f": "abcd"}, True),
        ({"field": "f", "like": "a.c"}, {"f": "abc"}, False),
        ({"field": "f", "startsWith": "ab"}, {"f": "abc"}, True),
        ({"field": "f", "contains": "b"}, {"f": "abc"}, True),
        ({"field": "f", "matches": "^[a-c]+$"}, {"f": "abc\n"}, False),
    ],
)
def test_verdicts(test: Any, row: dict[str, Any], wanted: bool | None) -> None:
    assert verdict(test, row) is wanted


@given(st.text(), st.sampled_from(["$.a", "$.n", "$.b[0].c", "$.t"]))
def test_no_document_makes_a_condition_fail(text: str, path: str) -> None:
    test = Comparison(field="j", path=path, is_null=True)
    assert compiled(COLUMNS, test)({"j": text}) in (True, False)


@pytest.mark.parametrize(
    ("written", "text"),
    [("5", "5"), ("1.50", "1.50"), ("1e22", "1E+22"), ("100e-2", "1.00"), ("-0.0", "0.0"), ("0.00000001", "1E-8")],
)
def test_numbers_in_json_are_written_as_java_writes_them(written: str, text: str) -> None:
    row = {"j": f'{{"a": {written}}}'}
    assert verdict({"field": "j", "path": "$.a", "equals": text}, row) is True


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("5", 5.0),
        (" 5.5 ", 5.5),
        ("5d", 5.0),
        ("1e3", 1000.0),
        ("x", None),
        ("", None),
        ("NaN", None),
        ("1e400", float("inf")),
        ("1_0", None),
        ("٥", None),
    ],
)
def test_numbers_are_read_as_java_reads_them(text: str, wanted: float | None) -> None:
    found = number(text)
    assert (found and found[0]) == wanted


@pytest.mark.parametrize(
    "pattern", ["(a+)+", "(?=a)", r"(a)\1", "(?i)a", r"\b", "a++", "(?>a)", "[", "a{2000}", "x" * 600]
)
def test_patterns_outside_of_the_subset(pattern: str) -> None:
    with pytest.raises(regex.BadPattern):
        regex.checked(pattern)


@pytest.mark.parametrize(
    ("pattern", "java"),
    [
        ("^a.c$", r"^a[^\n]c\z"),
        (r"\d{2,3}-[\w.]+", r"(?:[0-9]){2,3}\x2D(?:[A-Za-z0-9_\x2E]){1,}"),
        ("(ab|c)?", "(?:(?:(?:ab|c))){0,1}"),
        (r"[^\s]", r"[^ \t\n\x0B\f\r]"),
    ],
)
def test_patterns_are_written_for_every_engine(pattern: str, java: str) -> None:
    assert regex.java(pattern) == java
