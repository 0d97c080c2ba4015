"""Records as work sees them; and what cannot be decoded told apart from a registry that is away."""

from dataclasses import dataclass
from typing import Any

from confluent_kafka import Message
from confluent_kafka.schema_registry import SchemaRegistryClient, SchemaRegistryError
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.serialization import MessageField, SerializationContext, SerializationError

from examples.consumer.settings import Connection

TIMEOUT = 5  # seconds of an answer of the registry


class Temporary(Exception):
    """It will pass by itself: the record is tried again for as long as it takes, and counts as no attempt."""


class Poison(Exception):
    """No attempt will ever help: the record is a dead letter at once."""


@dataclass(frozen=True, slots=True)
class Record:
    """A decoded record and its place, which is its identity: topic, partition, offset."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: dict[str, Any]
    value: dict[str, Any]

    @property
    def place(self) -> str:
        """For people and keys."""
        return f"{self.topic}/{self.partition}/{self.offset}"


def place_of(message: Message) -> str:
    """`topic/partition/offset`: a record's identity, for people and as the key of its dead letter."""
    return f"{message.topic()}/{message.partition()}/{message.offset()}"


class Decoder:
    """Avro by the registry; schemas are kept once they were asked for."""

    def __init__(self, connection: Connection) -> None:
        user = ":".join(connection.registry_key)
        own = {"url": connection.registry, "basic.auth.user.info": user, "timeout": TIMEOUT, "max.retries": 0}
        self.registry = SchemaRegistryClient(own)
        self.avro = AvroDeserializer(self.registry)

    def decode(self, message: Message) -> Record:
        """Raises Poison for bytes that are no record, Temporary when the registry cannot be asked."""
        place = message.topic() or "", message.partition() or 0, message.offset() or 0
        key = self.part(message.key(), place[0], MessageField.KEY)
        value = self.part(message.value(), place[0], MessageField.VALUE)
        return Record(*place, message.timestamp()[1], key, value)

    def part(self, data: Any, topic: str, field: str) -> dict[str, Any]:
        """One of them."""
        try:
            found: Any = self.avro(data, SerializationContext(topic, field))
        except SchemaRegistryError as error:
            # 404: nobody will ever know that schema. 401, 403 and 429 are ours or the registry's to mend.
            if error.http_status_code == 404:
                raise Poison(f"{field}: {error}") from error
            raise Temporary(f"registry: {error}") from error
        except (SerializationError, ValueError, LookupError, EOFError, TypeError, OverflowError) as error:
            raise Poison(f"{field} cannot be decoded: {type(error).__name__}: {error}") from error
        except Exception as error:  # the HTTP client's own kinds: the registry is away
            raise Temporary(f"registry: {type(error).__name__}: {error}") from error
        if not isinstance(found, dict):
            raise Poison(f"{field} is {type(found).__name__}, not a record")
        return found
