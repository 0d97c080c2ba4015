"""Whether readers of today's topics can read tomorrow's records: the registry's question, asked before anything runs."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from avro.compatibility import ReaderWriterCompatibilityChecker
from avro.schema import parse

from stacks.errors import Fault
from stacks.routes import avro
from stacks.routes.model import Routes
from stacks.routes.records import records
from stacks.statements.render import REASON

HINT = {
    "raw": "add columns as nullable, and drop them in a later change",
    "routed": "keep this route as it is, with status: deprecated and until; add a parallel one (name-v2, topic …-v2)",
}


@dataclass(frozen=True, slots=True)
class Change:
    """A subject whose schema changes."""

    subject: str
    old: str
    new: str
    level: str
    place: tuple[str | int, ...]
    kind: str


def changes(base: Routes, head: Routes) -> Iterator[Change]:
    """Every subject that both states have, where its schema differs."""
    for change in subjects(base, head):
        if change.old != change.new:
            yield change


def subjects(base: Routes, head: Routes) -> Iterator[Change]:
    """Every subject that both states have."""
    old_sources = {source.topic: source for source in base.sources}
    old_routes = {route.topic: route for route in base.kept}
    for n, source in enumerate(head.sources):
        if old := old_sources.get(source.topic):
            place = ("sources", n, "columns")
            yield from pair(source.topic, avro.raw(old), avro.raw(source), source.compatibility, place, "raw")
            before, after = (avro.routed(s, extra=[REASON]) for s in (old, source))
            yield from pair(source.unrouted_topic, before, after, source.compatibility, place, "raw")
    for n, route in enumerate(head.routes):
        if not route.retire and (old_route := old_routes.get(route.topic)):
            source = head.source(route.source)
            before, after = records(base.source(old_route.source), old_route), records(source, route)
            yield from pair(route.topic, before, after, source.compatibility, ("routes", n, "columns"), "routed")


def pair(
    topic: str,
    old: tuple[avro.Record, avro.Record],
    new: tuple[avro.Record, avro.Record],
    level: str,
    place: tuple[str | int, ...],
    kind: str,
) -> Iterator[Change]:
    """Key and value of a topic."""
    for part, before, after in zip(("key", "value"), old, new, strict=True):
        yield Change(f"{topic}-{part}", before.text, after.text, level, place, kind)


def breaks(change: Change) -> list[str]:
    """Why the new schema does not keep its promise; empty when it does."""
    found: list[str] = []
    if change.level.startswith(("BACKWARD", "FULL")):
        found += [f"a new reader cannot read old records: {why}" for why in unreadable(change.new, change.old)]
    if change.level.startswith(("FORWARD", "FULL")):
        found += [f"an old reader cannot read new records: {why}" for why in unreadable(change.old, change.new)]
    return found


def unreadable(reader: str, writer: str) -> list[str]:
    """What a reader's schema misses in a writer's records, by Avro's own rules of resolution."""
    new, old = (parse(json.dumps(plain(json.loads(text)))) for text in (reader, writer))
    result: Any = ReaderWriterCompatibilityChecker().get_compatibility(new, old)
    return [] if result.compatibility.name == "compatible" else sorted(result.messages)


def plain(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema without Connect's annotations, which say nothing to readers."""
    return {**schema, "fields": [avro.stripped(field) for field in schema["fields"]]}


def faults(base: Routes, head: Routes, where: Any) -> list[Fault]:
    """Breaking changes as faults. `where` gives the line of a place."""
    return [
        Fault(
            where(change.place),
            ".".join(map(str, change.place)),
            f"subject {change.subject} promises {change.level}: {why}",
            hint=HINT[change.kind],
            rule="incompatible",
        )
        for change in changes(base, head)
        for why in breaks(change)
    ]
