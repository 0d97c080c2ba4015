"""Offsets of many topics at once. By an administrator's requests: a consumer's wait for its own fetches, half a second each."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from confluent_kafka import IsolationLevel, Message, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from cli.client import dead_letters, kafka
from cli.client.stack import Stack
from stacks.errors import CdcError

PATIENCE = 6  # seconds
Places = dict[kafka.Place, int]  # → offset


class Offsets:
    """A cluster's offsets, asked as the operator. One request for any number of topics."""

    def __init__(self, stack: Stack) -> None:
        self.admin = AdminClient(kafka.kafka_config(stack, "operator"))
        self.topics = self.admin.list_topics(timeout=10).topics

    def of(self, topics: Iterable[str], spec: OffsetSpec | None, committed: bool = False) -> Places:
        """Per partition; -1 where there is nothing from a time on. CdcError for a topic that is not there.

        `committed`: the latest is where `read_committed` readers come to, before the first open transaction.
        """
        asked: dict[Any, Any] = {place: spec for topic in topics for place in self.partitions(topic)}
        level = IsolationLevel.READ_COMMITTED if committed else IsolationLevel.READ_UNCOMMITTED
        found: Mapping[Any, Any] = self.admin.list_offsets(asked, isolation_level=level) if asked else {}
        return {(place.topic, place.partition): answer.result().offset for place, answer in found.items()}

    def partitions(self, topic: str) -> list[TopicPartition]:
        """The topic's partitions."""
        known = self.topics.get(topic)
        if known is None or known.error:
            raise CdcError(f"topic {topic} is not there", "check the name with ./cdc status")
        return [TopicPartition(topic, number) for number in known.partitions]


def between(starts: Places, ends: Places) -> dict[str, int]:
    """Offsets per topic from `starts` to `ends`: exact for topics without transactions, a little more for others."""
    found = dict.fromkeys((topic for topic, _ in starts), 0)
    for (topic, number), start in starts.items():
        end = ends[topic, number]
        found[topic] += max(0, end - start) if start >= 0 and end >= 0 else 0
    return found


def values_between(stack: Stack, starts: Places, ends: Places) -> dict[str, int]:
    """Committed records, per topic, from `starts` to `ends`, by reading them; of dead letters not the marks."""
    found = dict.fromkeys((topic for topic, _ in starts), 0)
    filled = {place: start for place, start in starts.items() if 0 <= start < ends[place]}
    for message in committed_from(stack, filled, once=False):
        found[message.topic() or ""] += not dead_letters.is_mark(message)
    return found


def records_at(stack: Stack, places: Places) -> list[Message]:
    """The first committed record from each place on; none where there is only a transaction's marker."""
    return list(committed_from(stack, places, once=True))


def committed_from(stack: Stack, places: Places, once: bool) -> Iterator[Message]:
    """Records from these places to the ends, or `once` the first of each. CdcError when they do not come: not a part of them."""
    if not places:
        return
    client = kafka.reader(stack, "operator")
    try:
        yield from kafka.to_the_ends(client, places, PATIENCE, once)
    except TimeoutError as error:
        raise CdcError(f"records do not come: {error}", "./cdc logs kafka") from error
    finally:
        client.close()
