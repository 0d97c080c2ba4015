"""The values that a condition compares a field with."""

import re
from collections.abc import Iterator
from typing import Any

from stacks.errors import Finding, Place
from stacks.routes import calendar, numbers
from stacks.routes.column_types import INTEGER_BITS, Family
from stacks.routes.columns import Column, Operand
from stacks.routes.conditions import TEXTUAL, Comparison, Value, operator_name
from stacks.routes.evaluate import comparable
from stacks.routes.model import Source
from stacks.routes.timestamps import valid_instant

TYPES: dict[Family, tuple[type, ...]] = {
    "number": (int, float),
    "integer": (int,),
    "boolean": (bool,),
}
LISTED = ("in_", "not_in", "between")
UUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def check(source: Source, here: Place, comparison: Comparison, what: Operand) -> Iterator[Finding]:
    """Every value of a comparison, and all together."""
    key = operator_name(comparison.operator)
    column = None if what.path else source.column(comparison.field)
    good = True
    for number, value in enumerate(comparison.values):
        where = (*here, key, number) if comparison.operator in LISTED else (*here, key)
        if wrong := problem(comparison, column, what, value):
            good = False
            rule, text, hint = wrong
            yield Finding(rule, where, text, value, hint)
    if good and what.family == "number" and what.text and not fitting(comparison):
        hint = "shorten the longest, or put them into comparisons of their own"
        text = f"all digits before and after the point together are more than {numbers.LITERAL_DIGITS}"
        yield Finding("number-too-long", (*here, key), text, comparison.values[0], hint)
    elif good and comparison.operator == "between" and reversed_range(comparison.values, what):
        low, high = comparison.values
        text = "no value is between these"
        yield Finding("reversed-range", (*here, key), text, [low, high], "put the smaller one first")


def problem(comparison: Comparison, column: Column | None, what: Operand, value: Value) -> tuple[str, str, str] | None:
    """What is wrong with a value: rule, problem, hint."""
    kind = column.type if column else what.family
    if not same_type(value, what) or out_of_range(value, kind):
        return "type-mismatch", f"{what.label} is a {kind}", "write a value of that type"
    if what.family == "timestamp" and not valid_instant(str(value)):
        return "bad-timestamp", "not a UTC time", "write it like 2026-01-31T10:00:00Z"
    if what.family in calendar.FORMS:
        try:
            calendar.number(what.family, str(value), what.units)
        except ValueError as error:
            example = calendar.EXAMPLES[what.family]
            return "bad-timestamp", f"not a {kind.replace('_', ' ')}: {error}", f"write it like {example}"
    if comparison.operator in TEXTUAL or column is None:
        return None
    if column.type == "uuid" and not UUID.fullmatch(str(value)):
        return "bad-uuid", "no uuid is written like this", "write it in lower case: 8-4-4-4-12 hexadecimal digits"
    if column.values and value not in column.values:
        return "not-in-enum", f"{what.label} never has this value", f"it has {', '.join(column.values)}"
    return None


def same_type(value: Value, what: Operand) -> bool:
    """Is the value of the field's type? (In Python a bool is an int, in SQL it is not.) Long numbers may stand in quotes."""
    if isinstance(value, str) and what.family == "number" and what.text:
        try:
            numbers.decimal(value)
        except ValueError:
            return False
        return True
    return isinstance(value, TYPES.get(what.family, (str,))) and isinstance(value, bool) == (what.family == "boolean")


def out_of_range(value: Value, kind: str) -> bool:
    """An integer that the column cannot hold."""
    if kind == "number" or kind not in INTEGER_BITS:
        return False
    limit = 2 ** INTEGER_BITS[kind]
    return isinstance(value, int) and not -limit <= value < limit


def fitting(comparison: Comparison) -> bool:
    """Are the literals short enough to be compared exactly?"""
    return numbers.fits([numbers.decimal(value) for value in comparison.values])


def reversed_range(values: list[Value], what: Operand) -> bool:
    """Is the first value after the second one?"""
    low, high = (in_order(what, value) for value in values)
    return low > high


def in_order(what: Operand, value: Value) -> Any:
    """A literal as it sorts."""
    return numbers.decimal(value) if what.family == "number" and what.text else comparable(what, value)
