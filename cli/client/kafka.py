"""Clients of the public protocols: Kafka, Schema Registry, Connect and Flink, from a stack's contract."""

import time
from collections.abc import Iterator, Mapping
from typing import Any

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition
from confluent_kafka.admin import AdminClient

from cli.client.stack import Stack
from local.environment import Instance
from stacks.errors import CdcError

PATIENCE = 2  # seconds
FETCH_MS = 20  # the broker's wait for records that are not there yet
# What passes by itself, and the end of a partition.
PASSING = (KafkaError._PARTITION_EOF, KafkaError._TRANSPORT, KafkaError._ALL_BROKERS_DOWN)
Place = tuple[str, int]  # topic, partition
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


def local_admin_login(instance: Instance) -> dict[str, Any]:
    """How the super user of an environment's broker signs in: what Confluent's own control plane is there."""
    return {
        "bootstrap.servers": f"127.0.0.1:{instance.port('kafka_internal')}",
        "security.protocol": "SASL_PLAINTEXT",
        "sasl.mechanism": "PLAIN",
        "sasl.username": "admin",
        "sasl.password": instance.secrets["kafka"],
    }


def local_admin_config() -> dict[str, Any]:
    """A quiet client's settings for that user, of this checkout's environment."""
    return {**local_admin_login(Instance.here()), "log_level": 0, "error_cb": id}


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
    client = reader(stack, who, isolation)
    try:
        places = {(p.topic, p.partition): 0 for topic in topics for p in partitions(client, topic)}
        yield from to_the_ends(client, places, seconds)
    finally:
        client.close()


def reader(stack: Stack, who: str, isolation: str = "read_committed") -> Consumer:
    """A consumer for `to_the_ends`: it is told of each partition's end, and the broker does not wait for more records."""
    settings = {"enable.partition.eof": True, "fetch.wait.max.ms": FETCH_MS}
    return consumer(stack, who, own_group(stack, who), isolation, **settings)


def own_group(stack: Stack, who: str) -> str:
    """A group that this identity may use: a consumer's begins with its own prefix, the tools' with theirs."""
    prefixes = {found.name: found.group for found in stack.contract.consumers}
    return f"{prefixes.get(who, 'cdc-tools')}-read"


def to_the_ends(client: Consumer, places: Mapping[Place, int], seconds: float, once: bool = False) -> Iterator[Message]:
    """Records from these offsets to the present ends, or `once` the first of each place. TimeoutError when they do not come."""
    waiting, deadline = set(places), time.monotonic() + seconds
    client.assign([TopicPartition(topic, number, offset) for (topic, number), offset in places.items()])
    while waiting:
        if time.monotonic() > deadline:
            raise TimeoutError(f"not read to the end: {sorted(waiting)}")
        for message in arrived(client):
            place, error = (message.topic() or "", message.partition() or 0), message.error()
            if error is None and (place in waiting or not once):
                yield message
            elif error is not None and error.code() not in PASSING:
                raise CdcError(f"topic {place[0]} cannot be read: {error.str()}", "./cdc status")
            if (once if error is None else error.code() == KafkaError._PARTITION_EOF) and place in waiting:
                waiting.discard(place)
                if once:  # what follows would come before the first record of a place that is slower
                    client.pause([TopicPartition(*place)])


def arrived(client: Consumer, most: int = 10_000) -> list[Message]:
    """What is there, as soon as anything is: `consume` alone would wait for all of `most`, or out its time."""
    first = client.poll(0.1)
    return [] if first is None else [first, *client.consume(most, timeout=0)]


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
