"""Large rows: good up to the budget all the way, named beyond it, and a way past one that loses nothing else.

Random text, so that nothing is smaller than it looks.
"""

import json
import secrets
import time

import psycopg
import pytest

from cli.client import dead_letters, kafka, wait
from cli.client.stack import Stack, local_dsn
from stacks.pipeline.topics import HEADROOM
from stacks.settings.kafka import MIB
from tests.engine.test_dead_letters import write
from tests.engine.test_health import becomes
from tests.support import ledger
from tests.support.bulk import commit, rows
from tests.support.cdc import cdc

pytestmark = pytest.mark.engine
BUDGET = 8 * MIB


def insert(running: Stack, identity: str, size: int) -> None:
    """An event whose header has so many bytes."""
    text = json.dumps({"uuid": identity, "padding": secrets.token_hex(size // 2)})
    row = (identity, "large", "CarCreated")
    with psycopg.connect(local_dsn(running, "postgres")) as connection:
        for table, column in (("business_events", "event_data"), ("event_headers", "header_data")):
            value = "{}" if table == "business_events" else text
            query = f"INSERT INTO {table} (id, event_name, event_type, {column}) VALUES (%s, %s, %s, %s)"  # noqa: S608
            connection.execute(query.encode(), (*row, value))


def delete(running: Stack, identity: str) -> None:
    with psycopg.connect(local_dsn(running, "postgres")) as connection:
        connection.execute("DELETE FROM business_events WHERE id = %s", (identity,))


@pytest.fixture
def prefix() -> str:
    return f"large-{time.time_ns()}-"


def test_up_to_the_budget_all_the_way(running: Stack, prefix: str) -> None:
    """To the routed topic, to the dead-letter topic, and back from there."""
    insert(running, prefix + "good", BUDGET - 2 * HEADROOM)
    ledger.all_arrived(running, {prefix + "good"}, 120)
    raw = running.contract.sources[0].raw_topic
    messages = kafka.read_all(running, "operator", [raw], 60)
    value = next(m.value() for m in messages if len(m.value() or b"") > BUDGET / 2)
    assert isinstance(value, bytes)
    write(running, raw, {(0, b"large"): value[:5] + b"\xff" * 9 + value[14:]}, prefix + "bad")

    def letters() -> list[dead_letters.DeadLetter]:
        return [one for one in dead_letters.read(running) if (prefix + "bad").encode() in one.headers.values()]

    wait.wait_for(lambda: len(letters()) == 1, 120, "the dead letter")
    assert len(letters()[0].value) == len(value)
    redriven = cdc("dead-letters", "redrive", letters()[0].id, "--force", "--json")
    assert redriven.returncode == 0, redriven.stderr
    commit(running, rows(10, prefix))
    ledger.all_arrived(running, {identity for identity, *_ in rows(10, prefix)}, 60)
    shown = cdc("tail", "raw", "--max", "1", "--json")
    assert shown.returncode == 0, shown.stderr


def test_beyond_it_the_row_is_named_and_passed_over(running: Stack, prefix: str) -> None:
    before, after = rows(100, prefix + "before-"), rows(100, prefix + "after-")
    commit(running, before)
    ledger.all_arrived(running, {identity for identity, *_ in before}, 60)
    insert(running, prefix + "bad", BUDGET + MIB)
    commit(running, after)

    def named() -> bool:
        done = cdc("status", "--json")
        told = json.loads(done.stdout)
        return done.returncode == 1 and any(prefix + "bad" in line for line in told["large_rows"])

    wait.wait_for(named, 120, "the row's name in the status")
    # The connector is started again and again, and in between it says nothing of it.
    wait.wait_for(lambda: "docs/runbooks/large-rows.md" in cdc("status").stdout, 60, "the runbook's name")
    refused = cdc("connector", "skip")
    assert refused.returncode == 1
    assert "--yes" in refused.stderr

    delete(running, prefix + "bad")
    skipped = cdc("connector", "skip", "--yes")
    assert skipped.returncode == 0, skipped.stderr
    assert "./cdc audit event-headers --repair" in skipped.stderr
    becomes(0, 120)
    repaired = cdc("audit", "event-headers", "--repair", "--json")
    assert json.loads(repaired.stdout)["still_missing"] == 0, repaired.stdout + repaired.stderr
    # Rows behind it in the same batch came each time that the connector was started again; none is missing.
    ledger.all_arrived(running, {identity for identity, *_ in after}, 60)
    assert cdc("audit", "event-headers").returncode == 0
