"""What conditions imply, by their normal form: only what is proved is claimed.

A condition is turned into alternatives (a disjunction), each a list of facts about operands: a comparison that is
true, false, not true or not false (SQL's logic has unknown, so these differ). An alternative whose facts contradict each
other for one operand cannot be fulfilled.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal

from stacks.routes import calendar
from stacks.routes.columns import Operand, operand, steps
from stacks.routes.conditions import AllOf, AnyOf, Comparison, Condition, Not
from stacks.routes.evaluate import Check, comparison, sortable
from stacks.routes.lint.literals import in_order
from stacks.routes.model import Source

Wanted = Literal["true", "false", "not true", "not false"]
OPPOSITE: dict[Wanted, Wanted] = {
    "true": "false", "false": "true", "not true": "not false", "not false": "not true",
}  # fmt: skip
LIMIT = 200  # alternatives; a condition with more is not judged
HOLDS: dict[Wanted, Callable[[bool | None], bool]] = {
    "true": lambda found: found is True,
    "false": lambda found: found is False,
    "not true": lambda found: found is not True,
    "not false": lambda found: found is not False,
}


class TooMany(Exception):
    """The condition has more alternatives than are looked at."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A comparison and what is wanted of it."""

    comparison: Comparison
    wanted: Wanted


Alternative = tuple[Fact, ...]


def alternatives(condition: Condition, wanted: Wanted = "true") -> list[Alternative]:
    """The condition as alternatives. Raises TooMany."""
    match condition:
        case Not(not_=part):
            return alternatives(part, OPPOSITE[wanted])
        case AllOf(all=inner) | AnyOf(any=inner):
            together = isinstance(condition, AllOf) == (wanted in ("true", "not false"))
            return joined([alternatives(part, wanted) for part in inner], together)
        case Comparison():
            return [(Fact(condition, wanted),)]


def joined(found: list[list[Alternative]], together: bool) -> list[Alternative]:
    """Parts that must all hold, or of which one must."""
    if not together:
        result = [alternative for part in found for alternative in part]
    else:
        result = [()]
        for part in found:
            if len(result) * len(part) > LIMIT:
                raise TooMany
            result = [(*one, *other) for one, other in product(result, part)]
    if len(result) > LIMIT:
        raise TooMany
    return result


def possible(source: Source, alternative: Alternative) -> bool:
    """Can the facts hold together? False is a proof, True is not."""
    by_operand: dict[tuple[str, str], list[Fact]] = {}
    for fact in alternative:
        by_operand.setdefault((fact.comparison.field, fact.comparison.path or ""), []).append(fact)
    return all(possible_for(source, facts) for facts in by_operand.values())


def possible_for(source: Source, facts: list[Fact]) -> bool:
    """Can the facts about one operand hold together?"""
    what = operand(source.columns, facts[0].comparison.field, facts[0].comparison.path)
    tests = [fact for fact in facts if fact.comparison.operator not in ("exists",)]
    if what is None or not tests:
        return True
    if all(null_fits(fact) for fact in tests):
        return True
    pinned = [
        set(values_of(fact))
        for fact in tests
        if fact.wanted == "true" and fact.comparison.operator in ("equals", "in_")
    ]
    if pinned:
        return any(fits(source, what, value, tests) for value in set.intersection(*pinned))
    if any(must_be_null(fact) for fact in tests):
        return False
    return not opposed(tests) and room_between(what, tests) and booleans_left(what, tests) and prefixes_agree(tests)


def null_fits(fact: Fact) -> bool:
    """Does the fact hold for NULL?"""
    found = {"is_null": True, "is_not_null": False}.get(fact.comparison.operator)
    return HOLDS[fact.wanted](found)


def must_be_null(fact: Fact) -> bool:
    """Does it hold for NULL only?"""
    operator, wanted = fact.comparison.operator, fact.wanted
    return (operator == "is_null" and wanted in ("true", "not false")) or (
        operator == "is_not_null" and wanted in ("false", "not true")
    )


