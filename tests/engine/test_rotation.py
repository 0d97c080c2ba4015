"""API keys rotate in two applies while events flow: nothing is lost, and the old keys end with the second."""

import json
import threading
import time

import pytest
from confluent_kafka import KafkaException

from cli.client import kafka, stack
from cli.client.stack import Stack
from cli.traffic.events import Factory
from cli.traffic.sender import sender
from cli.traffic.writer import Sent
from tests.support import ledger
from tests.support.cdc import cdc

pytestmark = pytest.mark.engine


def apply(active: str, kept: list[str]) -> Stack:
    """One apply with these generations."""
    keys = json.dumps({"active": active, "kept": kept})
    done = cdc(
        "pulumi",
        "up",
        "-s",
        "local",
        "--yes",
        "--skip-preview",
        "--non-interactive",
        "--config",
        f"cdc-streaming:keys={keys}",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return stack.load("local")


def works(running: Stack) -> bool:
    """Can a consumer sign in with the keys it knows?"""
    client = kafka.consumer(running, "car-consumer", "car-consumer-group")
    refused = 0
    for call in (lambda: client.list_topics("filtered-car-created-events", timeout=5), client.close):
        try:
            call()
        except KafkaException:
            refused += 1
    return not refused


def test_two_applies_and_no_outage(running: Stack) -> None:
    sent: list[Sent] = []
    stop = threading.Event()

    def flow() -> None:
        made = Factory(int(time.time())).mixed(100_000)
        events = iter(lambda: None if stop.is_set() else next(made), None)
        sent.append(sender(running, 2).send(events, rate=100))

    sending = threading.Thread(target=flow)
    sending.start()
    first = apply("2", ["1"])
    old, new = (s.keys["car-consumer"]["kafka"]["key"] for s in (running, first))
    assert old != new
    assert works(running)  # who has not read its secret again is still served
    assert works(first)
    second = apply("2", [])
    stop.set()
    sending.join(60)
    assert not works(running)
    assert works(second)
    ids = set(sent[0].commits)
    seen = ledger.all_arrived(second, ids, 120)
    counts = [n for topic in seen.counts.values() for i, n in topic.items() if i in ids]
    assert len(counts) == len(ids) > 100
    assert set(counts) == {1}
    back = apply("1", [])
    assert works(back)
    running.keys.clear()
    running.keys.update(back.keys)
