"""Clients of the public protocols: Kafka, Schema Registry, Connect and Flink, from a stack's contract."""

import time
from collections.abc import Iterator
from typing import Any

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition
from confluent_kafka.admin import AdminClient

from cli.client.stack import Stack
from stacks.errors import CdcError

PATIENCE = 2  # seconds
LARGEST = 20 * 1024 * 1024  # bytes of a record on any cluster type; its topic says what it takes


def kafka_config(stack: Stack, who: str) -> dict[str, Any]:
    """librdkafka's connection settings for an identity of the stack. A wrong key is an error, not a silent retry.

    A broker that is just starting knows no keys for a moment: only a refusal that lasts is one.
    """
    key = stack.keys[who]["kafka"]
    kafka = stack.contract.kafka

    refused: list[float] = []

    def failed(error: KafkaError) -> None:
        if error.code() == KafkaError._AUTHENTICATION:
            refused.append(time.monotonic())
            if refused[-1] - refused[0] > PATIENCE:
                raise KafkaException(error)

    return {
        "bootstrap.servers": kafka.bootstrap_servers,
        "security.protocol": kafka.security_protocol,
        "sasl.mechanism": kafka.sasl_mechanism,
        "sasl.username": key["key"],
        "sasl.password": key["secret"],
        "error_cb": failed,
        "log_level": 0,
    }


def consumer(stack: Stack, who: str, group: str, isolation: str = "read_committed", **more: Any) -> Consumer:
    """A consumer that starts at the beginning and commits nothing by itself."""
    settings = {
        "group.id": group,
        "auto.offset.reset": "earliest",
        "enable.auto.commit": False,
        "isolation.level": isolation,
    }
    return Consumer({**kafka_config(stack, who), **settings, **more})


def partitions(client: Consumer | AdminClient, topic: str) -> list[TopicPartition]:
    """The topic's partitions; CdcError when it does not exist or may not be read."""
    found = client.list_topics(topic, timeout=10).topics[topic]
    if found.error:
        raise CdcError(f"topic {topic}: {found.error.str()}", "check the name with ./cdc status")
    return [TopicPartition(topic, number) for number in found.partitions]


def ends(client: Consumer, topic: str) -> dict[int, tuple[int, int]]:
    """First and next offset of each partition."""
    return {p.partition: client.get_watermark_offsets(p, timeout=10) for p in partitions(client, topic)}


def topic_ends(stack: Stack, topic: str) -> dict[int, tuple[int, int]]:
    """The same, by a client of its own, as the operator."""
    client = consumer(stack, "operator", "cdc-tools-ends")
    try:
        return ends(client, topic)
    finally:
        client.close()


def read_all(
    stack: Stack, who: str, topics: list[str], seconds: float = 20, isolation: str = "read_committed"
) -> Iterator[Message]:
    """Every record of the topics up to their present ends. Raises TimeoutError when that takes longer."""
    client = consumer(stack, who, "cdc-tools-read", isolation, **{"enable.partition.eof": True})
    try:
        waiting = {(p.topic, p.partition) for topic in topics for p in partitions(client, topic)}
        client.assign([TopicPartition(topic, number, 0) for topic, number in waiting])
        deadline = time.monotonic() + seconds
        while waiting:
            if time.monotonic() > deadline:
                raise TimeoutError(f"not read to the end: {sorted(waiting)}")
            for message in client.consume(10_000, timeout=0.1):
                if (error := message.error()) is None:
                    yield message
                elif error.code() == KafkaError._PARTITION_EOF:
                    waiting.discard((message.topic() or "", message.partition() or 0))
    finally:
        client.close()


def count_records(stack: Stack, who: str, topics: list[str], seconds: float = 3) -> tuple[dict[str, int], bool]:
    """Committed records per topic, counted by reading: offsets would also count transaction markers.

    The second value is False when the time did not suffice: then there are at least so many.
    """
    found = dict.fromkeys(topics, 0)
    try:
        for message in read_all(stack, who, topics, seconds):
            found[message.topic() or ""] += 1
    except TimeoutError:
        return found, False
    return found, True
