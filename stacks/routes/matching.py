"""Where an event goes: every route's verdict in Python, and why a route refused."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from stacks.routes import calendar, written
from stacks.routes.columns import operand
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


def failed_examples(source: Source, route: Route) -> Iterator[tuple[int, Example, str]]:
    """Examples whose verdict differs from what they say: number, example, and what happened."""
    take = taker(source, route)
    for number, example in enumerate(route.examples):
        row = written.row_of(source, example.event)
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
    raw = row.get(comparison.field)
    if what is None or value is None:
        return "NULL" if raw is None or not comparison.path else "NULL (nothing of that type is there)"
    if what.family in calendar.FORMS:
        return calendar.text(what.family, value, what.units)
    if isinstance(value, tuple):  # an exact number, beside its DOUBLE
        return str(raw) if not what.path else f"{value[0]:.17g}"
    return repr(raw if what.family == "timestamp" and not what.path else value)
