"""Watches events arrive on the routed topics: which, where, and when."""

import threading

from confluent_kafka import Consumer, KafkaError, Message, TopicPartition

from cli.client import kafka
from cli.client.stack import Stack
from cli.traffic.seen import Seen


def key_id(key: object) -> str:
    """The id in an Avro key `{id}`: a magic byte, a 4-byte schema id, a length (zig-zag varint), the text. "" for other keys."""
    if not isinstance(key, bytes) or key[:1] != b"\0":
        return ""
    length, shift, position = 0, 0, 5
    for byte in key[5:]:
        length |= (byte & 0x7F) << shift
        position, shift = position + 1, shift + 7
        if byte < 0x80:
            break
    return key[position : position + (length >> 1)].decode(errors="replace")


class Observer:
    """Reads topics in the background from their current end (or their beginning) on."""

    identify = staticmethod(key_id)  # a record's key → the event's id, "" for other records

    def __init__(
        self, stack: Stack, topics: list[str], isolation: str = "read_uncommitted", beginning: bool = False
    ) -> None:
        settings = {"fetch.wait.max.ms": 10, "enable.partition.eof": True}
        self.watch(kafka.consumer(stack, "operator", "cdc-tools-observe", isolation, **settings), topics, beginning)

    def watch(self, client: Consumer, topics: list[str], beginning: bool = False) -> None:
        """Read with this client, in the background."""
        self.seen, self.client = Seen(topics), client
        places = [p for topic in topics for p in kafka.partitions(self.client, topic)]
        for place in places:
            low, high = self.client.get_watermark_offsets(place, timeout=10)
            place.offset = low if beginning else high
        self.waiting = {(p.topic, p.partition) for p in places}
        self.client.assign([TopicPartition(p.topic, p.partition, p.offset) for p in places])
        self.stopping = threading.Event()
        self.caught_up = threading.Event()
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self) -> None:
        """Until `close`: note every record."""
        while not self.stopping.is_set():
            for message in kafka.arrived(self.client):
                self.note(message)
        self.client.close()

    def note(self, message: Message) -> None:
        """One record, or the news that a partition is read to its end."""
        if error := message.error():
            if error.code() == KafkaError._PARTITION_EOF:
                self.waiting.discard((message.topic() or "", message.partition() or 0))
                if not self.waiting:
                    self.caught_up.set()
            return
        key = message.key()
        self.seen.note(message.topic() or "", self.identify(key) if isinstance(key, bytes) else None, message)

    def close(self) -> None:
        """Stop reading."""
        self.stopping.set()
        self.thread.join(10)


def percentile(values: list[float], share: float) -> float:
    """The value below which this share (0 to 1) of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
