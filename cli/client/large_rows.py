"""Rows that are larger than the topics take: which ones they are, when the connector cannot get past one."""

from collections.abc import Iterator

import psycopg
from psycopg import sql

from cli.client.stack import Stack, local_dsn
from stacks.routes.column_types import LARGE
from stacks.routes.model import Routes, Source
from stacks.settings.model import Settings

REFUSED = "RecordTooLargeException"  # what the connector's trace says then
STORED = (
    65_536  # bytes: a value that takes less in the table, compressed, has a few mebibytes at most; it is not unpacked
)
SHOWN, PATIENCE = 3, 10_000  # rows of a table; milliseconds


def problems(stack: Stack, settings: Settings, routes: Routes) -> Iterator[str]:
    """A line per row of the captured tables that no record can hold: table, key, size."""
    limit = settings.kafka.max_message_bytes
    with psycopg.connect(local_dsn(stack, "cdc"), connect_timeout=5) as connection:
        connection.execute(f"SET statement_timeout = {PATIENCE}".encode())
        for source in routes.sources:
            names = [column.in_table for column in source.columns if column.key]
            for *key, size in connection.execute(query(source, names, limit)).fetchall():
                named = ", ".join(f"{name} {value}" for name, value in zip(names, key, strict=True))
                yield (
                    f"{source.table}: the row with {named} has {size:,} bytes, a record at most {limit:,}: "
                    "docs/runbooks/large-rows.md"
                )


def query(source: Source, names: list[str], limit: int) -> sql.Composed:
    """Keys and bytes of the largest rows."""
    large = [sql.Identifier(column.in_table) for column in source.columns if column.type in LARGE]
    one = sql.SQL("CASE WHEN pg_column_size({0}) > {1} THEN octet_length({0}::text) ELSE 0 END")
    size = sql.SQL(" + ").join([sql.Literal(0), *(one.format(name, STORED) for name in large)])
    listed = sql.SQL(", ").join([*map(sql.Identifier, names), sql.SQL("{} AS bytes").format(size)])
    table = sql.Identifier(*source.table.split("."))
    return sql.SQL("SELECT * FROM (SELECT {} FROM {}) AS sized WHERE bytes > {} ORDER BY bytes DESC LIMIT {}").format(
        listed, table, limit, SHOWN
    )
