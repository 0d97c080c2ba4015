"""The Schema Registry of a stack, and records decoded by it."""

import io
import json
from typing import Any

import fastavro
from confluent_kafka import Message
from confluent_kafka.schema_registry import SchemaRegistryClient

from cli.client.stack import Stack
from stacks.errors import CdcError


def client(stack: Stack, who: str) -> SchemaRegistryClient:
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
        self.registry = client(stack, who)
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
