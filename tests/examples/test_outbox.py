"""The outbox on a real PostgreSQL: what it writes is what the events API writes, and only with the change it tells of."""

import json
import random
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import psycopg
import pytest
import sqlalchemy
from events_api import validation
from events_api.database import TABLES, store
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session, scoped_session, sessionmaker

from cli.traffic.domain import Domain
from examples.outbox import outbox
from tests.support.paths import ROOT
from tests.support.postgres import serve

OWN = ("car_entities", "loan_entities", "loan_payment_entities", "service_record_entities")
READ = ("business_events", "event_headers", *OWN)


@pytest.fixture(scope="module")
def dsn() -> Iterator[str]:
    with serve() as found:
        address = f"postgresql://{found.user}:{found.password}@{found.host}:{found.port}/{found.database}"
        with psycopg.connect(address) as connection:
            for file in ("002_events.sql", "003_entities.sql"):
                connection.execute((ROOT / "schemas" / "postgres" / file).read_bytes())
            connection.execute("CREATE TABLE orders (id text PRIMARY KEY, status text)")
        yield address


Opened = Callable[[], AbstractContextManager[Any]]


class MySession(Session):
    """As applications have it."""


@pytest.fixture(params=["connection", "cursor", "engine", "session", "subclass", "scoped"])
def opened(request: pytest.FixtureRequest, dsn: str) -> Iterator[Opened]:
    """A way to a transaction that is kept when the block ends, and rolled back when it fails."""
    engine = sqlalchemy.create_engine(dsn.replace("postgresql://", "postgresql+psycopg://"))
    made: dict[str, Opened] = {
        "connection": lambda: psycopg.connect(dsn),
        "cursor": lambda: cursor(dsn),
        "engine": engine.begin,
        "session": sessionmaker(engine).begin,
        "subclass": sessionmaker(engine, class_=MySession).begin,
        "scoped": lambda: scoped(engine),
    }
    yield made[request.param]
    engine.dispose()


@contextmanager
def cursor(dsn: str) -> Iterator[psycopg.Cursor]:
    with psycopg.connect(dsn) as connection, connection.cursor() as found:
        yield found


@contextmanager
def scoped(engine: sqlalchemy.Engine) -> Iterator[Any]:
    session = scoped_session(sessionmaker(engine))
    with session.begin():
        yield session


def rows(connection: psycopg.Connection) -> dict[str, list[Any]]:
    return {table: connection.execute(f"TABLE {table} ORDER BY 1".encode()).fetchall() for table in READ}


@pytest.mark.parametrize("seed", range(3))
def test_it_writes_what_the_api_writes(dsn: str, seed: int) -> None:
    some = [one.body for one in Domain(seed).mixed(30)]
    chance = random.Random(seed)  # noqa: S311 - sample data
    again = [{**one, "eventHeader": {**one["eventHeader"], "uuid": f"{seed}-{n}"}} for n, one in enumerate(some)]
    chance.shuffle(again)  # older news of the same entities
    with psycopg.connect(dsn) as connection:
        tables = frozenset(name for (name,) in connection.execute(TABLES.encode()).fetchall())
        for body in [*some, *again]:
            store(connection, body, tables)
        by_api = rows(connection)
        connection.rollback()
        for body in [*some, *again]:
            outbox.add(connection, body, OWN)
        assert rows(connection) == by_api
        assert len(by_api["business_events"]) >= 60
        connection.rollback()


def test_an_event_is_kept_with_its_change_and_only_with_it(opened: Opened, dsn: str) -> None:
    class Refused(Exception):
        pass

    def place(connection: Any, order: str) -> str:
        plain = isinstance(connection, psycopg.Connection | psycopg.Cursor)
        statement: Any = "INSERT INTO orders VALUES (%(order)s, 'placed')"
        if not plain:
            statement = sqlalchemy.text("INSERT INTO orders VALUES (:order, 'placed')")
        connection.execute(statement, {"order": order})
        return outbox.add(
            connection, outbox.event("OrderPlaced", outbox.entity("Order", order, total=12.5), tenant="x")
        )

    with opened() as connection:
        kept = place(connection, str(uuid.uuid4()))
    with pytest.raises(Refused), opened() as connection:  # noqa: PT012 - the block's end is what is tested
        lost = place(connection, "bad")
        raise Refused
    with psycopg.connect(dsn) as connection:
        found = dict(connection.execute("SELECT id, header_data FROM event_headers").fetchall())
        assert found[kept]["tenant"] == "x"
        assert lost not in found
        assert connection.execute("SELECT 1 FROM orders WHERE id = 'bad'").fetchone() is None
        (whole,) = connection.execute("SELECT event_data FROM business_events WHERE id = %s", (kept,)).fetchone() or ()
    assert validation.problems(whole) == []
    assert whole["entities"][0]["total"] == 12.5


def test_a_second_event_of_one_id_ends_the_transaction(opened: Opened, dsn: str) -> None:
    event = outbox.event("OrderPlaced", outbox.entity("Order", "1"))
    with opened() as connection:
        assert outbox.add(connection, event) == event["eventHeader"]["uuid"]
    with pytest.raises((psycopg.errors.UniqueViolation, sqlalchemy.exc.IntegrityError)), opened() as connection:
        outbox.add(connection, event)
    with psycopg.connect(dsn) as connection, pytest.raises(psycopg.errors.UniqueViolation):
        store(connection, event, frozenset())  # the API calls it a duplicate


def test_what_it_cannot_keep_is_refused() -> None:
    with pytest.raises(TypeError, match="synchronous"):
        outbox.add(AsyncSession(), outbox.event("OrderPlaced", outbox.entity("Order", "1")))
    with pytest.raises(ValueError, match="at least one entity"):
        outbox.event("OrderPlaced")


def test_an_event_is_one_of_the_api() -> None:
    event = outbox.event("LoanPaymentSubmitted", outbox.entity("LoanPayment", "p-1", amount=3), uuid="mine")
    assert validation.problems(event) == []
    assert event["eventHeader"]["eventName"] == "Loan Payment Submitted"
    assert json.loads(json.dumps(event))["eventHeader"]["uuid"] == "mine"
