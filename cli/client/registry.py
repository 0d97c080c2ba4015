"""The Schema Registry of a stack, and records decoded by it."""

import io
import json
import struct
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import fastavro
from confluent_kafka import Message
from confluent_kafka.schema_registry import SchemaRegistryClient, SchemaRegistryError
from fastavro.read import SchemaResolutionError

from cli.client.stack import Stack
from stacks.errors import CdcError

# What decoding a stranger's bytes may end in, beside a registry that does not know the schema.
MALFORMED = (EOFError, LookupError, ValueError, TypeError, OverflowError, MemoryError, struct.error, StopIteration)


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
        return self.key(message.key()), self.part(message.value())

    def records(self, messages: Iterable[Message]) -> Iterator[tuple[Message, Any, dict[str, Any]]]:
        """Each message that is a record, with its key and value. A stranger's bytes, and tombstones, are left out."""
        for message in messages:
            try:
                key, value = self.decode(message)
            except CdcError:
                continue
            if isinstance(value, dict):
                yield message, key, value

    def key(self, data: str | bytes | None) -> Any:  # JSON-like
        """A key: Avro, or text."""
        if isinstance(data, bytes) and data[:1] != b"\0":
            return data.decode(errors="replace")
        return self.part(data)

    def part(self, data: str | bytes | None) -> Any:  # JSON-like
        """One of them. CdcError for bytes that are no record, or more than one."""
        if data is None:
            return None
        raw = data.encode() if isinstance(data, str) else data
        if len(raw) < 5 or raw[0] != 0:
            raise CdcError(
                "a record is not Avro in Confluent's wire format", "was something else written to this topic?"
            )
        body = io.BytesIO(raw[5:])
        schema = self.schema(int.from_bytes(raw[1:5], "big"))
        try:
            value = fastavro.schemaless_reader(body, schema, None)
        except MALFORMED as error:
            raise CdcError(f"a record cannot be decoded: {type(error).__name__}: {str(error)[:200]}") from error
        if left := len(body.read()):
            raise CdcError(f"a record cannot be decoded: {left} bytes are left over after its last field")
        return value

    def require_readable(self, topic: str, raw: bytes) -> None:
        """CdcError unless readers of the topic decode a value: whole, in its one encoding, and as the topic's own schema."""
        value = self.part(raw)
        writer = self.schema(int.from_bytes(raw[1:5], "big"))
        try:
            again = io.BytesIO()
            fastavro.schemaless_writer(again, writer, value)
            if again.getvalue() != raw[5:]:
                raise CdcError("the record is not encoded as its schema says")
            text = self.registry.get_latest_version(f"{topic}-value").schema.schema_str
            fastavro.schemaless_reader(io.BytesIO(raw[5:]), writer, fastavro.parse_schema(json.loads(text or "{}")))
        except (*MALFORMED, SchemaResolutionError) as error:
            raise CdcError(f"the record is not one of {topic}: {type(error).__name__}: {str(error)[:200]}") from error

    def schema(self, identity: int) -> Any:  # parsed, as fastavro keeps it
        """A schema by its id. CdcError for one that the registry does not know."""
        if identity not in self.schemas:
            try:
                text = self.registry.get_schema(identity).schema_str
            except SchemaRegistryError as error:
                if error.http_status_code != 404:
                    raise
                raise CdcError(f"a record names schema {identity}, which the registry does not know") from error
            self.schemas[identity] = fastavro.parse_schema(json.loads(text or "{}"))
        return self.schemas[identity]

    def readable(self, message: Message) -> tuple[Any, Any]:
        """Key and value for people to read: what cannot be decoded is shown as bytes, with the reason."""
        return self.shown(message.key(), self.key), self.shown(message.value(), self.part)

    def shown(self, data: str | bytes | None, decode: Callable[[str | bytes | None], Any]) -> Any:  # JSON-like
        """One of them: decoded, or why it is not."""
        try:
            return decode(data)
        except CdcError as error:
            return {"undecodable": error.message, "bytes": data}
