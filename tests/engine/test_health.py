"""`cdc status` is green while data moves, red while it does not, and green again: whatever the processes say."""

import json
from collections.abc import Mapping
from itertools import count
from typing import Any

import psycopg
import pytest
from confluent_kafka import Producer

from cli.client import flow, held, kafka, wait
from cli.client.stack import Stack, local_dsn
from tests.engine.test_dead_letters import write
from tests.support import ledger
from tests.support.bulk import commit, rows
from tests.support.cdc import cdc

pytestmark = pytest.mark.engine
LOOKS = 6  # one after the other: a connector in a loop is RUNNING in between


def status() -> tuple[int, dict[str, Any]]:
    done = cdc("status", "--json")
    return done.returncode, json.loads(done.stdout)


def becomes(code: int, seconds: float) -> dict[str, Any]:
    """Wait until it ends with this exit code each time that it is looked at."""
    last: list[dict[str, Any]] = []

    def steady() -> bool:
        for _ in range(LOOKS):
            found, seen = status()
            last[:] = [seen]
            if found != code:
                return False
        return True

    try:
        wait.wait_for(steady, seconds, f"exit code {code} of cdc status")
    except Exception as error:
        raise AssertionError(json.dumps(last, indent=1, default=str)[:4000]) from error
    return last[0]


def test_a_jump_of_dead_letters(running: Stack) -> None:
    """The share is of what came in within minutes, whatever tests before this one sent: so the noise is a share of it too."""
    commit(running, rows(30_000, "health-before-"))
    moved = becomes(0, 120)["flow"]["sources"][0]
    raw = running.contract.sources[0].raw_topic
    noise = {(number % 3, f"k{number}".encode()): b"noise" for number in range(int(2 * flow.SHARE * moved["raw"]))}
    write(running, raw, noise, "cdc-health")
    assert any("dead letters for" in problem for problem in becomes(1, 60)["flow"]["problems"])
    batch = count()

    def good() -> bool:
        before, number = ledger.raw_count(running), next(batch)
        commit(running, rows(moved["raw"], f"health-good-{number}-"))
        wait.wait_for(lambda: ledger.raw_count(running) >= before + moved["raw"], 120, "good rows")
        return status()[0] == 0

    wait.wait_for(good, 240, "health after good rows")
    assert becomes(0, 60)["flow"]["problems"] == []


def test_a_connector_that_fails_again_and_again(running: Stack) -> None:
    with psycopg.connect(local_dsn(running, "postgres"), autocommit=True) as connection:
        connection.execute("ALTER ROLE cdc NOREPLICATION")
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'walsender'")
        try:
            becomes(1, 120)
        finally:
            connection.execute("ALTER ROLE cdc REPLICATION")
    becomes(0, 180)


def test_a_transaction_that_never_ends(running: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    """Readers of the topic stand still before it; when it ends, they go on."""
    monkeypatch.setattr(held, "LONGEST", 10)
    topic = running.contract.routes[0].topic
    producer = Producer({**kafka.local_admin_config(), "transactional.id": "cdc-tests-never-ends"})
    producer.init_transactions(30)
    producer.begin_transaction()
    producer.produce(topic, b"", partition=0)
    producer.flush(30)
    wait.wait_for(lambda: standing(running) == {topic: 1}, 60, "readers that stand still")
    producer.abort_transaction(30)
    wait.wait_for(lambda: standing(running) == {}, 60, "readers that go on")


def standing(running: Stack) -> Mapping[str, int]:
    """Partitions per topic whose readers stand still; each has a problem of its own."""
    seen, problems = flow.gather(running, interval=10, started=False)
    assert len([problem for problem in problems if "stand still in 1 partition," in problem]) == len(seen.held)
    return seen.held


def test_it_answers_from_offsets(running: Stack) -> None:
    """The share of unrouted rows is told only when all were counted."""
    _, found = status()
    counted = found["topics"]
    assert (counted["unrouted_share"] is None) == (not counted["complete"])
    client = kafka.consumer(running, "operator", "cdc-tools-tests")
    assert found["flow"]["sources"][0]["arrived"] == sum(
        high - low for low, high in kafka.ends(client, running.contract.sources[0].raw_topic).values()
    )
    client.close()
