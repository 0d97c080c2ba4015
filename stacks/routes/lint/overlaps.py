"""Conditions that nothing fulfils, and routes that share events."""

from collections.abc import Iterator
from dataclasses import dataclass

from stacks.errors import Finding
from stacks.routes.lint.satisfiability import Alternative, TooMany, alternatives, possible
from stacks.routes.model import Route, Routes, Source

Pins = dict[tuple[str, str], frozenset[object]]


@dataclass(frozen=True, slots=True)
class Judged:
    """A route with its alternatives, and the values that some operands must have for it."""

    number: int
    route: Route
    found: list[Alternative]
    pins: Pins


def check(routes: Routes) -> Iterator[Finding]:
    """Every route alone, then each pair of a source's routes that could meet."""
    for source in routes.sources:
        judged: list[Judged] = []
        for number, route in enumerate(routes.routes):
            if route.source != source.name or not route.taking:
                continue
            try:
                found = [a for a in alternatives(route.when) if possible(source, a)]
            except TooMany:
                continue
            if not found:
                hint = "tests of one field that exclude each other cannot stand under one all"
                yield Finding(
                    "contradiction", ("routes", number, "when"), "no row can fulfil this condition", hint=hint
                )
                continue
            judged.append(Judged(number, route, found, pins(found)))
        for one, other in pairs(judged):
            if set(one.route.on) & set(other.route.on):
                yield from compared(source, one, other)


def pins(found: list[Alternative]) -> Pins:
    """Operands that have one of a few values in every alternative."""
    every: list[Pins] = []
    for alternative in found:
        here: Pins = {}
        for fact in alternative:
            if fact.wanted == "true" and fact.comparison.operator in ("equals", "in_"):
                here[fact.comparison.field, fact.comparison.path or ""] = frozenset(fact.comparison.values)
        every.append(here)
    shared = set.intersection(*(set(here) for here in every))
    return {name: frozenset().union(*(here[name] for here in every)) for name in shared}


def pairs(judged: list[Judged]) -> Iterator[tuple[Judged, Judged]]:
    """Pairs that are not told apart by a pinned operand. Routes are grouped by their pinned values first."""
    groups: dict[object, list[Judged]] = {}
    for one in judged:
        name = min(one.pins, default=None)
        keys: list[object] = [(name, value) for value in one.pins[name]] if name else ["anything"]
        for key in keys:
            groups.setdefault(key, []).append(one)
    names = {key[0] for key in groups if isinstance(key, tuple)}
    loose = groups.get("anything", [])
    seen: set[tuple[int, int]] = set()
    for members in groups.values():
        for other in members if len(names) <= 1 else judged:
            for one in {id(j): j for j in [*members, *loose]}.values():
                key = (min(one.number, other.number), max(one.number, other.number))
                if one is not other and key not in seen and may_meet(one.pins, other.pins):
                    seen.add(key)
                    yield (one, other) if one.number < other.number else (other, one)


def may_meet(one: Pins, other: Pins) -> bool:
    """Is no operand pinned to different values?"""
    return all(one[name] & other[name] for name in set(one) & set(other))


def implies(source: Source, one: Judged, other: Judged) -> bool:
    """Does the second route take whatever the first takes? True is a proof."""
    if not set(one.route.on) <= set(other.route.on):
        return False
    try:
        escapes = alternatives(other.route.when, "not true")
    except TooMany:
        return False
    return not any(possible(source, (*a, *b)) for a in one.found for b in escapes)


def compared(source: Source, one: Judged, other: Judged) -> Iterator[Finding]:
    """What two routes have in common. The later one is told."""
    if not any(possible(source, (*a, *b)) for a in one.found for b in other.found):
        return
    place, name = ("routes", other.number, "when"), one.route.name
    forth, back = implies(source, one, other), implies(source, other, one)
    same = one.route.on == other.route.on or set(one.route.on) == set(other.route.on)
    if forth and back and same:
        hint = "fine for a parallel topic; else let the consumers share one"
        yield Finding("equal-routes", place, f"takes the same events as {name}", other.route.name, hint)
    elif back:
        yield Finding("shadowed", place, f"{name} takes all of these events, too", other.route.name)
    elif forth:
        yield Finding(
            "shadowed", ("routes", one.number, "when"), f"{other.route.name} takes all of these events, too", name
        )
    else:
        yield Finding("overlap", place, f"some of these events go to {name}, too", other.route.name)
