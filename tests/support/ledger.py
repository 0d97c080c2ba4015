"""What was sent, and what readers see: compared id by id."""

import contextlib
from collections import Counter
from dataclasses import dataclass

from confluent_kafka import KafkaException

from cli.client import kafka, wait
from cli.client.stack import Stack, local_dsn
from cli.commands.demo import targets
from cli.traffic.events import Factory
from cli.traffic.observer import key_id
from cli.traffic.writer import Writer
from tests.support.business import business


@dataclass
class Seen:
    """Per topic, how often each id was seen."""

    counts: dict[str, Counter[str]]


def routed_topics(stack: Stack) -> list[str]:
    return [r.topic for r in stack.contract.routes] + [s.unrouted_topic for s in stack.contract.sources]


def read(stack: Stack, topics: list[str], isolation: str = "read_committed") -> Seen:
    """Everything that is on the topics now."""
    seen = Seen({topic: Counter() for topic in topics})
    read_on(stack, seen, {}, isolation)
    return seen


def read_on(stack: Stack, seen: Seen, places: dict[tuple[str, int], int], isolation: str = "read_committed") -> None:
    """What came since: `places` are the next offsets, and move with each record."""
    client = kafka.reader(stack, "operator", isolation)
    try:
        for topic in seen.counts:
            for found in kafka.partitions(client, topic):
                places.setdefault((topic, found.partition), 0)
        for message in kafka.to_the_ends(client, dict(places), 60):
            place = (message.topic() or "", message.partition() or 0)
            seen.counts[place[0]][key_id(message.key())] += 1
            places[place] = (message.offset() or 0) + 1
    finally:
        client.close()


def write(stack: Stack, count: int, seed: int) -> dict[str, str]:
    """Write directly; event id → the topic it belongs to."""
    wanted = targets(business())
    sent = Writer(local_dsn(stack, "events_api")).send(Factory(seed).mixed(count), rate=0)
    return {identity: wanted[kind] for identity, (kind, _) in sent.commits.items()}


def all_arrived(stack: Stack, ids: set[str], seconds: float) -> Seen:
    """Wait until `read_committed` readers have every id; what they have then. A broker may still be on its way back."""
    seen, places = Seen({topic: Counter() for topic in routed_topics(stack)}), dict[tuple[str, int], int]()

    def complete() -> bool:
        with contextlib.suppress(KafkaException):
            read_on(stack, seen, places)
            return ids <= {i for counts in seen.counts.values() for i in counts}
        return False

    wait.wait_for(complete, seconds, f"the arrival of {len(ids)} events")
    return seen


def raw_count(stack: Stack) -> int:
    """Records on the raw topic, by offsets: it has no transaction markers."""
    return sum(high - low for low, high in kafka.topic_ends(stack, "raw-event-headers").values())
