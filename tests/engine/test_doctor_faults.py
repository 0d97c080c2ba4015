"""Engines that hang, slots that are lost, floods and consumers that stopped: named with the command that mends them."""

import signal
import time
from typing import Any

import psutil
import psycopg
import pytest
from confluent_kafka import Producer

from cli.client import kafka, recent
from cli.client.stack import Stack, local_dsn
from cli.client.wait import wait_for
from cli.doctor.facts import Facts
from tests.support import ledger
from tests.support.cdc import cdc
from tests.support.doctor import alone, database, doctor, healthy_again, sent, typed
from tests.support.engines import engine

pytestmark = pytest.mark.engine


@pytest.mark.parametrize(
    "name", ["postgres", "kafka", "registry", "connect", "jobmanager", "taskmanager", "gateway", "cloud", "aws"]
)
def test_a_held_engine(running: Stack, name: str) -> None:
    """It keeps its port and answers nobody: everything that asks it is not known, and why comes first."""
    process = psutil.Process(engine(name)["pid"])
    process.send_signal(signal.SIGSTOP)
    found = doctor()
    assert next(iter(found)) == "engines-run"
    assert [one["command"] for one in found["engines-run"]["findings"]] == [f"./cdc restart {name}"]
    if asked := ASKS.get(name):
        assert found[asked]["verdict"] != "ok"
    typed(running, f"./cdc restart {name}")
    healthy_again()


# A probe that cannot be answered without it.
ASKS = {
    "postgres": "slot-is-there",
    "kafka": "topics-are-there",
    "registry": "subjects-are-there",
    "connect": "connector-runs",
    "cloud": "statements-run",
}


def test_a_slot_that_was_dropped(running: Stack) -> None:
    slot = running.contract.database.slot
    assert cdc("connector", "pause").returncode == 0
    wait_for(lambda: alone(running, f"SELECT pg_drop_replication_slot('{slot}')"), 60, "the end of the slot")
    found = doctor()
    assert [one["command"] for one in found["slot-is-there"]["findings"]] == ["./cdc connector skip --yes"]
    assert found["slot-is-there"]["runbook"] == "docs/runbooks/slot.md"
    for command in ("./cdc connector skip --yes", "./cdc audit event-headers --repair"):  # as the runbook says
        typed(running, command)
    healthy_again()


def test_a_slot_that_was_advanced(running: Stack) -> None:
    """Silent loss: the connector would go on behind the rows. The audit finds and sends them."""
    slot = running.contract.database.slot
    assert cdc("connector", "pause").returncode == 0
    advance = f"SELECT pg_replication_slot_advance('{slot}', pg_current_wal_lsn())"
    database(running, "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE active")
    ids = sent(7)
    wait_for(lambda: alone(running, advance), 60, "the advance")
    found = doctor()
    commands = [one["command"] for one in found["slot-is-where-the-connector-is"]["findings"]]
    assert commands == ["./cdc audit event-headers --repair"]
    assert [one["command"] for one in found["connector-runs"]["findings"]] == ["./cdc connector resume"]
    typed(running, "./cdc connector resume")
    # It goes on behind the rows, or says that the server no longer has its position: then the doctor says what to type.
    wait_for(lambda: reads_or_says(running, slot), 60, "the connector's return")
    typed(running, "./cdc audit event-headers --repair")
    ledger.all_arrived(running, ids, 60)
    healthy_again()


def reads_or_says(running: Stack, slot: str) -> bool:
    told = doctor().get("connector-runs", {"findings": []})["findings"]
    if [one["command"] for one in told] == ["./cdc connector skip --yes"]:
        typed(running, "./cdc connector skip --yes")
    return not told and not inactive(running, slot)


def inactive(running: Stack, slot: str) -> bool:
    with psycopg.connect(local_dsn(running, "postgres")) as connection:
        row = connection.execute("SELECT active FROM pg_replication_slots WHERE slot_name = %s", (slot,)).fetchone()
    return row == (False,)


def test_no_slot_is_free(running: Stack) -> None:
    with psycopg.connect(local_dsn(running, "postgres"), autocommit=True) as connection:
        made = 0
        try:
            while True:
                connection.execute(f"SELECT pg_create_physical_replication_slot('left_{made}')".encode())
                made += 1
        except psycopg.errors.ConfigurationLimitExceeded:
            pass
        try:
            assert (
                doctor()["slots-are-free"]["findings"][0]["command"] == "psql -c 'SELECT * FROM pg_replication_slots'"
            )
        finally:
            for number in range(made):
                connection.execute(f"SELECT pg_drop_replication_slot('left_{number}')".encode())
    assert "slots-are-free" not in doctor()


def test_a_table_that_tells_less(running: Stack) -> None:
    database(running, "ALTER TABLE public.event_headers REPLICA IDENTITY DEFAULT")
    found = doctor()["tables-are-as-declared"]["findings"]
    typed(running, found[0]["command"])
    assert "tables-are-as-declared" not in doctor()


def test_a_flood_that_no_route_takes(running: Stack) -> None:
    # More than half of what came of late, whatever other tests sent in the last minutes.
    flood = str(2 * Facts(running).recent[running.contract.sources[0].raw_topic] + 1200)
    assert cdc("send", "--count", flood, "--rate", "0", "--via", "database", "--type", "LoanCancelled").returncode == 0
    unrouted = running.contract.sources[0].unrouted_topic
    wait_for(lambda: "few-rows-are-unrouted" in doctor(), 30, "the finding")
    finding = doctor()["few-rows-are-unrouted"]
    assert finding["verdict"] == "warning"
    assert [one["command"] for one in finding["findings"]] == [f"./cdc tail {unrouted} --max 5"]
    typed(running, finding["findings"][0]["command"])


def test_a_consumer_that_stopped(running: Stack) -> None:
    """It committed once, and a record has waited for an hour."""
    consumer = running.contract.consumers[3]
    topic = consumer.topics[0]
    client = kafka.consumer(running, consumer.name, consumer.group)
    places = kafka.partitions(client, topic)
    ends = kafka.ends(client, topic)
    for place in places:
        place.offset = ends[place.partition][1]
    client.commit(offsets=places, asynchronous=False)
    producer = Producer(kafka.local_admin_config())
    last = recent.last(running, topic, 1)[0]
    an_hour_ago = int((time.time() - 3600) * 1000)
    producer.produce(topic, last.value(), last.key(), places[0].partition, timestamp=an_hour_ago)
    producer.flush(10)
    finding = told(consumer.name)
    assert finding["severity"] == "warning"
    assert "the oldest for 60 minutes" in finding["evidence"]
    assert finding["cause"] == "it does not run"
    places[0].offset = ends[places[0].partition][1] + 1
    client.commit(offsets=places, asynchronous=False)
    client.close()
    assert told(consumer.name) == {}


def told(consumer: str) -> dict[str, Any]:
    """What is said of a consumer. (Others may have stopped in other tests.)"""
    findings = doctor().get("consumers-keep-up", {"findings": []})["findings"]
    return next((one for one in findings if one["evidence"].startswith(f"{consumer}:")), {})
