"""Routes against a database's catalog: what the migrator looks at, with the lines of routes.yaml."""

import psycopg
from migrator import catalog
from migrator.difference import Difference

from stacks.errors import CdcError, Finding
from stacks.files.yaml_document import Document
from stacks.routes.expectations import expected
from stacks.routes.model import Routes, Source


def findings(dsn: str, publication: str, routes: Routes, document: Document) -> list[Finding]:
    """Every difference, at the line it belongs to. CdcError when the database cannot be asked."""
    try:
        with psycopg.connect(dsn, connect_timeout=5) as connection:
            connection.read_only = True
            wanted = [expected(source) for source in routes.sources]
            found = catalog.differences(connection, publication, wanted)
    except psycopg.Error as error:
        text = str(error).strip().splitlines()[0]
        raise CdcError(
            f"the database cannot be asked: {text}",
            "--database takes a connection string of the tables' owner: postgresql://owner@host:5432/name "
            "(the password: PGPASSWORD or a .pgpass file)",
        ) from error
    return [document.locate(finding(one, routes.sources)) for one in found]


def finding(one: Difference, sources: list[Source]) -> Finding:
    """A difference as a finding: at the source, at its table, or at its column."""
    place: tuple[str | int, ...] = ("sources",)
    for number, source in enumerate(sources):
        if source.table == one.table:
            place = ("sources", number, "table")
            names = [column.in_table for column in source.columns]
            if one.column in names:
                place = ("sources", number, "columns", names.index(one.column))
    subject = ".".join(filter(None, [one.table, one.column])) or "the server"
    severity = "error" if one.stops else "warning"
    return Finding(one.rule, place, f"{subject}: {one.problem}", hint=one.hint, severity=severity)
