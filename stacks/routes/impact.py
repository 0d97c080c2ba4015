"""What a change of routes does to a sample of events."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from stacks.routes.evaluate import Row
from stacks.routes.matching import Router, Takes, taker
from stacks.routes.model import Routes, Source


@dataclass(frozen=True, slots=True)
class Movement:
    """What a change does to a sample: events that a route newly takes, no longer takes, takes as before."""

    route: str
    entering: int
    leaving: int
    staying: int


@dataclass(frozen=True, slots=True)
class Impact:
    """Movements of all routes, and how many events nothing takes, before and after."""

    events: int
    unrouted_before: int
    unrouted_after: int
    movements: list[Movement]


def impact(before: Router, after: Router, rows: Iterator[Row]) -> Impact:
    """Compare two states of the routes on a sample. Routes that are the same on both sides are asked once."""
    names = sorted({name for name, _ in (*before.takers, *after.takers)})
    pairs = [(dict(before.takers).get(name, never), dict(after.takers).get(name, never)) for name in names]
    counts = [[0, 0, 0] for _ in names]
    events = none_before = none_after = 0
    for row in rows:
        events += 1
        any_before = any_after = False
        for count, (old, new) in zip(counts, pairs, strict=True):
            was = old(row)
            is_now = was if new is old else new(row)
            any_before, any_after = any_before or was, any_after or is_now
            if was or is_now:
                count[2 if was and is_now else 0 if is_now else 1] += 1
        none_before += not any_before
        none_after += not any_after
    found = [Movement(name, *count) for name, count in zip(names, counts, strict=True)]
    return Impact(events, none_before, none_after, found)


def never(row: Row) -> bool:
    """A route that is not there."""
    return False


def shared(before: Routes, after: Routes, source: Source) -> tuple[Router, Router]:
    """Routers of two states; a route that did not change is one function in both."""
    known = next((s for s in before.sources if s.name == source.name), None)
    first = Router.of(before, known) if known else Router(source, ())
    old = {route.name: route for route in before.of(known)} if known and known.columns == source.columns else {}
    same = dict(first.takers)
    takers: Sequence[tuple[str, Takes]] = [
        (route.name, same[route.name] if old.get(route.name) == route else taker(source, route))
        for route in after.of(source)
    ]
    return first, Router(source, tuple(takers))
