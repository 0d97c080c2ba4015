"""Whether readers of today's topics can read tomorrow's records: the registry's question, asked before anything runs."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from avro.compatibility import ReaderWriterCompatibilityChecker
from avro.schema import parse

from stacks.errors import Finding, Place
from stacks.files.yaml_document import Document
from stacks.routes import avro
from stacks.routes.model import Routes
from stacks.routes.records import records, unrouted

HINT = {
    "raw": "add columns as nullable, and drop them in a later change",
    "routed": "keep this route as it is, with status: deprecated and until; add a parallel one (name-v2, topic …-v2)",
}


@dataclass(frozen=True, slots=True)
class Change:
    """A subject whose schema changes."""

    subject: str
    level: str
    place: Place
    kind: Literal["raw", "routed"]
    old: str = ""
    new: str = ""


KeyAndValue = tuple[avro.Record, avro.Record]


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
            what = Change(subject=source.topic, level=source.compatibility, place=place, kind="raw")
            yield from pair(avro.raw(old), avro.raw(source), what)
            before, after = unrouted(old), unrouted(source)
            yield from pair(before, after, replace(what, subject=source.unrouted_topic))
    for n, route in enumerate(head.routes):
        if not route.retire and (old_route := old_routes.get(route.topic)):
            source = head.source(route.source)
            before, after = records(base.source(old_route.source), old_route), records(source, route)
            what = Change(route.topic, source.compatibility, ("routes", n, "columns"), "routed")
            yield from pair(before, after, what)


def pair(old: KeyAndValue, new: KeyAndValue, what: Change) -> Iterator[Change]:
    """Key and value of a topic. `what` names the topic where a Change names its subject."""
    for part, before, after in zip(("key", "value"), old, new, strict=True):
        yield replace(what, subject=f"{what.subject}-{part}", old=before.text, new=after.text)


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


def findings(base: Routes, head: Routes, document: Document) -> list[Finding]:
    """Breaking changes as findings in the document of `head`."""
    return [
        document.locate(
            Finding(
                "incompatible",
                change.place,
                f"subject {change.subject} promises {change.level}: {why}",
                hint=HINT[change.kind],
            )
        )
        for change in changes(base, head)
        for why in breaks(change)
    ]
