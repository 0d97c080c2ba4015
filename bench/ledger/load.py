"""The load: events committed at a steady rate, each remembered with its kind, amount and the hash of its payload."""

import hashlib
import json
import random
import threading
import time
from dataclasses import dataclass

import psycopg

from bench.ledger.configuration import KINDS
from bench.ledger.table import Table

STAMP = "2026-01-01T00:00:00Z"
BULK_SHARE = 0.05  # of the transactions
Row = tuple[str, str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Event:
    """What the ledger knows of a committed event."""

    kind: str
    amount: float | None
    sha: bytes


def payload_hash(text: str) -> bytes:
    """Of the payload's content: PostgreSQL writes JSON with spaces of its own."""
    return hashlib.sha256(json.dumps(json.loads(text), sort_keys=True).encode()).digest()[:12]


class Load:
    """Commits `rate` events a second, in transactions of up to 50, until it is stopped. Ids are e000000001 and so on.

    `bulk`: now and then thousands in one transaction, by COPY or by INSERTs of many rows; and the database may go away meanwhile.
    """

    def __init__(self, dsn: str, rate: int, seed: int, table: Table, bulk: bool = False) -> None:
        self.dsn, self.rate, self.random, self.bulk = dsn, rate, random.Random(seed), bulk  # noqa: S311 - sample data
        self.tables, self.key = table.written, table.key
        self.events: list[Event] = []
        self.pending: list[tuple[str, Event, str]] = []
        self.stopping = threading.Event()
        self.problem = ""
        self.seconds = 0.0
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self) -> None:
        """The loop. A database that refuses ends the load, unless it is one that is restarted here."""
        started = time.monotonic()
        while not self.stopping.is_set() and not self.problem:
            try:
                with psycopg.connect(self.dsn, connect_timeout=5) as connection:
                    self.write(connection, started)
            except psycopg.Error as error:
                if not self.bulk or not isinstance(error, psycopg.OperationalError):
                    self.problem = str(error)
                time.sleep(0.2)
        self.seconds = time.monotonic() - started

    def write(self, connection: psycopg.Connection, started: float) -> None:
        """Transactions, as they are due."""
        if self.pending:
            self.settle(connection)
        while not self.stopping.is_set():
            due = int((time.monotonic() - started) * self.rate) - len(self.events)
            if due < 1:
                time.sleep(0.002)
                continue
            large = self.bulk and self.random.random() < BULK_SHARE
            self.commit(connection, self.random.randint(1000, 8000) if large else min(due, 50))

    def settle(self, connection: psycopg.Connection) -> None:
        """Was the transaction committed whose answer was lost?"""
        query = f"SELECT 1 FROM {self.tables[-1]} WHERE {self.key} = %s"  # noqa: S608 - a name of ours
        if connection.execute(query.encode(), (self.pending[0][0],)).fetchone():
            self.events += [event for _, event, _ in self.pending]
        connection.commit()
        self.pending = []

    def commit(self, connection: psycopg.Connection, count: int) -> None:
        """One transaction: COPY, or INSERTs of 500 rows each."""
        self.pending = [self.make(len(self.events) + number) for number in range(count)]
        rows = [(identity, "ledger", event.kind, STAMP, STAMP, text) for identity, event, text in self.pending]
        insert = self.bulk and self.random.random() < 0.5
        with connection.cursor() as cursor:
            for table in self.tables:
                (self.insert if insert else self.copy)(cursor, table, rows)
        connection.commit()
        self.events += [event for _, event, _ in self.pending]
        self.pending = []

    def copy(self, cursor: psycopg.Cursor, table: str, rows: list[Row]) -> None:
        """COPY."""
        with cursor.copy(f"COPY {table} FROM STDIN".encode()) as copy:
            for row in rows:
                copy.write_row(row)

    def insert(self, cursor: psycopg.Cursor, table: str, rows: list[Row]) -> None:
        """INSERTs of many rows."""
        for start in range(0, len(rows), 500):
            some = rows[start : start + 500]
            places = ", ".join(["(%s, %s, %s, %s, %s, %s)"] * len(some))
            query = f"INSERT INTO {table} VALUES {places}"  # noqa: S608 - names of ours
            cursor.execute(query.encode(), [value for row in some for value in row])

    def make(self, number: int) -> tuple[str, Event, str]:
        """Id, event, and payload. One in ten has no amount."""
        amount = None if number % 10 == 9 else round(self.random.uniform(0, 1000), 2)
        body = {"seq": number, "amount": amount} if number % 20 != 9 else {"seq": number}
        text = json.dumps(body)
        kind = self.random.choice(KINDS)
        return identity(number), Event(kind, amount, payload_hash(text)), text

    def stop(self) -> None:
        """Finish the running transaction and end."""
        self.stopping.set()
        self.thread.join(60)


def identity(number: int) -> str:
    """The id of the nth event."""
    return f"e{number:09d}"
