"""The load: events committed at a steady rate, each remembered with its kind, amount and the hash of its payload."""

import hashlib
import json
import random
import threading
import time
from dataclasses import dataclass

import psycopg

from bench.ledger.configuration import KINDS

STAMP = "2026-01-01T00:00:00Z"


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
    """Commits `rate` events a second, in transactions of up to 50, until it is stopped. Ids are e000000001 and so on."""

    def __init__(self, dsn: str, rate: int, seed: int) -> None:
        self.dsn, self.rate, self.random = dsn, rate, random.Random(seed)  # noqa: S311 - sample data
        self.events: list[Event] = []
        self.stopping = threading.Event()
        self.problem = ""
        self.seconds = 0.0
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self) -> None:
        """The loop. A database that refuses ends the load: nothing here may restart it."""
        started = time.monotonic()
        try:
            with psycopg.connect(self.dsn) as connection:
                while not self.stopping.is_set():
                    due = int((time.monotonic() - started) * self.rate) - len(self.events)
                    if due < 1:
                        time.sleep(0.002)
                        continue
                    self.commit(connection, min(due, 50))
        except psycopg.Error as error:
            self.problem = str(error)
        self.seconds = time.monotonic() - started

    def commit(self, connection: psycopg.Connection, count: int) -> None:
        """One transaction."""
        made = [self.make(len(self.events) + number) for number in range(count)]
        with connection.cursor() as cursor:
            for table in ("business_events", "event_headers"):
                with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                    for identity, event, text in made:
                        copy.write_row((identity, "ledger", event.kind, STAMP, STAMP, text))
        connection.commit()
        self.events += [event for _, event, _ in made]

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
