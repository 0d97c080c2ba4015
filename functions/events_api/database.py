"""One transaction per event: the event, its header, its entities. All of it or nothing."""

import json
import re
import threading
from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg import sql

CONNECT_SECONDS = 4  # more than the proxy's borrow timeout, so that its own message arrives
TRIES = 4  # of a transaction that another one made impossible
# The tables of entities: that of a type `LoanPayment` is called `loan_payment_entities`. A type without a table is in its event only.
TABLES = (
    r"SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_name LIKE '%\_entities'"
)
EVENT = "INSERT INTO business_events VALUES (%(id)s, %(name)s, %(type)s, %(created)s, %(saved)s, %(event)s)"
HEADER = "INSERT INTO event_headers VALUES (%(id)s, %(name)s, %(type)s, %(created)s, %(saved)s, %(header)s)"
# An entity that an older event mentions must not undo what a newer one said.
ENTITY = sql.SQL("""
INSERT INTO {table} AS known VALUES (%(entity)s, %(kind)s, %(created)s, %(updated)s, %(data)s, %(event)s)
ON CONFLICT (entity_id) DO UPDATE SET
    updated_at = excluded.updated_at, entity_data = excluded.entity_data, event_id = excluded.event_id
WHERE known.updated_at IS NULL OR excluded.updated_at IS NULL OR known.updated_at <= excluded.updated_at
""")


class Duplicate(Exception):
    """An event with this id was stored before."""


class Unfit(Exception):
    """The database cannot hold a value of the event. Nothing of it was kept."""


class Away(Exception):
    """The database cannot be reached, or was lost on the way. Nothing of the event was kept, or all of it."""


class Database:
    """Writes events. `environment`: DATABASE_HOST, _PORT, _NAME, _USER, _AUTH (`iam`, or `secret` with _SECRET)."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = environment
        self.local = threading.local()
        self.tables: frozenset[str] = frozenset()

    def connection(self) -> psycopg.Connection:
        """This thread's connection, a new one when it was lost."""
        found: psycopg.Connection | None = getattr(self.local, "connection", None)
        if found is None or found.closed:
            found = self.local.connection = self.connect()
        return found

    def connect(self) -> psycopg.Connection:
        """Sign in. Server-side prepared statements are off: they would pin a proxy's connections."""
        env = self.environment
        return psycopg.connect(
            host=env["DATABASE_HOST"],
            port=int(env["DATABASE_PORT"]),
            dbname=env["DATABASE_NAME"],
            connect_timeout=CONNECT_SECONDS,
            prepare_threshold=None,
            autocommit=True,
            **credentials(env),
        )

    def ping(self) -> None:
        """Raises Away when the database does not answer."""
        try:
            self.connection().execute("SELECT 1")
        except psycopg.OperationalError as error:
            self.forget()
            raise Away(first_line(error)) from error

    def write(self, event: Mapping[str, Any]) -> None:
        """Store a valid event. Raises Duplicate, Unfit or Away.

        What failed because of another transaction is tried again: nothing of it was kept.
        """
        for number in range(1, TRIES + 1):
            try:
                self.attempt(event)
                return
            except (psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure) as error:
                self.connection().execute("ROLLBACK")
                if number == TRIES:
                    raise Away(first_line(error)) from error
            except psycopg.errors.UniqueViolation as error:
                self.connection().execute("ROLLBACK")
                raise Duplicate from error
            except (psycopg.DataError, psycopg.IntegrityError) as error:
                self.connection().execute("ROLLBACK")
                raise Unfit(first_line(error)) from error
            except psycopg.Error as error:
                self.forget()
                raise Away(first_line(error)) from error

    def attempt(self, event: Mapping[str, Any]) -> None:
        """One transaction. A connection that was idle may be dead without our knowing: that shows before anything is written."""
        try:
            connection = self.connection()
            connection.execute("BEGIN")
        except psycopg.OperationalError:
            self.forget()
            connection = self.connection()
            connection.execute("BEGIN")
        store(connection, event, self.entity_tables(connection))
        connection.execute("COMMIT")

    def entity_tables(self, connection: psycopg.Connection) -> frozenset[str]:
        """The tables of entities that there are, asked once per process: a migration is followed by a deployment."""
        if not self.tables:
            self.tables = frozenset(name for (name,) in connection.execute(TABLES.encode()).fetchall())
        return self.tables

    def forget(self) -> None:
        """Close this thread's connection; what it had open is rolled back."""
        found: psycopg.Connection | None = getattr(self.local, "connection", None)
        if found is not None:
            found.close()
            self.local.connection = None


def table_of(kind: str) -> str:
    """The table of a type of entities: `LoanPayment` → `loan_payment_entities`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", kind).lower() + "_entities"


def store(connection: psycopg.Connection, event: Mapping[str, Any], tables: frozenset[str]) -> None:
    """The rows of one event, in the open transaction.

    Entities in one order, whatever the caller's: two events that are about the same ones never wait for each other.
    """
    header = event["eventHeader"]
    values = {
        "id": header["uuid"],
        "name": header["eventName"],
        "type": header.get("eventType"),
        "created": header.get("createdDate"),
        "saved": header.get("savedDate"),
        "event": json.dumps(event),
        "header": json.dumps(header),
    }
    connection.execute(EVENT, values)
    connection.execute(HEADER, values)
    named = [(table_of(entity["entityHeader"]["entityType"]), entity) for entity in event["entities"]]
    kept = [(table, entity) for table, entity in named if table in tables]
    for table, entity in sorted(kept, key=lambda pair: (pair[0], pair[1]["entityHeader"]["entityId"])):
        about = entity["entityHeader"]
        row = {
            "entity": about["entityId"],
            "kind": about["entityType"],
            "created": about.get("createdAt"),
            "updated": about.get("updatedAt"),
            "data": json.dumps(entity),
            "event": header["uuid"],
        }
        connection.execute(ENTITY.format(table=sql.Identifier(table)), row)


def credentials(environment: Mapping[str, str]) -> dict[str, Any]:
    """User, password and TLS. With IAM, the password is a token that is signed here and valid for 15 minutes."""
    user = environment["DATABASE_USER"]
    if environment["DATABASE_AUTH"] == "iam":
        import boto3
        import certifi

        client = boto3.client("rds")
        token = client.generate_db_auth_token(environment["DATABASE_HOST"], int(environment["DATABASE_PORT"]), user)
        return {"user": user, "password": token, "sslmode": "verify-full", "sslrootcert": certifi.where()}
    import boto3

    found = boto3.client("secretsmanager").get_secret_value(SecretId=environment["DATABASE_SECRET"])
    return {"user": user, "password": json.loads(found["SecretString"])["password"]}


def first_line(error: Exception) -> str:
    """An error's first line: the rest repeats it per address."""
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
