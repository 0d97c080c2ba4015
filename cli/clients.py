"""Clients of the public protocols: Kafka, Schema Registry, Connect and Flink, from a stack's contract."""

import io
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import fastavro
import httpx2
from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition
from confluent_kafka.schema_registry import SchemaRegistryClient

from cli.stack import Stack
from stacks.errors import CdcError

PATIENCE = 2  # seconds


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


def registry(stack: Stack, who: str) -> SchemaRegistryClient:
    """The Schema Registry as an identity of the stack."""
    key = stack.keys[who]["registry"]
    return SchemaRegistryClient(
        {"url": stack.contract.registry.url, "basic.auth.user.info": f"{key['key']}:{key['secret']}"}
    )


class Decoder:
    """Avro keys and values in Confluent's wire format: a zero byte, the schema's id in four bytes, the record.

    Schemas are parsed once per id (confluent-kafka's own deserializer takes milliseconds per record).
    """

    def __init__(self, stack: Stack, who: str) -> None:
        self.registry = registry(stack, who)
        self.schemas: dict[int, Any] = {}

    def decode(self, message: Message) -> tuple[Any, Any]:
        """Key and value of a record. A key that is not Avro (a mark on a dead-letter topic) is text."""
        key = message.key()
        if isinstance(key, bytes) and key[:1] != b"\0":
            return key.decode(errors="replace"), self.part(message.value())
        return self.part(key), self.part(message.value())

    def part(self, data: str | bytes | None) -> Any:  # JSON-like
        """One of them. CdcError for bytes that are not in the wire format."""
        if data is None:
            return None
        raw = data.encode() if isinstance(data, str) else data
        if len(raw) < 5 or raw[0] != 0:
            raise CdcError(
                "a record is not Avro in Confluent's wire format", "was something else written to this topic?"
            )
        identity = int.from_bytes(raw[1:5], "big")
        if identity not in self.schemas:
            text = self.registry.get_schema(identity).schema_str
            self.schemas[identity] = fastavro.parse_schema(json.loads(text or "{}"))
        return fastavro.schemaless_reader(io.BytesIO(raw[5:]), self.schemas[identity], None)


def partitions(client: Consumer, topic: str) -> list[TopicPartition]:
    """The topic's partitions; CdcError when it does not exist or may not be read."""
    found = client.list_topics(topic, timeout=10).topics[topic]
    if found.error:
        raise CdcError(f"topic {topic}: {found.error.str()}", "check the name with ./cdc status")
    return [TopicPartition(topic, number) for number in found.partitions]


def ends(client: Consumer, topic: str) -> dict[int, tuple[int, int]]:
    """First and next offset of each partition."""
    return {p.partition: client.get_watermark_offsets(p, timeout=10) for p in partitions(client, topic)}


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


class Rest:
    """One of the stack's REST APIs, signed in."""

    def __init__(self, base: str, key: str, secret: str) -> None:
        self.http = httpx2.Client(base_url=base, auth=(key, secret), timeout=10, trust_env="127.0.0.1" not in base)

    def get(self, path: str) -> Any:
        """The decoded answer; CdcError otherwise."""
        try:
            answer = self.http.get(path)
        except httpx2.HTTPError as error:
            raise CdcError(f"{self.http.base_url}{path.lstrip('/')} does not answer: {error}") from error
        if answer.status_code >= 300:
            raise CdcError(f"{self.http.base_url}{path.lstrip('/')} answered {answer.status_code}: {answer.text[:300]}")
        return answer.json()


def statement(stack: Stack, name: str) -> dict[str, Any]:
    """A Flink statement."""
    key, flink = stack.keys["operator"]["flink"], stack.contract.flink
    path = (
        f"/sql/v1/organizations/{flink.organization_id}/environments/{stack.contract.environment_id}/statements/{name}"
    )
    return Rest(flink.rest_endpoint, key["key"], key["secret"]).get(path)


def connector(stack: Stack, key: str, secret: str) -> dict[str, Any]:
    """The connector's status. Needs a Cloud API key."""
    contract = stack.contract
    path = f"/connect/v1/environments/{contract.environment_id}/clusters/{contract.kafka.cluster_id}/connectors"
    return Rest(contract.confluent_endpoint, key, secret).get(f"{path}/{contract.connector.name}/status")


def wait_for(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """Return as soon as the condition holds; CdcError when it does not within the time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise CdcError(f"{what} did not happen within {seconds:.0f} s", "look at ./cdc status and ./cdc logs")
        time.sleep(0.05)
