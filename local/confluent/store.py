"""What must outlive a run: every object of the local cloud, as JSON documents in one SQLite file."""

import json
import secrets
import sqlite3
import string
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

Document = dict[str, Any]
ALPHABET = string.ascii_lowercase + string.digits


class Store:
    """Documents by kind and id. Each write is one durable transaction."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        self.database = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        self.database.execute("PRAGMA journal_mode=WAL")
        self.database.execute(
            "CREATE TABLE IF NOT EXISTS documents (kind TEXT, id TEXT, body TEXT, PRIMARY KEY (kind, id))"
        )

    def get(self, kind: str, identity: str) -> Document | None:
        """One document, or None."""
        row = self.database.execute("SELECT body FROM documents WHERE kind=? AND id=?", (kind, identity)).fetchone()
        return json.loads(row[0]) if row else None

    def all(self, kind: str) -> Iterator[Document]:
        """Every document of a kind, oldest first."""
        rows = self.database.execute("SELECT body FROM documents WHERE kind=? ORDER BY rowid", (kind,)).fetchall()
        return (json.loads(body) for (body,) in rows)

    def keys(self, kind: str) -> list[str]:
        """The ids of a kind."""
        return [name for (name,) in self.database.execute("SELECT id FROM documents WHERE kind=?", (kind,)).fetchall()]

    def put(self, kind: str, identity: str, document: Document) -> Document:
        """Insert or replace."""
        self.database.execute(
            "INSERT INTO documents VALUES (?, ?, ?) ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body",
            (kind, identity, json.dumps(document)),
        )
        return document

    def delete(self, kind: str, identity: str) -> None:
        """Remove; nothing happens when it is not there."""
        self.database.execute("DELETE FROM documents WHERE kind=? AND id=?", (kind, identity))


def new_id(prefix: str, length: int = 6) -> str:
    """An id in Confluent's form, such as `lkc-4f7q2x`."""
    return f"{prefix}-" + "".join(secrets.choice(ALPHABET) for _ in range(length))


def now() -> str:
    """RFC 3339 in UTC: the only form of time the plugin decodes."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
