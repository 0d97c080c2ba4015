"""Dead letters: what could not be worked with, with the reason, into the consumer's own topic."""

import time
from typing import Any

from confluent_kafka import KafkaException, Message, Producer
from confluent_kafka.schema_registry.avro import AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

from examples.consumer.records import Decoder, Temporary, place_of
from examples.consumer.settings import Connection

SECONDS = 30
LONGEST_ERROR = 2000


class Letters:
    """The topic that the program declares for a consumer with `deadLetter: true`: its schemas are registered already."""

    def __init__(self, connection: Connection, decoder: Decoder) -> None:
        self.topic = connection.dead_letter_topic
        own = {"enable.idempotence": True, "acks": "all", "message.max.bytes": 20 * 1024 * 1024}
        self.producer = Producer({**connection.kafka(), **own})
        known = {"auto.register.schemas": False, "use.latest.version": True}
        self.serialize = AvroSerializer(decoder.registry, conf=known)

    def write(self, message: Message, error: str, attempts: int) -> None:
        """Returns when the broker has it. Temporary when it has not: the record is not done before."""
        letter: dict[str, Any] = {
            "topic": message.topic(),
            "partition": message.partition(),
            "offset": message.offset(),
            "timestamp": message.timestamp()[1],
            "key": message.key(),
            "value": message.value(),
            "error": error[:LONGEST_ERROR],
            "attempts": attempts,
            "failed_at": int(time.time() * 1000),
        }
        identity = {"id": place_of(message)}
        refused: list[str] = []
        try:
            parts = [
                self.serialize(part, SerializationContext(self.topic, field))
                for part, field in ((letter, MessageField.VALUE), (identity, MessageField.KEY))
            ]
            self.producer.produce(
                self.topic, parts[0], parts[1], on_delivery=lambda e, _: refused.append(str(e)) if e else None
            )
            left = self.producer.flush(SECONDS)
        except (KafkaException, BufferError) as failed:
            raise Temporary(f"{self.topic}: {failed}") from failed
        except Exception as failed:  # the registry is away
            raise Temporary(f"{self.topic}: {type(failed).__name__}: {failed}") from failed
        if refused or left:
            raise Temporary(f"{self.topic}: {refused or 'not delivered in time'}")
