"""The source database of a `postgres` backend: numbered DDL, roles' passwords, the publication, and their removal."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

import psycopg
from psycopg import sql
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

from stacks.errors import CdcError

FOLDER = Path(__file__).parents[1] / "schemas" / "postgres"
LEDGER = """
CREATE TABLE IF NOT EXISTS schema_migrations (
    file text PRIMARY KEY, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())
"""


@retry(
    retry=retry_if_exception_type(psycopg.OperationalError),
    stop=stop_after_delay(30),
    wait=wait_fixed(0.3),
    reraise=True,
)
def connect(dsn: str) -> psycopg.Connection:
    """A connection; a database that is just starting gets half a minute."""
    return psycopg.connect(dsn, autocommit=True, connect_timeout=5)


def ensure_database(admin_dsn: str, name: str) -> None:
    """Make the database if it is not there."""
    with connect(admin_dsn) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
        if not found:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def migrate(dsn: str) -> list[str]:
    """Apply the numbered files that are not applied yet, each in a transaction. Returns their names.

    A file that changed after it was applied is refused: what it did cannot be taken back by editing it.
    """
    applied: list[str] = []
    with connect(dsn) as connection:
        connection.execute(LEDGER)
        known = dict(connection.execute("SELECT file, sha256 FROM schema_migrations").fetchall())
        for file in sorted(FOLDER.glob("[0-9]*.sql")):
            text = file.read_text()
            digest = hashlib.sha256(text.encode()).hexdigest()
            if known.get(file.name, digest) != digest:
                raise CdcError(
                    f"schemas/postgres/{file.name} changed after it was applied",
                    "restore it and add a new numbered file",
                )
            if file.name in known:
                continue
            with connection.transaction():
                connection.execute(text.encode())
                connection.execute("INSERT INTO schema_migrations VALUES (%s, %s)", (file.name, digest))
            applied.append(file.name)
    return applied


def set_passwords(dsn: str, passwords: dict[str, str]) -> None:
    """Give roles their passwords."""
    with connect(dsn) as connection:
        for role, password in passwords.items():
            statement = sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(password))
            connection.execute(statement)


def ensure_publication(dsn: str, name: str, tables: Iterable[str]) -> None:
    """The publication covers exactly these tables (`schema.table`)."""
    listed = sql.SQL(", ").join(sql.Identifier(*table.split(".")) for table in sorted(tables))
    with connect(dsn) as connection:
        found = connection.execute("SELECT 1 FROM pg_publication WHERE pubname = %s", (name,)).fetchone()
        verb = sql.SQL("ALTER PUBLICATION {} SET TABLE {}") if found else sql.SQL("CREATE PUBLICATION {} FOR TABLE {}")
        connection.execute(verb.format(sql.Identifier(name), listed))


def release(dsn: str, slot: str, publication: str) -> list[str]:
    """Drop the slot and the publication: what a deleted connector leaves behind. Returns what was dropped."""
    dropped: list[str] = []
    with connect(dsn) as connection:
        gone = connection.execute(
            "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = %s AND active",
            (slot,),
        ).fetchall()
        dropped += drop_slot(connection, slot, patience=100 if gone else 1)
        if connection.execute("SELECT 1 FROM pg_publication WHERE pubname = %s", (publication,)).fetchone():
            connection.execute(sql.SQL("DROP PUBLICATION {}").format(sql.Identifier(publication)))
            dropped.append(f"publication {publication}")
    return dropped


def drop_slot(connection: psycopg.Connection, slot: str, patience: int) -> list[str]:
    """Drop the slot as soon as its reader has let go."""
    wait = "SELECT pg_sleep(0.1)"
    for _ in range(patience):
        found = connection.execute("SELECT active FROM pg_replication_slots WHERE slot_name = %s", (slot,)).fetchone()
        if found is None:
            return []
        if not found[0]:
            connection.execute("SELECT pg_drop_replication_slot(%s)", (slot,))
            return [f"replication slot {slot}"]
        connection.execute(wait)
    raise CdcError(f"replication slot {slot} is still in use", "delete the connector first")


def rows(dsn: str, table: str) -> int:
    """How many rows a table has."""
    with connect(dsn) as connection:
        found = connection.execute(
            sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(*table.split(".")))
        ).fetchone()
        return int(found[0]) if found else 0
