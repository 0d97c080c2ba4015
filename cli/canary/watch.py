"""One round of canaries: all are committed, then watched for on each stage. Times are this machine's, so no clocks are compared."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from cli.canary.insert import Canary, prepared
from cli.client.stack import Stack
from cli.traffic.observer import Observer
from stacks.errors import CdcError
from stacks.routes.model import Route, Routes

Stage = Literal["captured", "routed", "readable"]
STAGES: tuple[Stage, ...] = ("captured", "routed", "readable")
LOOK = 0.01  # seconds between two looks at what the observers have seen


@dataclass(frozen=True, slots=True)
class Outcome:
    """Seconds from commit to each stage: on the raw topic, on the routed topic, readable there for `read_committed`.

    None: not within the time. `problem`: why no canary was sent.
    """

    route: str
    id: str
    captured: float | None = None
    routed: float | None = None
    readable: float | None = None
    problem: str = ""
    hint: str = ""

    @property
    def lost_at(self) -> Stage | None:
        """The first stage that it did not reach; none for one that was not sent."""
        return next((stage for stage in STAGES if not self.problem and getattr(self, stage) is None), None)


def once(stack: Stack, routes: Routes, wanted: Sequence[str], database: str | None, seconds: float) -> list[Outcome]:
    """A canary for each wanted route (none: for each active one). CdcError for a route that there is not."""
    refused: list[Outcome] = []
    canaries: list[Canary] = []
    for route in chosen(routes, wanted):
        try:
            canaries.append(prepared(stack, routes.source(route.source), route, database))
        except CdcError as error:
            refused.append(Outcome(route.name, "", problem=error.message, hint=error.hint))
    return [*watched(stack, canaries, seconds), *refused] if canaries else refused


def chosen(routes: Routes, wanted: Sequence[str]) -> list[Route]:
    """Routes by name; all that take events when there are no names."""
    active = {route.name: route for route in routes.routes if route.taking}
    if unknown := [name for name in wanted if name not in active]:
        raise CdcError(f"there is no active route {', '.join(unknown)}", f"known: {', '.join(active)}")
    return [active[name] for name in wanted] if wanted else list(active.values())


def watched(stack: Stack, canaries: Sequence[Canary], seconds: float) -> Iterator[Outcome]:
    """Commit them and wait for each."""
    raw = list(dict.fromkeys(canary.source.topic for canary in canaries))
    routed = list(dict.fromkeys(canary.route.topic for canary in canaries))
    early = Observer(stack, [*raw, *(topic for topic in routed if topic not in raw)])
    late = Observer(stack, routed, "read_committed")
    try:
        committed, refused = sent(canaries)
        waiting, deadline = [one for one in canaries if one.id in committed], time.time() + seconds
        while waiting and time.time() < deadline:
            waiting = [one for one in waiting if not late.seen.first(one.route.topic, one.id)]
            time.sleep(LOOK if waiting else 0)
        yield from refused
        for canary in (one for one in canaries if one.id in committed):
            captured, routed_at = (
                early.seen.first(topic, canary.id) for topic in (canary.source.topic, canary.route.topic)
            )
            seen = (captured, routed_at, late.seen.first(canary.route.topic, canary.id))
            yield Outcome(canary.route.name, canary.id, **reached(committed[canary.id], seen))
    finally:
        early.close()
        late.close()


def sent(canaries: Sequence[Canary]) -> tuple[dict[str, float], list[Outcome]]:
    """When each was committed, by id; and those that were not taken."""
    committed, refused = dict[str, float](), list[Outcome]()
    for canary in canaries:
        try:
            canary.insert()
            committed[canary.id] = time.time()
        except CdcError as error:
            refused.append(Outcome(canary.route.name, canary.id, problem=error.message, hint=error.hint))
    return committed, refused


def reached(since: float, seen: Sequence[float | None]) -> dict[Stage, float | None]:
    """Seconds from the commit to each stage; None where it was not reached. `seen`: when the readers saw it there, if they did.

    A record that is at a stage has been at those before it, though their reader may not have looked yet. What was seen
    before the commit's answer came took no time.
    """
    found: dict[Stage, float | None] = {}
    for number, stage in enumerate(STAGES):
        known = [one for one in seen[number:] if one is not None]
        found[stage] = max(0.0, min(known) - since) if known else None
    return found
