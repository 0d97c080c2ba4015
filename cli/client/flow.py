"""Does data move? What processes that run do not say: an old heartbeat, a jump of dead letters, a table of which nothing arrives.

Everything is told by offsets, timestamps and the catalog's counters, so it takes the same time whatever the topics hold.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
from confluent_kafka import TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from cli.client import kafka
from cli.client.stack import Stack, local_dsn
from stacks import naming

WINDOW = 300  # seconds
QUIET = 25  # seconds without a heartbeat, where one is due each ten
SHARE = 0.01  # of the rows that came in within the window
CHANGES = """
SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_all_tables
WHERE relid = to_regclass(%(table)s) OR relid IN (SELECT relid FROM pg_partition_tree(to_regclass(%(table)s)) WHERE isleaf)
"""


@dataclass(frozen=True, slots=True)
class Flow:
    """Seconds since the last heartbeat (None: there was none), and per source what moved within the window."""

    heartbeat_age: float | None
    sources: tuple["SourceFlow", ...]


@dataclass(frozen=True, slots=True)
class SourceFlow:
    """`raw` and `dead`: records within the window. `changes`: of the table since its counters began; `arrived`: records ever."""

    name: str
    raw: int
    dead: int
    changes: int
    arrived: int


def gather(stack: Stack, interval: float) -> tuple[Flow, list[str]]:
    """The flow, and what is wrong with it. `interval`: seconds between two heartbeats."""
    offsets = Offsets(AdminClient(kafka.kafka_config(stack, "operator")))
    since = OffsetSpec.for_timestamp(int((time.time() - WINDOW) * 1000))
    sources = [
        SourceFlow(
            name=source.name,
            raw=offsets.after(source.raw_topic, since),
            dead=offsets.after(source.dead_letter_topic, since),
            changes=changes(stack, source.table),
            arrived=offsets.after(source.raw_topic, OffsetSpec.earliest()),
        )
        for source in stack.contract.sources
    ]
    flow = Flow(heartbeat_age(stack, offsets), tuple(sources))
    return flow, list(problems(flow, max(QUIET, 2.5 * interval)))


def problems(flow: Flow, quiet: float) -> Iterator[str]:
    """What somebody has to look at."""
    if flow.heartbeat_age is None or flow.heartbeat_age > quiet:
        told = "never came" if flow.heartbeat_age is None else f"is {flow.heartbeat_age:.0f} s old"
        yield f"the last heartbeat {told}: the connector captures nothing, whatever its state says (./cdc logs connect)"
    for source in flow.sources:
        if source.dead and source.dead > SHARE * source.raw:
            share = f"{source.dead:,} dead letters for {source.raw:,} rows"
            yield f"{source.name}: {share} in {WINDOW // 60} minutes (./cdc dead-letters list)"
        if source.changes and not source.arrived:
            yield f"{source.name}: its table has {source.changes:,} changes, and none has arrived (./cdc routes check --database …)"


@dataclass(frozen=True, slots=True)
class Offsets:
    """Offsets of topics. By an administrator's requests: a consumer's wait for its own fetches, half a second each."""

    admin: AdminClient

    def of(self, topic: str, spec: OffsetSpec | None) -> dict[int, int]:
        """Per partition; -1 where there is nothing from a time on. CdcError for a topic that is not there."""
        asked: Any = dict.fromkeys(kafka.partitions(self.admin, topic), spec)
        return {place.partition: answer.result().offset for place, answer in self.admin.list_offsets(asked).items()}

    def after(self, topic: str, spec: OffsetSpec | None) -> int:
        """Offsets from there on: exact for topics without transactions, a little more for others."""
        ends = self.of(topic, OffsetSpec.latest())
        return sum(ends[number] - start for number, start in self.of(topic, spec).items() if start >= 0)


def heartbeat_age(stack: Stack, offsets: Offsets) -> float | None:
    """Seconds since the newest heartbeat, by its record's timestamp. None when there is none."""
    topic = naming.heartbeat_topic(stack.contract.connector.name)
    starts, ends = offsets.of(topic, OffsetSpec.earliest()), offsets.of(topic, OffsetSpec.latest())
    filled = [TopicPartition(topic, number, end - 1) for number, end in ends.items() if end > starts[number]]
    if not filled:
        return None
    client = kafka.consumer(stack, "operator", "cdc-tools-flow")
    try:
        client.assign(filled)
        found = [message.timestamp()[1] for message in client.consume(len(filled), timeout=5) if not message.error()]
    finally:
        client.close()
    return max(0.0, time.time() - max(found) / 1000) if found else None


def changes(stack: Stack, table: str) -> int:
    """Changes of a table, or of all its partitions, by the server's counters. 0 where the database is not ours to ask."""
    if not stack.local:
        return 0
    with psycopg.connect(local_dsn(stack, "cdc"), connect_timeout=5) as connection:
        found = connection.execute(CHANGES, {"table": table}).fetchone()
    return int(found[0] or 0) if found else 0
