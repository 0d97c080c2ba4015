"""What a consumer's own key opens."""

from typing import Any

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient

from cli.client import kafka
from cli.client.stack import Stack

SECONDS = 3


def visible(stack: Stack, name: str) -> set[str]:
    """Topics that the key of a consumer sees. KafkaException with _AUTHENTICATION for a key that Kafka does not know.

    librdkafka tries a refused key again and again, and then says that it timed out: what was refused is remembered here.
    """
    refused: list[KafkaError] = []
    config: dict[str, Any] = {**kafka.kafka_config(stack, name), "error_cb": refused.append}
    admin = AdminClient(config)
    try:
        return set(admin.list_topics(timeout=SECONDS).topics)
    except KafkaException as error:
        admin.poll(0)  # hands over what was refused meanwhile
        wrong = [one for one in refused if one.code() == KafkaError._AUTHENTICATION]
        if not wrong:
            raise
        raise KafkaException(wrong[0]) from error
