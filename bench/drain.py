"""Drain: rows are committed in bulk, then timed until the last one is on its routed topic, none missing.

Usage: python -m bench.drain [--rows 200000] [--types Type0,Type1]. Needs a running local environment. The clock starts at
the first commit.
"""

import argparse
import json
import time
import uuid
from collections.abc import Sequence
from typing import Any

import psycopg

from bench import machine
from cli.client import stack, wait
from cli.console import data
from cli.traffic.events import NAMES, TYPES
from cli.traffic.observer import Observer

BATCH = 2000


def rows(count: int, types: Sequence[str] = TYPES) -> list[tuple[str, str, str, str]]:
    """Ids, names, types and header JSON; the types in turn."""
    found = []
    for number in range(count):
        kind, identity = types[number % len(types)], str(uuid.uuid4())
        name = NAMES.get(kind, kind)
        stamp = "2026-01-01T00:00:00.000Z"
        header = {
            "uuid": identity,
            "eventName": name,
            "eventType": kind,
            "createdDate": stamp,
            "savedDate": stamp,
        }
        found.append((identity, name, kind, json.dumps(header)))
    return found


def commit(dsn: str, made: list[tuple[str, str, str, str]]) -> None:
    """Bulk inserts of BATCH rows a transaction."""
    with psycopg.connect(dsn) as connection, connection.cursor() as cursor:
        for start in range(0, len(made), BATCH):
            part = made[start : start + BATCH]
            for table in ("business_events", "event_headers"):
                with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                    for identity, name, kind, header in part:
                        copy.write_row((identity, name, kind, "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", header))
            connection.commit()


def misrouted(observer: Observer, made: list[tuple[str, str, str, str]], topics: dict[str, str]) -> int:
    """Arrivals on another topic than the one of the row's type."""
    types = {identity: kind for identity, _, kind, _ in made}
    return sum(topics.get(types.get(i, "")) != topic for topic, a in observer.seen.everywhere().items() for i in a)


def measure(
    count: int, types: Sequence[str] = TYPES, expected: dict[str, str] | None = None, patience: int = 300
) -> dict[str, Any]:
    """Events per second over the whole way, and what was missing, repeated or (with `expected`: type → topic) misrouted."""
    running = stack.load("local")
    topics = [r.topic for r in running.contract.routes] + [s.unrouted_topic for s in running.contract.sources]
    made = rows(count, types)
    observer = Observer(running, topics)
    started = time.time()
    commit(stack.local_dsn(running, "events_api"), made)
    written = time.time() - started
    wait.wait_for(lambda: observer.seen.total >= count, patience, "the arrival of every row")
    wanted = {identity for identity, *_ in made}
    wait.wait_for(lambda: not observer.seen.missing(wanted), 60, "the arrival of every row")
    observer.close()
    arrivals = observer.seen.everywhere().values()
    last = max(times[0] for a in arrivals for times in a.values())
    repeated = sum(len(times) - 1 for a in arrivals for times in a.values())
    whole = last - started
    return {
        "rows": count,
        "written_s": round(written, 1),
        "drained_s": round(whole, 1),
        "events_per_s": round(count / whole),
        "missing": 0,
        "repeated": repeated,
        **({"misrouted": misrouted(observer, made, expected)} if expected else {}),
    }


def main() -> None:
    """Print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--types", default=",".join(TYPES), help="event types of the rows, in turn")
    arguments = parser.parse_args()
    data({**measure(arguments.rows, arguments.types.split(",")), "machine": machine.describe()})


if __name__ == "__main__":
    main()
