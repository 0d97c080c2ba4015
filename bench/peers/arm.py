"""One way to bring rows from PostgreSQL to a topic each, as the measurement sees it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from confluent_kafka import Consumer

from cli.traffic.observer import Observer
from local.environment import Instance


@dataclass(frozen=True, kw_only=True)
class Place:
    """A running arm: where rows are written (`dsn`), where they arrive, and the processes that bring them there."""

    instance: Instance
    dsn: str
    topics: list[str]
    pids: list[int]
    kafka_pid: int
    identify: Callable[[bytes], str]


@dataclass(frozen=True, kw_only=True)
class Arm:
    """`guarantee` and `gives` stand in the table: nobody shall compare at least once with exactly once by mistake."""

    name: str
    what: str
    guarantee: str
    gives: str
    running: Callable[[Path], AbstractContextManager[Place]]


def login(instance: Instance) -> dict[str, Any]:
    """The platform's own way into the broker."""
    return {
        "bootstrap.servers": f"127.0.0.1:{instance.port('kafka_internal')}",
        "security.protocol": "SASL_PLAINTEXT",
        "sasl.mechanism": "PLAIN",
        "sasl.username": "admin",
        "sasl.password": instance.secrets["kafka"],
    }


class Reader(Observer):
    """Notes what arrives on an arm's topics from now on."""

    def __init__(self, place: Place, isolation: str) -> None:
        settings = {
            "group.id": "peers-reader",
            "enable.auto.commit": False,
            "isolation.level": isolation,
            "fetch.wait.max.ms": 10,
            "enable.partition.eof": True,
        }
        self.identify = place.identify
        self.watch(Consumer({**login(place.instance), **settings}), place.topics)
