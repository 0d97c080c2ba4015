"""The tables that the ledger can be about: the project's own, or one with quoted names in partitions that joins under load."""

from dataclasses import dataclass, field
from typing import Any

import psycopg

from cli.client.stack import Stack, local_dsn

DDL = """
CREATE SCHEMA "Ledger";
CREATE TABLE "Ledger"."Event-Headers" ("eventId" text PRIMARY KEY, "event name" text NOT NULL, "eventType" text,
    "createdDate" timestamptz, "savedDate" timestamptz, "header-data" jsonb NOT NULL DEFAULT '{}') PARTITION BY HASH ("eventId");
CREATE TABLE "Ledger"."Part 0" PARTITION OF "Ledger"."Event-Headers" FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE "Ledger"."Part 1" PARTITION OF "Ledger"."Event-Headers" FOR VALUES WITH (MODULUS 2, REMAINDER 1);
ALTER TABLE "Ledger"."Part 0" REPLICA IDENTITY FULL;
ALTER TABLE "Ledger"."Part 1" REPLICA IDENTITY FULL;
ALTER TABLE "Ledger"."Event-Headers" REPLICA IDENTITY FULL;
GRANT USAGE ON SCHEMA "Ledger" TO cdc, events_api;
GRANT SELECT ON "Ledger"."Event-Headers", "Ledger"."Part 0", "Ledger"."Part 1" TO cdc;
GRANT SELECT, INSERT ON "Ledger"."Event-Headers" TO events_api;
"""


@dataclass(frozen=True, slots=True)
class Table:
    """Its source, its key in SQL, and the names that routes use. `written`: the tables each event goes to; `declared`: what makes it a source."""

    source: str
    key: str
    kind: str
    payload: str
    saved: str
    written: tuple[str, ...]
    ddl: str = ""
    declared: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def raw(self) -> str:
        """Its raw topic."""
        return f"raw-{self.source}"

    @property
    def unrouted(self) -> str:
        """The topic of what no route takes."""
        return f"unrouted-{self.source}"

    def create(self, stack: Stack) -> None:
        """Make it, where it is not the project's own."""
        if self.ddl:
            with psycopg.connect(local_dsn(stack, "postgres"), autocommit=True) as connection:
                connection.execute(self.ddl.encode())


OWN = Table("event-headers", "id", "event_type", "header_data", "saved_date", ("business_events", "event_headers"))
QUOTED = Table(
    "ledger",
    '"eventId"',
    "eventType",
    "header_data",
    "savedDate",
    ('"Ledger"."Event-Headers"',),
    DDL,
    {
        "name": "ledger",
        "table": "Ledger.Event-Headers",
        "topic": "raw-ledger",
        "unroutedTopic": "unrouted-ledger",
        "deadLetterTopic": "dead-letter-ledger",
        "columns": [
            {"name": "eventId", "type": "string", "key": True},
            {"name": "event_name", "column": "event name", "type": "string"},
            {"name": "eventType", "type": "string", "nullable": True},
            {"name": "createdDate", "type": "timestamp", "nullable": True},
            {"name": "savedDate", "type": "timestamp", "nullable": True},
            {"name": "header_data", "column": "header-data", "type": "json"},
        ],
    },
)
