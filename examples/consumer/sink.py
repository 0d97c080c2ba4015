"""An idempotent sink in PostgreSQL: a record's effect and the mark that it happened are one transaction.

Kafka gives each record at least once to the work (a crash between work and commit repeats it); the mark, keyed by topic,
partition and offset, makes that exactly once from the table to the effect.
"""

from collections.abc import Callable

import psycopg

from examples.consumer.records import Record, Temporary

TABLE = """
CREATE TABLE IF NOT EXISTS consumed (
    consumer text, topic text, partition int, "offset" bigint, record_id text NOT NULL, at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (consumer, topic, partition, "offset")
)
"""
MARK = """
INSERT INTO consumed (consumer, topic, partition, "offset", record_id) VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""
Effect = Callable[[psycopg.Cursor], None]


class Sink:
    """One connection, made again when it is lost."""

    def __init__(self, address: str, consumer: str) -> None:
        self.address, self.consumer = address, consumer
        self.connection: psycopg.Connection | None = None

    def once(self, record: Record, effect: Effect) -> bool:
        """The effect, unless it happened before: then False. Temporary when the database is away."""
        try:
            connection = self.connected()
            with connection.transaction(), connection.cursor() as cursor:
                place = (record.topic, record.partition, record.offset)
                cursor.execute(MARK, (self.consumer, *place, str(next(iter(record.key.values()), ""))))
                if not cursor.rowcount:
                    return False
                effect(cursor)
                return True
        except psycopg.OperationalError as error:
            self.close()
            raise Temporary(f"database: {str(error).strip()}") from error

    def connected(self) -> psycopg.Connection:
        """The connection."""
        if self.connection is None or self.connection.closed:
            self.connection = psycopg.connect(self.address, connect_timeout=5, autocommit=True)
            self.connection.execute(TABLE)
        return self.connection

    def close(self) -> None:
        """Give it back."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None
