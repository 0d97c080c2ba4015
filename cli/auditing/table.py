"""The table's side: its keys in ranges, each a short transaction that only reads."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from cli.auditing import keys
from cli.auditing.keys import Key
from stacks.routes.model import Source

PAGE, ASKED = 50_000, 2_000  # keys of a range; keys of one question


@dataclass(frozen=True, slots=True)
class Page:
    """Keys that follow each other in the table. Every transaction older than `horizon` had ended when they were read."""

    keys: list[Key]
    horizon: int


@dataclass(frozen=True, slots=True)
class Since:
    """Rows whose column is not earlier than a time."""

    column: str
    time: str


@dataclass(frozen=True, slots=True)
class Table:
    """A source's table. `connection`: autocommit, as a role that may read it."""

    connection: psycopg.Connection
    source: Source

    @property
    def name(self) -> sql.Composable:
        """Schema and table, quoted."""
        return sql.Identifier(*self.source.table.split("."))

    def pages(self, since: Since | None = None) -> Iterator[Page]:
        """All its keys, or those since a time, in the key's order."""
        wanted = keys.columns(self.source)
        last: dict[str, Any] | None = None
        while True:
            horizon, found = self.range(last, since)
            if found:
                yield Page([keys.of(wanted, row) for row in found], horizon)
            if len(found) < PAGE:
                return
            last = found[-1]

    def range(self, last: dict[str, Any] | None, since: Since | None) -> tuple[int, list[dict[str, Any]]]:
        """The horizon, and the keys after `last`."""
        wanted = keys.columns(self.source)
        named = keys.names(wanted)
        tests: list[sql.Composable] = []
        if last is not None:
            values = sql.SQL(", ").join(map(sql.Literal, last.values()))
            tests.append(sql.SQL("({}) > ({})").format(named, values))
        if since is not None:
            tests.append(sql.SQL("{} >= {}").format(sql.Identifier(since.column), sql.Literal(since.time)))
        where = sql.SQL(" WHERE {}").format(sql.SQL(" AND ").join(tests)) if tests else sql.SQL("")
        query = sql.SQL("SELECT {} FROM {}{} ORDER BY {} LIMIT {}").format(
            keys.selected(wanted), self.name, where, named, PAGE
        )
        with self.connection.transaction(), self.connection.cursor(row_factory=dict_row) as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            row = cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS xmin").fetchone()
            return (row or {})["xmin"], cursor.execute(query).fetchall()

    def present(self, wanted: Sequence[Key]) -> set[Key]:
        """Which of these keys the table has now."""
        named = keys.columns(self.source)
        found: set[Key] = set()
        with self.connection.cursor(row_factory=dict_row) as cursor:
            for some in keys.parts(wanted, ASKED):
                query = sql.SQL("SELECT {} FROM {} WHERE {}").format(
                    keys.selected(named), self.name, keys.listed(named, some)
                )
                found.update(keys.of(named, row) for row in cursor.execute(query))
        return found

    def position(self) -> str:
        """Where the log ends: everything that was committed until now is before it."""
        row = self.connection.execute("SELECT pg_current_wal_insert_lsn()::text").fetchone()
        return row[0] if row else ""

    def passed(self, slot: str, position: str) -> bool:
        """Has the slot's reader everything before this position on its topics?"""
        query = "SELECT confirmed_flush_lsn >= %s::pg_lsn FROM pg_replication_slots WHERE slot_name = %s"
        row = self.connection.execute(query, (position, slot)).fetchone()
        return bool(row and row[0])