def values_of(fact: Fact) -> Iterator[Any]:
    """The literals of an equality."""
    yield from fact.comparison.values


def fits(source: Source, what: Operand, value: Any, facts: list[Fact]) -> bool:
    """Do all facts hold for a value? Asked of the evaluator, on a row of that value alone."""
    row = sample(what, value)
    return all(HOLDS[fact.wanted](checked(source, fact.comparison)(row)) for fact in facts)


def checked(source: Source, wanted: Comparison) -> Check:
    """The test as a function."""
    return comparison(source.columns, wanted)


def sample(what: Operand, value: Any) -> Mapping[str, Any]:
    """A row in which the operand has the value."""
    if not what.path:
        if what.family in calendar.FORMS:
            return {what.field: calendar.number(what.family, value, what.units)}
        return {what.field: str(value) if what.text else value}
    inner: Any = float(value) if what.family == "number" and isinstance(value, str) else value
    for step in reversed(steps(what.path)):
        inner = {step: inner} if isinstance(step, str) else [*([None] * step), inner]
    return {what.field: json.dumps(inner)}


def opposed(facts: list[Fact]) -> bool:
    """Is one and the same test wanted true and not true?"""
    wanted: dict[str, set[str]] = {}
    for fact in facts:
        wanted.setdefault(str(fact.comparison), set()).add(fact.wanted)
    return any("true" in found and found & {"false", "not true"} for found in wanted.values())


def room_between(what: Operand, facts: list[Fact]) -> bool:
    """Is there room between the bounds?"""
    low: tuple[Any, bool] | None = None
    high: tuple[Any, bool] | None = None
    for fact in facts:
        for side, value, inclusive in bounds(what, fact):
            if side == "low" and (low is None or (value, not inclusive) > (low[0], not low[1])):
                low = (value, inclusive)
            if side == "high" and (high is None or (value, inclusive) < (high[0], high[1])):
                high = (value, inclusive)
    if low is None or high is None:
        return True
    if what.family in ("integer", *calendar.FORMS):
        return low[0] + (not low[1]) <= high[0] - (not high[1])
    return low[0] < high[0] or (low[0] == high[0] and low[1] and high[1])


def bounds(what: Operand, fact: Fact) -> Iterator[tuple[Literal["low", "high"], Any, bool]]:
    """What a fact says about the smallest and the largest value (inclusive or not), for values that are not NULL."""
    values = [sortable(in_order(what, value)) for value in fact.comparison.values]
    if fact.wanted not in ("true", "not false") and fact.comparison.operator in ("gt", "gte", "lt", "lte"):
        side, inclusive = {
            "gt": ("high", True), "gte": ("high", False), "lt": ("low", True), "lte": ("low", False),
        }[fact.comparison.operator]  # fmt: skip
        yield ("high" if side == "high" else "low"), values[0], inclusive
        return
    if fact.wanted not in ("true", "not false"):
        return
    match fact.comparison.operator:
        case "gt" | "gte":
            yield "low", values[0], fact.comparison.operator == "gte"
        case "lt" | "lte":
            yield "high", values[0], fact.comparison.operator == "lte"
        case "between":
            yield "low", values[0], True
            yield "high", values[1], True
        case "equals":
            yield "low", values[0], True
            yield "high", values[0], True
        case _:
            return


def booleans_left(what: Operand, facts: list[Fact]) -> bool:
    """Is one of the two values left?"""
    if what.family != "boolean":
        return True
    refused: set[Any] = set()
    for fact in facts:
        equal = fact.comparison.operator == "equals"
        if fact.comparison.operator in ("equals", "not_equals"):
            positive = fact.wanted in ("true", "not false")
            refused.add(fact.comparison.values[0] if positive != equal else not fact.comparison.values[0])
    return len(refused) < 2


def prefixes_agree(facts: list[Fact]) -> bool:
    """Texts cannot begin in two ways."""
    found = [
        str(f.comparison.values[0]) for f in facts if f.wanted == "true" and f.comparison.operator == "starts_with"
    ]
    return all(one.startswith(other) or other.startswith(one) for one in found for other in found)
