"""What differs between consumers: a file of a few lines each (cars.yaml and its like), and where to connect."""

import importlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

Work = Callable[..., None]


class WrongSettings(Exception):
    """What is wrong with a file, for people."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """`name`: in the contract. `work`: `module:function`, called with each record. Times in seconds.

    `attempts`: tries of a record before it is a dead letter. `slow`: work that takes longer pauses the partitions instead of
    losing them. `database`: of the idempotent sink; empty for none. `port`: of health and metrics on 127.0.0.1; 0 for none.
    `instance`: a static member's id, so that a restart is no rebalance; empty for a dynamic member.
    """

    name: str
    work: str
    attempts: int = 5
    backoff: float = 0.2
    longest_backoff: float = 10
    slow: float = 1
    commit_every: float = 1
    database: str = ""
    port: int = 0
    instance: str = ""

    @classmethod
    def load(cls, file: Path, **given: Any) -> "Settings":
        """From a file; `given` wins. WrongSettings for what it is not."""
        try:
            found = {**yaml.safe_load(file.read_text()), **{k: v for k, v in given.items() if v is not None}}
            return cls(**found)
        except (OSError, yaml.YAMLError, TypeError) as error:
            raise WrongSettings(f"{file}: {error}") from error

    def function(self) -> Work:
        """The work itself."""
        module, _, name = self.work.partition(":")
        try:
            return getattr(importlib.import_module(module), name)
        except (ImportError, AttributeError) as error:
            raise WrongSettings(f"work {self.work}: {error}") from error


@dataclass(frozen=True, kw_only=True, slots=True)
class Connection:
    """Addresses, credentials and what the contract says of this consumer."""

    bootstrap: str
    protocol: str
    mechanism: str
    registry: str
    kafka_key: tuple[str, str]
    registry_key: tuple[str, str]
    topics: tuple[str, ...]
    group: str
    isolation: str
    dead_letter_topic: str

    @classmethod
    def load(cls, file: Path, name: str) -> "Connection":
        """From what `cdc env --json` prints, or a stack's output `reader` (examples/consumer-stack), whose keys are in a secret."""
        try:
            found: Any = json.loads(file.read_text())
            own = found["consumers"][name] if "consumers" in found else found
            kafka, registry = keys(own)
            return cls(
                bootstrap=found["bootstrapServers"],
                protocol=found["securityProtocol"],
                mechanism=found["saslMechanism"],
                registry=found["schemaRegistryUrl"],
                kafka_key=kafka,
                registry_key=registry,
                topics=tuple(own["topics"]),
                group=own["group"],
                isolation=own["isolationLevel"],
                dead_letter_topic=own.get("deadLetterTopic", ""),
            )
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise WrongSettings(f"{file}: no connection of {name}: {type(error).__name__} {error}") from error

    def kafka(self) -> dict[str, Any]:
        """librdkafka's settings."""
        return {
            "bootstrap.servers": self.bootstrap,
            "security.protocol": self.protocol,
            "sasl.mechanism": self.mechanism,
            "sasl.username": self.kafka_key[0],
            "sasl.password": self.kafka_key[1],
        }


def keys(own: Mapping[str, Any]) -> tuple[tuple[str, str], tuple[str, str]]:
    """Keys of Kafka and of the registry: in the file, or where the contract says that they are kept."""
    if "kafkaKey" in own:
        pairs: list[Mapping[str, str]] = [own["kafkaKey"], own["schemaRegistryKey"]]
    else:
        place = own["secret"]
        import boto3  # only who keeps keys in Secrets Manager needs it

        secret = json.loads(boto3.client("secretsmanager").get_secret_value(SecretId=place)["SecretString"])
        pairs = [secret["kafka"], secret["registry"]]
    return (pairs[0]["key"], pairs[0]["secret"]), (pairs[1]["key"], pairs[1]["secret"])
