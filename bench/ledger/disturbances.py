"""What can happen to what captures: restarts of the connector, and ends of its worker, the database and the broker."""

import os
import signal
import time
from collections.abc import Callable

import httpx2
import psycopg
from confluent_kafka import KafkaException

from cli.client import kafka, wait
from cli.client.stack import Stack, local_dsn
from local.engines import client
from local.environment import Instance
from stacks.errors import CdcError

PATIENCE = 180  # seconds


def end(engine: str, how: signal.Signals) -> Callable[[Stack], None]:
    """A disturbance: a signal to an engine; the supervisor starts it again."""

    def disturb(_: Stack) -> None:
        state = next(e for e in client.engines(Instance.here()) or [] if e["name"] == engine)
        os.kill(state["pid"], how)

    return disturb


def restart_connector(stack: Stack) -> None:
    """As Connect's REST API does: stopped, and started again."""
    instance, name = Instance.here(), stack.contract.connector.name
    url = f"{instance.url('connect')}/connectors/{name}/restart?includeTasks=true"
    httpx2.post(url, timeout=30, trust_env=False, verify=instance.certificates.context)


def cut_off(stack: Stack) -> None:
    """The database ends the connector's connection."""
    with psycopg.connect(local_dsn(stack, "postgres"), autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'walsender'")


DISTURBANCES: list[tuple[str, Callable[[Stack], None]]] = [
    ("connector restarted", restart_connector),
    ("connector restarted", restart_connector),
    ("connector cut off", cut_off),
    ("worker stopped", end("connect", signal.SIGTERM)),
    ("worker killed", end("connect", signal.SIGKILL)),
    ("database stopped", end("postgres", signal.SIGINT)),
    ("database killed", end("postgres", signal.SIGKILL)),
    ("broker stopped", end("kafka", signal.SIGTERM)),
    ("broker killed", end("kafka", signal.SIGKILL)),
]


def recovered(stack: Stack, raw: str, events: int) -> float:
    """Seconds until rows that were committed after `events` are captured, or the raw topic has as many records as there were rows."""
    started, before = time.monotonic(), [-1]

    def moves() -> bool:
        try:
            now = records(stack, raw)
        except (KafkaException, CdcError):
            return False
        grown = before[0] >= 0 and now > before[0]
        before[0] = now if before[0] < 0 else before[0]
        return grown or now >= events

    wait.wait_for(moves, PATIENCE, "the capture's return")
    return round(time.monotonic() - started, 1)


def records(stack: Stack, raw: str) -> int:
    """Records on the raw topic."""
    return sum(high - low for low, high in kafka.topic_ends(stack, raw).values())
