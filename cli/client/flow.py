"""Does data move? What processes that run do not say: an old heartbeat, a jump of dead letters, a table of which nothing arrives,
statements that take nothing.

Everything is told by offsets, timestamps and the catalog's counters, so it takes the same time whatever the topics hold.
"""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import psycopg
from confluent_kafka import Message
from confluent_kafka.admin import OffsetSpec
from migrator.difference import quoted

from cli.client import held
from cli.client.offsets import Offsets, Places, between, records_at, values_between
from cli.client.registry import Decoder
from cli.client.stack import Stack, local_dsn
from stacks import naming
from stacks.contract import SourceContract
from stacks.errors import CdcError

WINDOW = 300  # seconds
QUIET = 25  # seconds without a heartbeat, where one is due each ten
SHARE = 0.01  # of the rows that came in within the window
FEW = 500  # offsets of dead letters that are read to be counted
# A row that has been on the raw topic for as long as the second is on another topic by now; rows of the first are looked at.
ROUTED_FROM, ROUTED_BY = 25, 10  # seconds ago
LATE = 60  # seconds from the commit to the raw topic
STARTING = 45  # seconds: a connector that is this young need not have sent a heartbeat
CHANGES = """
SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_all_tables
WHERE relid = to_regclass(%(table)s) OR relid IN (SELECT relid FROM pg_partition_tree(to_regclass(%(table)s)) WHERE isleaf)
"""
AGE = """
SELECT extract(epoch FROM now() - r.backend_start)::float FROM pg_replication_slots s
JOIN pg_stat_replication r ON r.pid = s.active_pid WHERE s.slot_name = %s
"""


@dataclass(frozen=True, slots=True)
class SourceFlow:
    """`raw` and `dead`: records within the window. `changes`: of the table since its counters began; `arrived`: records ever.

    `lag`: seconds from the commit to the raw topic, of the newest record; None when there is none of late. `waiting`: records that
    came some seconds ago, where none of that time is on any topic that the statements write; 0 otherwise.
    """

    name: str
    raw: int
    dead: int
    changes: int
    arrived: int
    lag: float | None = None
    waiting: int = 0

    @property
    def many_dead(self) -> bool:
        """Are dead letters more than rare?"""
        return bool(self.dead) and self.dead > SHARE * self.raw

    @property
    def never_arrived(self) -> bool:
        """Does the table change, and nothing come?"""
        return bool(self.changes) and not self.arrived

    @property
    def late(self) -> bool:
        """Was the newest row captured long after its commit?"""
        return self.lag is not None and self.lag > LATE


@dataclass(frozen=True, slots=True)
class Flow:
    """Seconds since the last heartbeat (None: there was none) and since the connector began to read; what moved per source.

    `held`: per topic, partitions whose `read_committed` readers stand still.
    """

    heartbeat_age: float | None
    sources: tuple[SourceFlow, ...]
    reading_for: float | None = None
    held: Mapping[str, int] = field(default_factory=dict[str, int])


def gather(stack: Stack, interval: float, started: bool) -> tuple[Flow, list[str]]:
    """The flow, and what is wrong with it. `interval`: seconds between two heartbeats; `started`: the worker just has."""
    offsets, now = Offsets(stack), time.time()
    heartbeat = naming.heartbeat_topic(stack.contract.connector.name)
    outputs = written(stack)
    raw, dead = [s.raw_topic for s in stack.contract.sources], [s.dead_letter_topic for s in stack.contract.sources]
    every = [*raw, *{topic for topics in outputs.values() for topic in topics}]
    ends = offsets.of([*every, heartbeat], OffsetSpec.latest())
    starts = offsets.of([*raw, heartbeat], OffsetSpec.earliest())
    begin = offsets.of([*raw, *dead], ago(now, WINDOW))
    window = between(begin, ends)
    window |= exactly(stack, {place: offset for place, offset in begin.items() if place[0] in dead}, ends)
    earlier, later = offsets.of(every, ago(now, ROUTED_FROM)), offsets.of(raw, ago(now, ROUTED_BY))
    came, since = between({p: o for p, o in earlier.items() if p in later}, or_end(later, ends)), between(earlier, ends)
    arrived = between(starts, ends)
    newest = records_at(stack, last(starts, ends))
    lags = raw_lags(stack, newest, now)
    sources = [
        SourceFlow(
            name=source.name,
            raw=window[source.raw_topic],
            dead=window[source.dead_letter_topic],
            changes=changes(stack, source.table),
            arrived=arrived[source.raw_topic],
            lag=lags.get(source.raw_topic),
            waiting=0 if any(since[topic] for topic in outputs[source.name]) else came[source.raw_topic],
        )
        for source in stack.contract.sources
    ]
    standing = held.held(offsets, (topic for topics in outputs.values() for topic in topics), ends, now)
    flow = Flow(age_of(newest, heartbeat, now), tuple(sources), reading_for(stack), standing)
    return flow, list(problems(flow, patience(interval), started))


