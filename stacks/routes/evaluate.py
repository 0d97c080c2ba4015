"""Conditions in Python, with the semantics of the SQL that sql.py writes, NULLs included.

A condition becomes a function from a row to True, False or None (unknown). A row is the raw record as a dictionary:
columns by name, JSON columns as text.
"""

import functools
import json
import math
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from stacks.routes import calendar, numbers, regex
from stacks.routes.columns import Column, Operand, operand, steps
from stacks.routes.conditions import AllOf, AnyOf, Comparison, Condition, Not
from stacks.routes.timestamps import IS_TIMESTAMP, instant

Row = Mapping[str, Any]
Verdict = bool | None
Check = Callable[[Row], Verdict]
Read = Callable[[Row], Any]
MISSING = object()


def compiled(columns: Sequence[Column], wanted: Condition) -> Check:
    """The condition as a function."""
    match wanted:
        case AllOf(all=parts):
            return every([compiled(columns, part) for part in parts])
        case AnyOf(any=parts):
            return some([compiled(columns, part) for part in parts])
        case Not(not_=part):
            return negated(compiled(columns, part))
        case Comparison():
            return comparison(columns, wanted)


def every(checks: list[Check]) -> Check:
    """AND: false when one is false, else unknown when one is unknown."""

    def check(row: Row) -> Verdict:
        unknown = False
        for each in checks:
            found = each(row)
            if found is False:
                return False
            unknown = unknown or found is None
        return None if unknown else True

    return check


def some(checks: list[Check]) -> Check:
    """OR: true when one is true, else unknown when one is unknown."""

    def check(row: Row) -> Verdict:
        unknown = False
        for each in checks:
            found = each(row)
            if found:
                return True
            unknown = unknown or found is None
        return None if unknown else False

    return check


def negated(inner: Check) -> Check:
    """NOT: unknown stays unknown."""

    def check(row: Row) -> Verdict:
        found = inner(row)
        return None if found is None else not found

    return check


def comparison(columns: Sequence[Column], wanted: Comparison) -> Check:
    """One comparison."""
    what = operand(list(columns), wanted.field, wanted.path)
    if what is None:
        raise ValueError(f"no such field: {wanted.field} {wanted.path or ''}")
    if wanted.operator == "exists":
        return existence(what)
    read, accepts = reader(what), acceptance(what, wanted)
    if wanted.operator == "is_null":
        return lambda row: read(row) is None
    if wanted.operator == "is_not_null":
        return lambda row: read(row) is not None

    def check(row: Row) -> Verdict:
        value = read(row)
        return None if value is None else accepts(value)

    return check


def exact_values(what: Operand, wanted: Comparison) -> list[Decimal]:
    """The literals of a comparison of numbers that are texts; none for another one."""
    return [numbers.decimal(value) for value in wanted.values] if what.family == "number" and what.text else []


def existence(what: Operand) -> Check:
    """JSON_EXISTS as Flink has it: a path that leads to a JSON null does not exist; nothing is in what is not JSON."""
    way = steps(what.path)

    def check(row: Row) -> Verdict:
        text = row.get(what.field)
        return None if text is None else at(document(text), way) not in (MISSING, None)

    return check


def comparable(what: Operand, value: Any) -> Any:
    """A literal in the form in which values are compared."""
    match what.family:
        case "timestamp":
            return instant(str(value))
        case "number":
            return float(value)
        case "date" | "time" | "local_timestamp":
            return calendar.number(what.family, str(value), what.units)
        case _:
            return value


def acceptance(what: Operand, wanted: Comparison) -> Callable[[Any], Verdict]:
    """The comparison with the test's literals, for a value that is not NULL."""
    if exact := exact_values(what, wanted):
        return numbers.compares(wanted.operator, exact)
    values: list[Any] = [comparable(what, value) for value in wanted.values]
    ordered = [sortable(value) for value in values]
    first: Any = ordered[0] if ordered else None
    match wanted.operator:
        case "equals":
            return lambda value: value == values[0]
        case "not_equals":
            return lambda value: value != values[0]
        case "in_":
            return frozenset(values).__contains__
        case "not_in":
            return lambda value: value not in values
        case "gt":
            return lambda value: sortable(value) > first
        case "gte":
            return lambda value: sortable(value) >= first
        case "lt":
            return lambda value: sortable(value) < first
        case "lte":
            return lambda value: sortable(value) <= first
        case "between":
            return lambda value: ordered[0] <= sortable(value) <= ordered[1]
        case _:
            return textual(wanted.operator, str(values[0]) if values else "")


def textual(operator: str, given: str) -> Callable[[Any], bool]:
    """The tests of text."""
    match operator:
        case "matches":
            search = regex.python(given).search
            return lambda value: search(value) is not None
        case "like":
            whole = regex.like(given).fullmatch
            return lambda value: whole(value) is not None
        case "starts_with":
            return lambda value: value.startswith(given)
        case "contains":
            return lambda value: given in value
        case _:
            return lambda value: False


def sortable(value: Any) -> Any:
    """Texts are ordered by their bytes, as in Flink."""
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value


def reader(what: Operand) -> Read:
    """What a test looks at; None for NULL and for what is not of its type."""
    if what.path:
        way = steps(what.path)
        if what.family == "number":
            return lambda row: numbers.number(scalar(at(document(row.get(what.field)), way)))
        convert = FROM_JSON[what.family]
        return lambda row: convert(scalar(at(document(row.get(what.field)), way)))
    if what.family == "timestamp":
        return lambda row: timestamp(row.get(what.field))
    if what.family in ("date", "local_timestamp"):
        first, last = calendar.known(what.family, what.units)
        return lambda row: value if (value := row.get(what.field)) is not None and first <= value <= last else None
    if what.text:
        return lambda row: numbers.number(row.get(what.field))
    if what.family == "number":
        return lambda row: real(row.get(what.field))
    return lambda row: row.get(what.field)


@functools.lru_cache(maxsize=16)  # the tests of one row look at the same documents
def document(text: Any) -> Any:
    """Parsed JSON; MISSING for NULL and for what is not JSON."""
    if text is None:
        return MISSING
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=refuse)
    except (ValueError, RecursionError):
        return MISSING


def refuse(constant: str) -> Any:
    """NaN and Infinity are not JSON."""
    raise ValueError(constant)


def at(value: Any, way: list[str | int]) -> Any:
    """The value at a path; MISSING when there is none."""
    for step in way:
        if isinstance(step, int):
            value = value[step] if isinstance(value, list) and step < len(value) else MISSING
        else:
            value = value.get(step, MISSING) if isinstance(value, dict) else MISSING
    return value


def scalar(value: Any) -> str | None:
    """JSON_VALUE's text of a value: NULL for a JSON null, an object, an array, or nothing."""
    if value is MISSING or value is None or isinstance(value, dict | list):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return str(abs(value) if value == 0 else value)  # Java's BigDecimal has the same text, but no negative zero
    return str(value)


def real(value: float | None) -> float | None:
    """A double that is a finite number."""
    return value if value is not None and math.isfinite(value) else None


def boolean(text: str | None) -> bool | None:
    """`true` and `false`, nothing else."""
    return {"true": True, "false": False}.get(text or "")


def timestamp(text: str | None) -> str | None:
    """A UTC timestamp as digits that sort by time."""
    return instant(text) if text is not None and IS_TIMESTAMP.match(text) else None


def same(text: str | None) -> str | None:
    """Text as it is."""
    return text


FROM_JSON: dict[str, Callable[[str | None], Any]] = {
    "string": same,
    "boolean": boolean,
    "timestamp": timestamp,
}
