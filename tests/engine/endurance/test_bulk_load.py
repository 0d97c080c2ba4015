"""Bulk loads while the connector is restarted: rows that share one WAL record share a position, and none may be passed over."""

import random
import signal
import threading
import time
from collections.abc import Callable

import psycopg
import pytest

from bench.ledger.disturbances import cut_off, end, restart_connector
from cli.client import wait
from cli.client.stack import Stack, local_dsn
from tests.support import ledger
from tests.support.bulk import commit, rows

pytestmark = pytest.mark.endurance
ROWS = 60_000
RESTARTS = 8
INTO = "INSERT INTO {table} SELECT '{prefix}' || n, 'bulk', 'CarCreated', now(), now(), '{{}}' FROM generate_series({first}, {last}) n"
VALUES = "('{prefix}{n}', 'bulk', 'CarCreated', now(), now(), '{{}}')"


def copy(stack: Stack, prefix: str) -> None:
    """COPY, 2,000 rows a transaction."""
    commit(stack, rows(ROWS, prefix))


def in_batches(stack: Stack, prefix: str, statement: Callable[[str, int, int], str], batch: int) -> None:
    with psycopg.connect(local_dsn(stack, "events_api")) as connection:
        for first in range(0, ROWS, batch):
            for table in ("business_events", "event_headers"):
                connection.execute(statement(table, first, first + batch - 1).encode())
            connection.commit()


def insert_select(stack: Stack, prefix: str) -> None:
    """INSERT … SELECT, 5,000 rows a transaction."""
    in_batches(stack, prefix, lambda t, a, b: INTO.format(table=t, prefix=prefix, first=a, last=b), 5000)


def insert_many(stack: Stack, prefix: str) -> None:
    """INSERT of many rows, 1,000 a transaction."""

    def statement(table: str, first: int, last: int) -> str:
        listed = ", ".join(VALUES.format(prefix=prefix, n=n) for n in range(first, last + 1))
        return f"INSERT INTO {table} VALUES {listed}"  # noqa: S608

    in_batches(stack, prefix, statement, 1000)


def one_transaction(stack: Stack, prefix: str) -> None:
    """All rows in one transaction."""
    in_batches(stack, prefix, lambda t, a, b: INTO.format(table=t, prefix=prefix, first=a, last=b), ROWS)


kill_worker = end("connect", signal.SIGKILL)
CHOICES = (restart_connector, restart_connector, restart_connector, cut_off)


def disturb(stack: Stack, started: int, dice: random.Random) -> None:
    """Disturb it at moments of the flow that rows choose, not a clock: somewhere in each part of the load."""
    for part in range(RESTARTS):
        target = started + (part * ROWS + dice.randint(0, ROWS)) // (RESTARTS + 2)
        wait.wait_for(lambda: ledger.raw_count(stack) >= target, 120, f"{target} records")  # noqa: B023
        (kill_worker if part == RESTARTS // 2 else dice.choice(CHOICES))(stack)


@pytest.mark.parametrize("load", [copy, insert_select, insert_many, one_transaction], ids=lambda f: f.__name__)
def test_no_row_is_lost_when_the_connector_stops_inside_a_bulk_load(running: Stack, load: Callable[..., None]) -> None:
    prefix = f"bulk-{load.__name__}-{time.time_ns()}-"
    started = ledger.raw_count(running)
    writing = threading.Thread(target=load, args=(running, prefix))
    writing.start()
    disturb(running, started, random.Random(load.__name__))  # noqa: S311
    writing.join(300)
    seen: dict[str, int] = {}

    def all_there() -> bool:
        seen.clear()
        seen.update(ledger.read(running, ["raw-event-headers"]).counts["raw-event-headers"])
        return sum(1 for identity in seen if identity.startswith(prefix)) == ROWS

    try:
        wait.wait_for(all_there, 120, f"{ROWS} rows")
    finally:
        own = [count for identity, count in seen.items() if identity.startswith(prefix)]
        print(f"{load.__name__}: {ROWS - len(own)} missing, {sum(own) - len(own)} repeated, {RESTARTS} disturbances")
