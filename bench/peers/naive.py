"""What a Python programmer writes first: read the slot, look at the type, produce. At least once, JSON, no registry.

As a process: `python -m bench.peers.naive`, with PEERS_DSN, PEERS_KAFKA (librdkafka's settings) and PEERS_TOPICS as JSON.
"""

import json
import os
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import psycopg
from confluent_kafka import Producer

from bench.peers.arm import Place
from bench.peers.ground import PUBLICATION, ground
from cli.client.kafka import local_admin_login
from local.environment import ROOT

SLOT = "naive"
ID, TYPE, HEADER = 0, 2, 5  # columns of event_headers
PEEK = (
    "SELECT lsn::text, data FROM pg_logical_slot_peek_binary_changes(%s, NULL, 20000, 'proto_version', '1',"
    " 'publication_names', %s)"
)


def columns(message: bytes) -> list[str | None]:
    """The values of an Insert message of pgoutput ("I", relation, "N", then each column's kind, length and text)."""
    (count,), position, found = struct.unpack_from(">h", message, 6), 8, list[str | None]()
    for _ in range(count):
        kind, position = message[position : position + 1], position + 1
        if kind != b"t":
            found.append(None)
            continue
        (length,), position = struct.unpack_from(">i", message, position), position + 4
        found.append(message[position : position + length].decode())
        position += length
    return found


def main() -> None:
    """Route until killed. What was produced and not yet confirmed to the slot comes again after a crash."""
    topics = json.loads(os.environ["PEERS_TOPICS"])
    producer = Producer({**json.loads(os.environ["PEERS_KAFKA"]), "linger.ms": 5, "compression.type": "lz4"})
    with psycopg.connect(os.environ["PEERS_DSN"], autocommit=True) as connection:
        while True:
            changes = connection.execute(PEEK, (SLOT, PUBLICATION), binary=True).fetchall()
            for _, message in changes:
                if message[:1] == b"I":
                    row = columns(message)
                    producer.produce(topics[row[TYPE]], row[HEADER], row[ID])
                    producer.poll(0)
            if changes:
                producer.flush()
                connection.execute("SELECT pg_replication_slot_advance(%s, %s)", (SLOT, changes[-1][0]))
            else:
                time.sleep(0.01)


def running(port_base: int) -> Callable[[Path], AbstractContextManager[Place]]:
    """The arm, in a folder of its own."""

    @contextmanager
    def arm(folder: Path) -> Generator[Place]:
        with ground(folder, port_base) as found:
            with psycopg.connect(found.dsn, autocommit=True) as connection:
                connection.execute("SELECT pg_create_logical_replication_slot(%s, 'pgoutput')", (SLOT,))
            told = {
                "PEERS_DSN": found.dsn,
                "PEERS_KAFKA": json.dumps(local_admin_login(found.instance)),
                "PEERS_TOPICS": json.dumps(found.topics),
            }
            command = [sys.executable, "-m", "bench.peers.naive"]
            process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **told, "PYTHONPATH": str(ROOT)})
            try:
                yield found.place([process.pid])
            finally:
                process.kill()
                process.wait()

    return arm


if __name__ == "__main__":
    main()
