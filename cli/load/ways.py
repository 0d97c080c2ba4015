"""Ways in: one try for each event, and how it ended. A load test hides no refusal behind a second try."""

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager, contextmanager

import httpx2
import psycopg

from cli.client.stack import Stack, local_dsn
from cli.load.scenario import Scenario
from cli.traffic.api import ApiSender
from cli.traffic.events import Event
from cli.traffic.sender import sender
from cli.traffic.writer import write
from stacks.errors import CdcError

STORED = "stored"
Send = Callable[[Sequence[Event]], str]
PATIENCE = 30  # seconds for an answer


class Way(ABC):
    """`owner`: who answers."""

    owner: str

    @abstractmethod
    def session(self) -> AbstractContextManager[Send]:
        """One session: a function that sends some events together and says how that ended, `stored` or what it was instead."""


class Api(Way):
    """`POST /api/v1/events`, an event a request."""

    owner = "events API"

    def __init__(self, through: ApiSender) -> None:
        self.through = through

    @contextmanager
    def session(self) -> Generator[Send]:
        with httpx2.Client(timeout=PATIENCE, trust_env=not self.through.local) as http:
            yield lambda events: self.post(http, events)

    def post(self, http: httpx2.Client, events: Sequence[Event]) -> str:
        """Its status."""
        for event in events:
            body = json.dumps(event.body).encode()
            headers = self.through.signer.headers("POST", self.through.url, body)
            try:
                answer = http.post(self.through.url, content=body, headers=headers)
            except httpx2.TransportError as error:
                return type(error).__name__
            if answer.status_code != 200:
                return str(answer.status_code)
        return STORED


class Database(Way):
    """Straight into the tables, some events a transaction."""

    owner = "database"

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn

    @contextmanager
    def session(self) -> Generator[Send]:
        held = [psycopg.connect(self.dsn)]
        try:
            yield lambda events: self.commit(held, events)
        finally:
            held[0].close()

    def commit(self, held: list[psycopg.Connection], events: Sequence[Event]) -> str:
        """All of them or none. A connection that was lost costs the events at hand; the next have another one."""
        try:
            if held[0].closed:
                held[0] = psycopg.connect(self.dsn)
            with held[0].transaction(), held[0].pipeline():
                for event in events:
                    write(held[0], event)
        except psycopg.Error as error:
            return type(error).__name__
        return STORED


def chosen(stack: Stack, scenario: Scenario, database: str | None) -> list[Way]:
    """The scenario's ways into a stack. CdcError for one that the stack has not."""
    found: list[Way] = []
    if scenario.via in ("api", "both"):
        through = sender(stack)
        if not isinstance(through, ApiSender):
            raise CdcError(f"the stack {stack.name} has no events API", "via: database")
        found.append(Api(through))
    if scenario.via in ("database", "both"):
        if database is None and not stack.local:
            raise CdcError("the database's address is not known", "--database postgresql://events_api@host:5432/name")
        found.append(Database(database or local_dsn(stack, "events_api")))
    return found
