"""Latency at a fixed rate: from the commit in PostgreSQL to the arrival on the routed topic.

Usage: python -m bench.latency [--rate 1000] [--seconds 30] [--warm-up 15]. Needs a running local environment.
The reader is `read_uncommitted` (at least once); pass --committed for exactly once. Numbers go to bench/RESULTS.md.
"""

import argparse
import time
from typing import Any

from bench import machine
from cli import clients, stack
from cli.console import data
from cli.traffic.events import Factory
from cli.traffic.observer import Observer, percentile
from cli.traffic.writer import Writer


def measure(rate: int, seconds: int, warm_up: int, isolation: str) -> dict[str, Any]:
    """Send for a while, then for the measured time; percentiles of the measured part in milliseconds."""
    running = stack.load("local")
    topics = [r.topic for r in running.contract.routes] + [s.unrouted_topic for s in running.contract.sources]
    observer = Observer(running, topics, isolation)
    writer, factory = Writer(stack.local_dsn(running, "events_api")), Factory(int(time.time()))
    writer.send(factory.mixed(rate * warm_up), rate)
    sent = writer.send(factory.mixed(rate * seconds), rate)
    seen = lambda: set(sent.commits) <= {i for a in observer.seen.arrivals.values() for i in a}  # noqa: E731
    clients.wait_for(seen, 120, "the arrival of every event")
    observer.close()
    arrived = {i: times for a in observer.seen.arrivals.values() for i, times in a.items()}
    took = [1000 * (arrived[i][0] - at) for i, (_, at) in sent.commits.items()]
    shares = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "p99.9": 0.999}
    found = {name: round(percentile(took, share), 1) for name, share in shares.items()}
    repeated = sum(len(times) - 1 for times in arrived.values())
    achieved = round(len(took) / sent.seconds)
    return {
        "events": len(took),
        "rate": achieved,
        **found,
        "max": round(max(took), 1),
        "repeated": repeated,
        "reader": isolation,
    }


def main() -> None:
    """Print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=1000)
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--warm-up", type=int, default=15)
    parser.add_argument("--committed", action="store_true")
    given = parser.parse_args()
    isolation = "read_committed" if given.committed else "read_uncommitted"
    data({**measure(given.rate, given.seconds, given.warm_up, isolation), "machine": machine.describe()})


if __name__ == "__main__":
    main()
