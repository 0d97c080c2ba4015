"""Records of a topic, by key or newest first, and where one came from and went to."""

import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from confluent_kafka import Message
from starlette.requests import Request
from starlette.responses import Response

from cli.client import recent
from cli.client.registry import Decoder
from cli.web.live import Live
from cli.web.pages import base
from cli.web.rendering import page
from stacks.errors import CdcError
from stacks.routes import matching
from stacks.routes.model import Source

SHOWN = 50
SEARCHED = 100_000  # offsets, the last ones, that a search looks at
EARLIER = 60_000  # milliseconds that a raw record may be older than the time that its own field names


@dataclass(frozen=True, slots=True)
class Record:
    """A record for people: decoded, or why it is not."""

    topic: str
    partition: int
    offset: int
    at: int
    key: Any
    value: Any

    @property
    def name(self) -> str:
        """The id in the key."""
        return name_in(self.key)


def read(decoder: Decoder, message: Message) -> Record:
    """A message as a record."""
    place = message.topic() or "", message.partition() or 0, message.offset() or 0
    return Record(*place, message.timestamp()[1], *decoder.readable(message))


def named(decoder: Decoder, messages: Iterable[Message], key: str) -> Iterator[Record]:
    """Those with an id. Of the others the key alone is decoded, once for each key: a search looks at very many."""

    @functools.cache
    def name(data: str | bytes | None) -> str:
        return name_in(decoder.shown(data, decoder.key))

    return (read(decoder, message) for message in messages if name(message.key()) == key)


def name_in(key: Any) -> str:
    """The id in a record's key."""
    found: Any = next(iter(key.values()), "") if isinstance(key, dict) else key
    return "" if found is None else str(found)


def known(live: Live, topic: str) -> str:
    """A topic of the stack. CdcError for another one: the console is no way around who may read what."""
    if topic not in {node.name for node in live.graph.nodes if node.kind not in ("table", "connector", "group")}:
        raise CdcError(f"{topic} is no topic of the stack {live.stack.name}", "choose one on the page Topics")
    return topic


def topic(live: Live, request: Request) -> Response:
    """The newest records, or those of a key."""
    name, key = known(live, request.path_params["topic"]), request.query_params.get("key", "").strip()
    decoder = live.decoder
    if key:
        some = recent.latest(live.stack, name, SEARCHED)
        found = sorted(named(decoder, some, key), key=lambda one: -one.at)[:SHOWN]
    else:
        found = [read(decoder, message) for message in reversed(recent.last(live.stack, name, SHOWN))]
    return page("topic", **base(live, "/topics"), topic=name, records=found, key=key, searched=SEARCHED)


def scanned(live: Live, topics: list[str], since: int, decoder: Decoder, name: str) -> list[Record]:
    """Records with an id on some topics from a time on."""
    return list(named(decoder, recent.first(recent.since(live.stack, topics, since), SEARCHED), name))


def record(live: Live, request: Request) -> Response:
    """One record, its raw record, each route's verdict on that, and the records that were made of it."""
    parts = request.path_params
    name = known(live, parts["topic"])
    decoder = live.decoder
    found = read(decoder, recent.at(live.stack, (name, parts["partition"]), parts["offset"]))
    source = source_of(live, name)
    raw = found if source.topic == name else raw_of(live, source, found, decoder)
    verdicts = judged(live, source, raw) if raw and isinstance(raw.value, dict) else []
    outputs = [] if raw is None else made_of(live, source, raw, decoder)
    return page(
        "record", **base(live, "/topics"), record=found, source=source, raw=raw, verdicts=verdicts, outputs=outputs
    )  # fmt: skip


def source_of(live: Live, topic: str) -> Source:
    """The source whose records, or what was made of them, are on a topic."""
    routes = live.routes
    by_route = {route.topic: routes.source(route.source) for route in routes.kept}
    own = {t: s for s in routes.sources for t in (s.topic, s.unrouted_topic, s.dead_letter_topic)}
    return (own | by_route)[topic]


def raw_of(live: Live, source: Source, found: Record, decoder: Decoder) -> Record | None:
    """The raw record with the same key and log position. None when it is not known, or no longer kept."""
    if not isinstance(found.value, dict) or not isinstance(found.value.get("__source_ts_ms"), int):
        return None
    earlier = found.value["__source_ts_ms"] - EARLIER
    candidates = scanned(live, [source.topic], earlier, decoder, found.name)
    position = found.value.get("__lsn")
    same = [one for one in candidates if isinstance(one.value, dict) and one.value.get("__lsn") == position]
    return next(iter(same or candidates), None)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a route says of a record; `because` is empty when it takes it."""

    route: str
    topic: str
    because: str


def judged(live: Live, source: Source, raw: Record) -> list[Verdict]:
    """Each active route of the source. (By the files of this checkout.)"""
    routes = live.routes.of(source)
    return [
        Verdict(
            route.name,
            route.topic,
            "" if matching.taker(source, route)(raw.value) else matching.refusal(source, route, raw.value),
        )
        for route in routes
    ]


def made_of(live: Live, source: Source, raw: Record, decoder: Decoder) -> list[Record]:
    """Records with its key on the topics that the source's statements write, from its time on."""
    topics = [*(route.topic for route in live.routes.of(source)), source.unrouted_topic]
    return sorted(scanned(live, topics, raw.at, decoder, raw.name), key=lambda one: one.at)
