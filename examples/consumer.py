"""A consumer in one file: reads its topic exactly once, with keys from its own secret.

Usage: python examples/consumer.py READER.json [MOST]
READER.json is the output `reader` of examples/consumer-stack. The keys come from Secrets Manager.
"""

import json
import sys
from pathlib import Path
from typing import Any

import boto3
from confluent_kafka import Consumer
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.serialization import MessageField, SerializationContext


def main(reader: dict[str, Any], most: int) -> None:
    """Print `most` records, one JSON object a line, and commit what was read."""
    found = boto3.client("secretsmanager").get_secret_value(SecretId=reader["secret"])
    keys = json.loads(found["SecretString"])
    consumer = Consumer(
        {
            "bootstrap.servers": reader["bootstrapServers"],
            "security.protocol": reader["securityProtocol"],
            "sasl.mechanism": reader["saslMechanism"],
            "sasl.username": keys["kafka"]["key"],
            "sasl.password": keys["kafka"]["secret"],
            "group.id": reader["group"],
            "isolation.level": reader["isolationLevel"],
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
        }
    )
    user = f"{keys['registry']['key']}:{keys['registry']['secret']}"
    registry = SchemaRegistryClient({"url": reader["schemaRegistryUrl"], "basic.auth.user.info": user})
    decode = AvroDeserializer(registry)
    consumer.subscribe(reader["topics"])
    try:
        for _ in range(most):
            message = consumer.poll(30)
            if message is None:
                break
            if message.error():
                sys.exit(f"{message.topic() or reader['topics']}: {message.error().str()}")
            value = decode(message.value(), SerializationContext(message.topic(), MessageField.VALUE))
            print(json.dumps({"topic": message.topic(), "id": value["id"], "type": value["event_type"]}), flush=True)
            consumer.commit(message)
    finally:
        consumer.close()


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text()), int(sys.argv[2]) if len(sys.argv) > 2 else 10)
