"""What an audit needs of a stack: its database, its settings, and one source."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg

from cli.auditing.table import Table
from cli.client.stack import Stack, local_dsn
from local.environment import ROOT
from stacks import load as loading
from stacks.errors import CdcError
from stacks.routes.model import Routes, Source
from stacks.settings.model import Settings


@dataclass(frozen=True, slots=True)
class Session:
    """A stack's files, and a connection to its database as one who may read the tables and write the signal table."""

    stack: Stack
    settings: Settings
    routes: Routes
    connection: psycopg.Connection

    def source(self, name: str) -> Source:
        """A source by name. CdcError, with those that there are."""
        found = next((source for source in self.routes.sources if source.name == name), None)
        if found is None:
            raise CdcError(f"there is no source {name}", f"sources: {', '.join(s.name for s in self.routes.sources)}")
        return found

    def table(self, name: str) -> Table:
        """A source's table."""
        return Table(self.connection, self.source(name))


@contextmanager
def connected(stack: Stack, database: str | None) -> Generator[Session]:
    """The session. `database`: an address of the stack's database; the local stack knows its own. CdcError where it fails."""
    if database is None and not stack.local:
        raise CdcError(
            f"the database of {stack.name} needs an address",
            "--database postgresql://cdc@host:5432/name, as a role that reads the tables and writes the signal table "
            "(the password: PGPASSWORD or a .pgpass file)",
        )
    settings, routes = loading.from_files(ROOT, stack.name)
    try:
        with psycopg.connect(database or local_dsn(stack, "cdc"), autocommit=True, connect_timeout=5) as connection:
            yield Session(stack, settings, routes, connection)
    except psycopg.Error as error:
        raise CdcError(f"the database: {str(error).strip()}", "look at its address and at the role's rights") from error
