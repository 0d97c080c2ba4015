"""One way to bring rows from PostgreSQL to a topic each, as the measurement sees it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from confluent_kafka import Consumer

from cli.client.kafka import local_admin_login
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
        self.watch(Consumer({**local_admin_login(place.instance), **settings}), place.topics)
