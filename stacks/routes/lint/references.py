"""Names, topics, groups, and what refers to what."""

from collections.abc import Iterable, Iterator
from typing import Any

from stacks.errors import Finding, Place
from stacks.routes.model import Routes

RESERVED = ("raw", "unrouted", "dead-letters")
IDENTITIES = ("deployer", "connector", "flink-runner", "operator", "redriver", "ci")


def check(routes: Routes) -> Iterator[Finding]:
    """Everything about names."""
    for section in ("sources", "routes", "consumers"):
        named = [((section, n, "name"), item.name) for n, item in enumerate(getattr(routes, section))]
        yield from twice(named, "duplicate-name", "this name is taken", "names are identities: choose another")
    yield from twice(
        topics(routes), "topic-written-twice", "this topic is written twice", "every route has a topic of its own"
    )
    yield from colliding(routes)
    tables = [(("sources", n, "table"), source.connect_name) for n, source in enumerate(routes.sources)]
    yield from twice(tables, "table-captured-twice", "this table is captured twice", "one source can have many routes")
    for n, route in enumerate(routes.routes):
        if route.name in RESERVED:
            hint = "the command and statements use it for topics that every source has"
            yield Finding("reserved-name", ("routes", n, "name"), "this name is taken", route.name, hint)
    for n, consumer in enumerate(routes.consumers):
        if consumer.name in IDENTITIES:
            hint = "the stack has an identity of this name"
            yield Finding("reserved-name", ("consumers", n, "name"), "this name is taken", consumer.name, hint)
    yield from sources(routes)
    yield from route_references(routes)
    yield from consumers(routes)


def colliding(routes: Routes) -> Iterator[Finding]:
    """Topics that differ in `.` and `_` only: Kafka's metrics cannot tell them apart, so it refuses the second."""
    seen: dict[str, str] = {}
    for place, name in topics(routes):
        other = seen.setdefault(name.replace(".", "_"), name)
        if other != name:
            hint = "Kafka takes `.` and `_` for the same in names of topics"
            yield Finding("topics-collide", place, f"differs from {other} in . and _ only", name, hint)


def twice(named: Iterable[tuple[Place, str]], rule: str, problem: str, hint: str) -> Iterator[Finding]:
    """Every value that was there before."""
    seen: set[str] = set()
    for place, name in named:
        if name in seen:
            yield Finding(rule, place, problem, name, hint)
        seen.add(name)


def topics(routes: Routes) -> Iterator[tuple[Place, str]]:
    """Every topic that something writes."""
    for n, source in enumerate(routes.sources):
        yield ("sources", n, "topic"), source.topic
        yield ("sources", n, "unroutedTopic"), source.unrouted_topic
        yield ("sources", n, "deadLetterTopic"), source.dead_letter_topic
    for n, route in enumerate(routes.routes):
        yield ("routes", n, "topic"), route.topic
    for n, consumer in enumerate(routes.consumers):
        if consumer.dead_letter:
            yield ("consumers", n, "deadLetter"), consumer.dead_letter_topic


def sources(routes: Routes) -> Iterator[Finding]:
    """Keys and columns of sources."""
    for n, source in enumerate(routes.sources):
        place: Place = ("sources", n, "columns")
        columns = [((*place, m, "name"), column.name) for m, column in enumerate(source.columns)]
        yield from twice(columns, "duplicate-column", "this column stands twice", "remove one")
        if not any(column.key for column in source.columns):
            yield Finding("no-key", place, "no column is the key", hint="mark the table's primary key: key: true")
        if not routes.of(source):
            hint = "everything it captures goes to its unrouted topic"
            yield Finding("no-routes", ("sources", n), "no route takes anything of this source", source.name, hint)


def route_references(routes: Routes) -> Iterator[Finding]:
    """Sources, prefixes and repeated words of routes."""
    known = {source.name for source in routes.sources}
    for n, route in enumerate(routes.routes):
        if route.source not in known:
            hint = f"known: {', '.join(sorted(known))}"
            yield Finding("unknown-source", ("routes", n, "source"), "no such source", route.source, hint)
        if not route.topic.startswith(routes.topic_prefix):
            hint = "statements may write topics of this prefix only"
            yield Finding(
                "topic-prefix", ("routes", n, "topic"), f"must start with {routes.topic_prefix}", route.topic, hint
            )
        yield from repeated(("routes", n, "on"), route.on)


def repeated(place: Place, entries: list[Any]) -> Iterator[Finding]:
    """Entries of a list that stand twice."""
    named = [((*place, m), str(entry)) for m, entry in enumerate(entries)]
    yield from twice(named, "repeated-entry", "this entry stands twice", "remove one")


def consumers(routes: Routes) -> Iterator[Finding]:
    """Routes and groups of consumers. A consumer may use any group that begins with its own."""
    known = {route.name for route in routes.routes}
    for n, consumer in enumerate(routes.consumers):
        for m, name in enumerate(consumer.routes):
            if name not in known:
                hint = f"known: {', '.join(sorted(known))}"
                yield Finding("unknown-route", ("consumers", n, "routes", m), "no such route", name, hint)
        yield from repeated(("consumers", n, "routes"), consumer.routes)
        for other in routes.consumers[:n]:
            if consumer.group.startswith(other.group) or other.group.startswith(consumer.group):
                problem = f"{other.name} could take over this group: its own is {other.group}"
                hint = "consumers may use every group that begins with theirs: choose one that does not"
                yield Finding("shared-group", ("consumers", n, "group"), problem, consumer.group, hint)
                break
