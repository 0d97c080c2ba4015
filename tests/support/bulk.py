"""Many rows at once, straight into the database."""

import json

import psycopg

from cli.client.stack import Stack, local_dsn
from cli.traffic.events import TYPES

STAMP = "2026-01-01T00:00:00Z"
Row = tuple[str, str, str]


def rows(count: int, prefix: str, kinds: tuple[str, ...] = TYPES) -> list[Row]:
    """Id, type and header; the types in turn."""
    return [
        (f"{prefix}{number:07d}", kinds[number % len(kinds)], json.dumps({"uuid": f"{prefix}{number:07d}"}))
        for number in range(count)
    ]


def commit(running: Stack, made: list[Row], batch: int = 2000) -> None:
    """Insert in transactions of `batch` rows."""
    with psycopg.connect(local_dsn(running, "events_api")) as connection:
        for start in range(0, len(made), batch):
            for table in ("business_events", "event_headers"):
                with connection.cursor().copy(f"COPY {table} FROM STDIN") as copy:
                    for identity, kind, header in made[start : start + batch]:
                        copy.write_row((identity, "bulk", kind, STAMP, STAMP, header))
            connection.commit()
