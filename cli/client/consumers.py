"""How far each consumer is: records that it has not committed yet, and the age of the oldest. Asked with its own key."""

import time
from dataclasses import dataclass

from confluent_kafka.admin import OffsetSpec

from cli.client import kafka
from cli.client.offsets import Offsets, Places, between, records_at
from cli.client.stack import Stack
from stacks.contract import ConsumerContract


@dataclass(frozen=True, slots=True)
class Reader:
    """`unread`: offsets that are not committed, None when the group has never committed. `oldest`: seconds, None where all is read."""

    name: str
    group: str
    unread: int | None
    oldest: float | None


def gather(stack: Stack) -> list[Reader]:
    """Every consumer of the contract, by its own group."""
    offsets = Offsets(stack)
    return [reader(stack, offsets, one) for one in stack.contract.consumers if one.topics]


def reader(stack: Stack, offsets: Offsets, consumer: ConsumerContract) -> Reader:
    """One of them."""
    ends = offsets.of(consumer.topics, OffsetSpec.latest())
    starts = offsets.of(consumer.topics, OffsetSpec.earliest())
    known = committed(stack, offsets, consumer)
    if not any(offset >= 0 for offset in known.values()):
        return Reader(consumer.name, consumer.group, None, None)
    next_ = {place: max(offset, starts[place]) for place, offset in known.items()}
    unread = {place: offset for place, offset in next_.items() if ends[place] > offset}
    # An end may be a transaction's marker, which is no record.
    found = records_at(stack, unread)
    oldest = min((message.timestamp()[1] for message in found), default=None)
    count = sum(between(unread, ends).values()) if found else 0
    return Reader(
        consumer.name, consumer.group, count, None if oldest is None else max(0.0, time.time() - oldest / 1000)
    )


def committed(stack: Stack, offsets: Offsets, consumer: ConsumerContract) -> Places:
    """What the group committed; negative where it did not."""
    client = kafka.consumer(stack, consumer.name, consumer.group)
    try:
        asked = [place for topic in consumer.topics for place in offsets.partitions(topic)]
        return {(place.topic, place.partition): place.offset for place in client.committed(asked, timeout=5)}
    finally:
        client.close()
