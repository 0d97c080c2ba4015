"""Numbered DDL files, each applied once, in the order of their numbers.

A file runs in a transaction. One whose first line is `-- no transaction` holds a single statement that refuses to run in one
(`CREATE INDEX CONCURRENTLY …`): write it so that it can be tried again (`IF NOT EXISTS`).
"""

import hashlib
import re
from pathlib import Path

import psycopg

from migrator.schema import Dsn, connect

LEDGER = """
CREATE TABLE IF NOT EXISTS schema_migrations (
    file text PRIMARY KEY, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())
"""
LOCK = 7_236_110  # any number that is ours: two runs at once take turns
ALONE = re.compile(r"--\s*no transaction\s*$", re.IGNORECASE)


class Refused(Exception):
    """A file that cannot be applied: it was edited after it was (what it did cannot be taken back that way), or it fails."""


def migrate(dsn: Dsn, folder: Path) -> list[str]:
    """Apply the files that are not applied yet. Returns their names. Raises Refused; files before that one stay applied."""
    applied: list[str] = []
    with connect(dsn) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
        connection.execute(LEDGER)
        known = dict(connection.execute("SELECT file, sha256 FROM schema_migrations").fetchall())
        for file in in_order(folder):
            text = read(file)
            digest = hashlib.sha256(text.encode()).hexdigest()
            if known.get(file.name, digest) != digest:
                raise Refused(f"{named(file)} changed after it was applied: restore it and add a new numbered file")
            if file.name not in known:
                apply(connection, file, text, digest)
                applied.append(file.name)
    return applied


def in_order(folder: Path) -> list[Path]:
    """By number: 9 before 10."""
    return sorted(folder.glob("[0-9]*.sql"), key=lambda file: (number(file), file.name))


def read(file: Path) -> str:
    """A file's text. Raises Refused when it is none."""
    try:
        return file.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(f"{named(file)} is not UTF-8: byte {error.start}") from error


def number(file: Path) -> int:
    """What a file's name begins with."""
    found = re.match("[0-9]+", file.name)
    return int(found[0]) if found else 0


def named(file: Path) -> str:
    """A file as people know it."""
    return f"schemas/postgres/{file.name}"


def apply(connection: psycopg.Connection, file: Path, text: str, digest: str) -> None:
    """One file, and its entry in the ledger. Raises Refused with the line that fails."""
    entry = "INSERT INTO schema_migrations VALUES (%s, %s)"
    try:
        if ALONE.match(text.partition("\n")[0]):
            connection.execute(text.encode())
            connection.execute(entry, (file.name, digest))
            return
        with connection.transaction():
            connection.execute(text.encode())
            connection.execute(entry, (file.name, digest))
    except psycopg.errors.ActiveSqlTransaction as error:
        hint = "give it a file of its own whose first line is: -- no transaction"
        raise Refused(f"{place(file, text, error)}: {reason(error)}: {hint}") from error
    except psycopg.Error as error:
        raise Refused(f"{place(file, text, error)}: {reason(error)}") from error


def place(file: Path, text: str, error: psycopg.Error) -> str:
    """File and, where the server says it, line."""
    position = error.diag.statement_position
    return f"{named(file)}:{text.count(chr(10), 0, int(position)) + 1}" if position else named(file)


def reason(error: psycopg.Error) -> str:
    """What the server said, in one line."""
    return (error.diag.message_primary or str(error)).strip().splitlines()[0]
