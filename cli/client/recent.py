"""Records of a topic by what one knows of them: the newest, one by its place, those of a key."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from itertools import islice

from confluent_kafka import Consumer, Message, TopicPartition

from cli.client import kafka
from cli.client.kafka import Place
from cli.client.stack import Stack
from stacks.errors import CdcError

PATIENCE = 20  # seconds


def last(stack: Stack, topic: str, most: int) -> list[Message]:
    """The newest `most` committed records of a topic, oldest first."""
    with closing(kafka.reader(stack, "operator")) as client:
        return newest(client, topic, most)


def newest(client: Consumer, topic: str, most: int) -> list[Message]:
    """The same, by a consumer (of `kafka.reader`) that stands at the topic's end afterwards."""
    # Markers of transactions take offsets, too: look back far enough for `most` records.
    starts = {place: max(low, high - 4 * most - 20) for place, (low, high) in bounds(client, topic).items()}
    found = sorted(kafka.to_the_ends(client, starts, PATIENCE), key=lambda m: (m.timestamp()[1], m.offset()))
    return found[-most:] if most else []


def latest(stack: Stack, topic: str, offsets: int) -> Iterator[Message]:
    """Committed records among about so many last offsets of a topic."""
    with closing(kafka.reader(stack, "operator")) as client:
        both = bounds(client, topic)
        share = max(1, offsets // max(1, len(both)))
        starts = {place: max(low, high - share) for place, (low, high) in both.items()}
        yield from kafka.to_the_ends(client, starts, PATIENCE)


def bounds(client: Consumer, topic: str) -> dict[Place, tuple[int, int]]:
    """First and next offset of each partition."""
    return {(topic, number): both for number, both in kafka.ends(client, topic).items()}


def at(stack: Stack, place: Place, offset: int) -> Message:
    """One record by its place. CdcError when there is none (any more), or it is not committed."""
    with closing(kafka.reader(stack, "operator")) as client:
        for message in kafka.to_the_ends(client, {place: offset}, PATIENCE, once=True):
            if message.offset() == offset:
                return message
    raise CdcError(
        f"there is no record at {place[0]}/{place[1]}/{offset}",
        "it is no committed record, or the topic no longer keeps it",
    )


def since(stack: Stack, topics: Sequence[str], milliseconds: int) -> Generator[Message]:
    """Committed records that were written at a time (Unix, in ms) or later, up to the present ends."""
    with closing(kafka.reader(stack, "operator")) as client:
        places = [p for topic in topics for p in kafka.partitions(client, topic)]
        asked = [TopicPartition(p.topic, p.partition, milliseconds) for p in places]
        found = client.offsets_for_times(asked, timeout=10)
        starts = {(p.topic, p.partition): p.offset for p in found if p.offset >= 0}
        if starts:
            yield from kafka.to_the_ends(client, starts, PATIENCE)


def first(messages: Generator[Message], most: int) -> list[Message]:
    """At most so many, and the consumer behind them closed."""
    with closing(messages):
        return list(islice(messages, most))
