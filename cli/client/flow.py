"""Does data move? What processes that run do not say: an old heartbeat, a jump of dead letters, a table of which nothing arrives.

Everything is told by offsets, timestamps and the catalog's counters, so it takes the same time whatever the topics hold.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
from confluent_kafka import Consumer, TopicPartition

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
    client = kafka.consumer(stack, "operator", "cdc-tools-flow")
    try:
        age = heartbeat_age(client, naming.heartbeat_topic(stack.contract.connector.name))
        since = int((time.time() - WINDOW) * 1000)
        sources = [
            SourceFlow(
                source.name,
                recent(client, source.raw_topic, since),
                recent(client, source.dead_letter_topic, since),
                changes(stack, source.table),
                recent(client, source.raw_topic, None),
            )
            for source in stack.contract.sources
        ]
    finally:
        client.close()
    flow = Flow(age, tuple(sources))
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


def heartbeat_age(client: Consumer, topic: str) -> float | None:
    """Seconds since the newest record, by its timestamp."""
    newest = [stamp for p in kafka.partitions(client, topic) if (stamp := newest_timestamp(client, p)) is not None]
    return max(0.0, time.time() - max(newest) / 1000) if newest else None


def newest_timestamp(client: Consumer, partition: TopicPartition) -> int | None:
    """Milliseconds of the last record of a partition; None when it is empty."""
    low, high = client.get_watermark_offsets(partition, timeout=5)
    if low == high:
        return None
    partition.offset = high - 1
    client.assign([partition])
    message = client.poll(5)
    return None if message is None or message.error() else message.timestamp()[1]


def recent(client: Consumer, topic: str, since: int | None) -> int:
    """Offsets from a time on (milliseconds; None: all). Exact for topics without transactions, a little more for others."""
    places = kafka.partitions(client, topic)
    bounds = kafka.ends(client, topic)
    if since is None:
        return sum(high - low for low, high in bounds.values())
    asked: Any = client.offsets_for_times([TopicPartition(p.topic, p.partition, since) for p in places], timeout=10)
    return sum(max(0, bounds[p.partition][1] - p.offset) for p in asked if p.offset >= 0)


def changes(stack: Stack, table: str) -> int:
    """Changes of a table, or of all its partitions, by the server's counters. 0 where the database is not ours to ask."""
    if not stack.local:
        return 0
    with psycopg.connect(local_dsn(stack, "cdc"), connect_timeout=5) as connection:
        found = connection.execute(CHANGES, {"table": table}).fetchone()
    return int(found[0] or 0) if found else 0
