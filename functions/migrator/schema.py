"""Roles' passwords, the look at the catalog, the publication: made as wanted, any number of times."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import psycopg
from psycopg import sql
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

from migrator import catalog
from migrator.difference import Difference, Expected, Unfit


@dataclass(frozen=True, slots=True)
class Dsn:
    """Where the database is and who signs in. `root_certificate`: a file of authorities that must vouch for the server."""

    host: str
    port: int
    database: str
    user: str
    password: str
    ssl_mode: str = "prefer"
    root_certificate: str | None = None


@retry(
    retry=retry_if_exception_type(psycopg.OperationalError),
    stop=stop_after_delay(30),
    wait=wait_fixed(0.3),
    reraise=True,
)
def connect(dsn: Dsn) -> psycopg.Connection:
    """A connection; a database that is just starting gets half a minute."""
    return psycopg.connect(
        host=dsn.host,
        port=dsn.port,
        dbname=dsn.database,
        user=dsn.user,
        password=dsn.password,
        sslmode=dsn.ssl_mode,
        sslrootcert=dsn.root_certificate,
        autocommit=True,
        connect_timeout=5,
    )


def set_passwords(dsn: Dsn, passwords: Mapping[str, str]) -> None:
    """Give roles their passwords, hashed on this side: the server logs DDL."""
    with connect(dsn) as connection:
        for role, password in passwords.items():
            secret = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
            statement = sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(secret))
            connection.execute(statement)


def look(dsn: Dsn, publication: str, sources: Sequence[Expected]) -> list[Difference]:
    """What differs and stops nothing. Raises Unfit when something does that would lose or invent data."""
    with connect(dsn) as connection:
        found = catalog.differences(connection, publication, sources)
    if stopping := [one for one in found if one.stops]:
        raise Unfit(stopping)
    return found


def ensure_publication(dsn: Dsn, name: str, tables: Iterable[str]) -> None:
    """The publication covers exactly these tables (`schema.table`); a partitioned one with all its partitions, as itself.

    Without `publish_via_partition_root` the rows of a partitioned table arrive under their partitions' names, which nothing
    captures. It means nothing for other tables. TRUNCATE is left out: it names no row that a record could be about.
    """
    listed = sql.SQL(", ").join(sql.Identifier(*table.split(".")) for table in sorted(tables))
    with connect(dsn) as connection:
        found = connection.execute("SELECT 1 FROM pg_publication WHERE pubname = %s", (name,)).fetchone()
        verb = sql.SQL("ALTER PUBLICATION {} SET TABLE {}") if found else sql.SQL("CREATE PUBLICATION {} FOR TABLE {}")
        with connection.transaction():
            connection.execute(verb.format(sql.Identifier(name), listed))
            option = sql.SQL(
                "ALTER PUBLICATION {} SET (publish_via_partition_root = true, publish = 'insert, update, delete')"
            )
            connection.execute(option.format(sql.Identifier(name)))
            if connection.info.server_version >= 180_000:  # without it, generated columns make UPDATEs fail under FULL
                option = sql.SQL("ALTER PUBLICATION {} SET (publish_generated_columns = stored)")
                connection.execute(option.format(sql.Identifier(name)))