def exactly(stack: Stack, begin: Places, ends: Places) -> dict[str, int]:
    """Dead letters, without markers of transactions and marks of redriving, where there are few: then each counts."""
    few = {topic for topic, count in between(begin, ends).items() if count <= FEW}
    return values_between(stack, {place: offset for place, offset in begin.items() if place[0] in few}, ends)


def ago(now: float, seconds: float) -> OffsetSpec:
    """The offsets of so many seconds ago."""
    return OffsetSpec.for_timestamp(int((now - seconds) * 1000))


def or_end(places: Places, ends: Places) -> Places:
    """Places, where there is nothing from there on the end."""
    return {place: offset if offset >= 0 else ends[place] for place, offset in places.items()}


def last(starts: Places, ends: Places) -> Places:
    """The last record of each partition that has one. (The topics that the connector writes have no transactions.)"""
    return {place: ends[place] - 1 for place, start in starts.items() if ends[place] > start}


def written(stack: Stack) -> dict[str, list[str]]:
    """Per source, the topics that its statements write."""
    routes = stack.contract.routes

    def of(source: SourceContract) -> list[str]:
        own = [route.topic for route in routes if route.source == source.name and route.status != "disabled"]
        return [*own, source.unrouted_topic, source.dead_letter_topic]

    return {source.name: of(source) for source in stack.contract.sources}


def problems(flow: Flow, quiet: float, started: bool = False) -> Iterator[str]:
    """What somebody has to look at."""
    if told := silence(flow, quiet, started):
        yield f"the last heartbeat {told}: the connector captures nothing, whatever its state says (./cdc logs connect)"
    for source in flow.sources:
        if source.many_dead:
            share = f"{source.dead:,} dead letters for {source.raw:,} rows"
            yield f"{source.name}: {share} in {WINDOW // 60} minutes (./cdc dead-letters list)"
        if source.never_arrived:
            yield f"{source.name}: its table has {source.changes:,} changes, and none has arrived (./cdc routes check --database local)"
        if source.waiting:
            yield f"{source.name}: {source.waiting:,} rows came {ROUTED_BY} s ago, and no statement has taken one (./cdc logs taskmanager)"
        if source.late:
            yield f"{source.name}: captured {source.lag:.0f} s after the commit (./cdc logs connect)"
    for topic, count in flow.held.items():
        where = f"{count} partition{'s' * (count > 1)}"
        yield f"{topic}: read_committed readers stand still in {where}, a transaction never ended (docs/runbooks/held-readers.md)"


def patience(interval: float) -> float:
    """Seconds that a heartbeat may be old, where one is due each `interval` seconds."""
    return max(QUIET, 2.5 * interval)


def silence(flow: Flow, quiet: float, started: bool) -> str:
    """What is wrong with the heartbeat. A connector that began just now need not have sent one.

    One that is started again and again has sent one, long ago, and its worker runs for long.
    """
    if flow.heartbeat_age is None:
        young = flow.reading_for is not None and flow.reading_for < STARTING
        return "" if young else "never came"
    return "" if started or flow.heartbeat_age <= quiet else f"is {flow.heartbeat_age:.0f} s old"


def age_of(newest: list[Message], topic: str, now: float) -> float | None:
    """Seconds since the newest record of a topic, by its timestamp. None when there is none."""
    found = [message.timestamp()[1] for message in newest if message.topic() == topic]
    return max(0.0, now - max(found) / 1000) if found else None


def raw_lags(stack: Stack, newest: list[Message], now: float) -> dict[str, float]:
    """Per raw topic, seconds from commit to arrival of the newest record, where one arrived of late."""
    decoder, found = Decoder(stack, "operator"), dict[str, tuple[int, float]]()
    for message in newest:
        arrived, topic = message.timestamp()[1], message.topic() or ""
        if now - arrived / 1000 > LATE or arrived <= found.get(topic, (0, 0.0))[0]:
            continue
        try:
            committed = decoder.part(message.value())["__source_ts_ms"]
        except (CdcError, LookupError, TypeError):
            continue
        if isinstance(committed, int):
            found[topic] = (arrived, max(0.0, (arrived - committed) / 1000))
    return {topic: lag for topic, (_, lag) in found.items()}


def changes(stack: Stack, table: str) -> int:
    """Changes of a table, or of all its partitions, by the server's counters. 0 where the database is not ours to ask."""
    if not stack.local:
        return 0
    with psycopg.connect(local_dsn(stack, "cdc"), connect_timeout=5) as connection:
        found = connection.execute(CHANGES, {"table": quoted(table)}).fetchone()
    return int(found[0] or 0) if found else 0


def reading_for(stack: Stack) -> float | None:
    """Seconds since somebody began to read the slot; None when nobody does, or it cannot be asked."""
    if not stack.local:
        return None
    with psycopg.connect(local_dsn(stack, "cdc"), connect_timeout=5) as connection:
        found = connection.execute(AGE, (stack.contract.database.slot,)).fetchone()
    return found[0] if found else None
