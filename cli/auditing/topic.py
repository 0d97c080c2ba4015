"""The raw topic's side: for each key, whether its last record says that the row is there, and whether its beginning was told."""

from collections.abc import Mapping

from confluent_kafka import Message, TopicPartition

from cli.auditing import keys
from cli.auditing.keys import Key
from cli.client import kafka
from cli.client.registry import Decoder
from cli.client.stack import Stack
from stacks.errors import CdcError
from stacks.routes.model import Source

PATIENCE = 3600  # seconds for a topic to be read
LIVE, ENTERED = 1, 2  # the last record is no deletion; there was a record that creates the row, or reads it
EFFECT = {"c": LIVE | ENTERED, "r": LIVE | ENTERED, "u": LIVE, "d": 0}


class TopicKeys:
    """What a raw topic says of each key, from some offsets on. `unreadable`: records that are none."""

    def __init__(self, stack: Stack, source: Source, start: Mapping[int, int]) -> None:
        self.stack, self.source = stack, source
        self.columns = keys.columns(source)
        self.decoder = Decoder(stack, "operator")
        self.next = dict(start)
        self.flags: dict[Key, int] = {}
        self.records = self.unreadable = 0

    def read_on(self) -> None:
        """Take in everything up to the topic's present end."""
        client = kafka.reader(self.stack, "operator")
        try:
            places = {(self.source.topic, number): offset for number, offset in self.next.items()}
            for message in kafka.to_the_ends(client, places, PATIENCE):
                self.next[message.partition() or 0] = (message.offset() or 0) + 1
                self.take(message)
        finally:
            client.close()

    def take(self, message: Message) -> None:
        """One record."""
        self.records += 1
        try:
            key, value = self.decoder.decode(message)
            key = keys.of(self.columns, key)
            operation = value["__op"] if value else "d"
        except (CdcError, LookupError, TypeError, ValueError):
            self.unreadable += 1
            return
        kept = self.flags.get(key, 0) & ENTERED
        self.flags[key] = kept | EFFECT.get(operation, 0)


def offsets_at(stack: Stack, topic: str, milliseconds: int) -> dict[int, int]:
    """The first offset of each partition whose record is not earlier than a time (since 1970, in milliseconds)."""
    client = kafka.consumer(stack, "operator", "cdc-tools-audit")
    try:
        known = kafka.ends(client, topic)
        asked = [TopicPartition(topic, number, milliseconds) for number in known]
        found = client.offsets_for_times(asked, timeout=30)
        return {one.partition: one.offset if one.offset >= 0 else known[one.partition][1] for one in found}
    finally:
        client.close()
