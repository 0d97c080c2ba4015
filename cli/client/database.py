"""The source database of the local environment: made, prepared as the migrator does it, and released again."""

from collections.abc import Mapping
from pathlib import Path

import psycopg
from migrator import migrations, schema
from migrator.difference import Unfit
from migrator.schema import Dsn
from psycopg import sql

from stacks.errors import CdcError
from stacks.routes.expectations import expected
from stacks.routes.model import Routes
from stacks.settings.model import ConnectorSettings

FOLDER = Path(__file__).parents[2] / "schemas" / "postgres"


def connect(dsn: str) -> psycopg.Connection:
    """A connection."""
    return psycopg.connect(dsn, autocommit=True, connect_timeout=5)


def prepare(dsn: Dsn, passwords: Mapping[str, str], connector: ConnectorSettings, routes: Routes) -> list[str]:
    """What the migrator function does: DDL, passwords, a look at the catalog, publication. Returns what differs harmlessly."""
    try:
        migrations.migrate(dsn, FOLDER)
    except migrations.Refused as error:
        raise CdcError(
            str(error), "files that came before it are applied; to start over, without the data: ./cdc down --purge"
        ) from error
    schema.set_passwords(dsn, passwords)
    try:
        differs = schema.look(dsn, connector.publication, [expected(source) for source in routes.sources])
    except Unfit as error:
        raise CdcError(
            str(error), "nothing was published; ./cdc routes check --database DSN shows the lines"
        ) from error
    tables = [*(source.table for source in routes.sources), *connector.own_tables]
    schema.ensure_publication(dsn, connector.publication, tables)
    return [str(one) for one in differs]


def ensure_database(admin_dsn: Dsn, name: str) -> None:
    """Make the database if it is not there. CdcError where its owner is not let in: nothing can be done to it then."""
    try:
        connection = schema.connect(admin_dsn)
    except psycopg.OperationalError as error:
        forget = "./cdc logs postgres; if its passwords are lost, start over without the data: ./cdc down --purge"
        raise CdcError(f"PostgreSQL does not let its owner in: {str(error).strip()}", forget) from error
    with connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
        if not found:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


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
