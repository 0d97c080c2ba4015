"""Offsets of many topics at once. By an administrator's requests: a consumer's wait for its own fetches, half a second each."""

from collections.abc import Iterable, Mapping
from typing import Any

from confluent_kafka import Message, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from cli.client import kafka
from cli.client.stack import Stack
from stacks.errors import CdcError

Places = dict[tuple[str, int], int]  # (topic, partition) → offset


class Offsets:
    """A cluster's offsets, asked as the operator. One request for any number of topics."""

    def __init__(self, stack: Stack) -> None:
        self.admin = AdminClient(kafka.kafka_config(stack, "operator"))
        self.topics = self.admin.list_topics(timeout=10).topics

    def of(self, topics: Iterable[str], spec: OffsetSpec | None) -> Places:
        """Per partition; -1 where there is nothing from a time on. CdcError for a topic that is not there."""
        asked: dict[Any, Any] = {place: spec for topic in topics for place in self.partitions(topic)}
        found: Mapping[Any, Any] = self.admin.list_offsets(asked) if asked else {}
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
    """Committed records with a value, per topic, from `starts` to `ends`: by reading them."""
    found = dict.fromkeys((topic for topic, _ in starts), 0)
    waiting = {place for place, start in starts.items() if 0 <= start < ends[place]}
    if not waiting:
        return found
    client = kafka.consumer(stack, "operator", "cdc-tools-status", "read_committed", **{"enable.partition.eof": True})
    try:
        client.assign([TopicPartition(topic, number, starts[topic, number]) for topic, number in waiting])
        for _ in range(20):
            for message in client.consume(1000, timeout=0.2):
                place = (message.topic() or "", message.partition() or 0)
                if message.error():
                    waiting.discard(place)
                elif message.value() is not None:
                    found[place[0]] += 1
            if not waiting:
                break
        return found
    finally:
        client.close()


def records_at(stack: Stack, places: Places, isolation: str = "read_committed") -> list[Message]:
    """The record at each place, as far as it comes within seconds."""
    if not places:
        return []
    client = kafka.consumer(stack, "operator", "cdc-tools-status", isolation)
    try:
        client.assign([TopicPartition(topic, number, offset) for (topic, number), offset in places.items()])
        found: dict[tuple[str, int], Message] = {}
        for _ in range(10):
            for message in client.consume(len(places), timeout=0.2):
                if not message.error():
                    found.setdefault((message.topic() or "", message.partition() or 0), message)
            if len(found) == len(places):
                break
        return list(found.values())
    finally:
        client.close()
