"""Events at a steady rate, over several sessions: into the source database, one transaction each."""

import json
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Iterable
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import cache
from queue import Queue

import psycopg
from events_api.database import table_of
from psycopg import sql

from cli.traffic.events import Event
from stacks.errors import CdcError

# One statement is one round trip and one transaction: the event, its header (whose foreign key is checked at the end of
# the statement), and its entity.
INSERT = sql.SQL("""
WITH event AS (
    INSERT INTO business_events VALUES (%(id)s, %(name)s, %(type)s, %(created)s, %(saved)s, %(body)s)
), header AS (
    INSERT INTO event_headers VALUES (%(id)s, %(name)s, %(type)s, %(created)s, %(saved)s, %(header)s)
)
INSERT INTO {table} VALUES (%(entity)s, %(kind)s, %(entity_created)s, %(entity_updated)s, %(entity_body)s, %(id)s)
ON CONFLICT (entity_id) DO UPDATE SET
    updated_at = excluded.updated_at, entity_data = excluded.entity_data, event_id = excluded.event_id
""")


@cache
def statement(kind: str) -> str:
    """The statement of a type of entities."""
    return INSERT.format(table=sql.Identifier(table_of(kind))).as_string()


@dataclass
class Sent:
    """What was committed: event id → (type, Unix time right after the commit)."""

    commits: dict[str, tuple[str, float]] = field(default_factory=dict[str, tuple[str, float]])
    errors: list[Exception] = field(default_factory=list[Exception])
    seconds: float = 0


def write(connection: psycopg.Connection, event: Event) -> None:
    """One event with its one entity, in one transaction."""
    header, entity = event.body["eventHeader"], event.body["entities"][0]
    about = entity["entityHeader"]
    values = {
        "id": event.id,
        "name": header["eventName"],
        "type": event.type,
        "created": header["createdDate"],
        "saved": header["savedDate"],
        "body": json.dumps(event.body),
        "header": json.dumps(header),
        "entity": about["entityId"],
        "kind": about["entityType"],
        "entity_created": about["createdAt"],
        "entity_updated": about["updatedAt"],
        "entity_body": json.dumps(entity),
    }
    connection.execute(statement(about["entityType"]).encode(), values)


Write = Callable[[Event], None]


class Sender(ABC):
    """Sends events at a rate (0: as fast as it goes) over several sessions."""

    def __init__(self, sessions: int = 4, patience: float = 60) -> None:
        self.sessions = sessions
        self.patience = patience

    @abstractmethod
    def session(self) -> AbstractContextManager[Write]:
        """One thread's way to send: a function that returns when the event is committed, however often it must try."""

    def send(self, events: Iterable[Event], rate: float, progress: Callable[[int], None] = lambda _: None) -> Sent:
        """Send all; raises the first error after every thread has ended."""
        sent, queue = Sent(), Queue[tuple[float, Event] | None](maxsize=64)
        threads = [threading.Thread(target=self.work, args=(queue, sent), daemon=True) for _ in range(self.sessions)]
        started = time.time()
        for thread in threads:
            thread.start()
        for number, event in enumerate(events):
            if sent.errors:
                break
            queue.put((started + number / rate if rate else 0, event))
            progress(len(sent.commits))
        for _ in threads:
            queue.put(None)
        while any(thread.is_alive() for thread in threads):
            threads[0].join(0.1) if threads[0].is_alive() else time.sleep(0.05)
            progress(len(sent.commits))
        sent.seconds = time.time() - started
        if sent.errors:
            raise sent.errors[0]
        return sent

    def work(self, queue: "Queue[tuple[float, Event] | None]", sent: Sent) -> None:
        """One session's share."""
        with self.session() as write_one:
            while (item := queue.get()) is not None:
                if sent.errors:
                    continue  # drain, so that the producer never blocks
                due, event = item
                time.sleep(max(0.0, due - time.time()))
                try:
                    write_one(event)
                    sent.commits[event.id] = (event.type, time.time())
                except (psycopg.Error, CdcError) as error:
                    sent.errors.append(error)


class Writer(Sender):
    """Straight into the database. Survives a database that is away for a while."""

    def __init__(self, dsn: str, sessions: int = 4, patience: float = 60) -> None:
        super().__init__(sessions, patience)
        self.dsn = dsn

    @contextmanager
    def session(self) -> Generator[Write]:
        """One connection, made again when it is lost."""
        held: list[psycopg.Connection] = []

        def write_one(event: Event) -> None:
            held[:] = [self.commit(held[0] if held else None, event)]

        yield write_one
        for connection in held:
            connection.close()

    def commit(self, connection: psycopg.Connection | None, event: Event) -> psycopg.Connection:
        """Write one event, again after a lost connection; an event that did commit is not written twice."""
        deadline = time.time() + self.patience
        while True:
            try:
                current = connection or psycopg.connect(self.dsn, autocommit=True)
                connection = current
                write(current, event)
            except psycopg.errors.UniqueViolation:
                if connection is not None:
                    return connection  # the commit had arrived before the connection was lost
                raise
            except psycopg.OperationalError:
                if time.time() > deadline:
                    raise
                if connection is not None:
                    connection.close()
                connection = None
                time.sleep(0.2)
            else:
                return current
