"""Latency at a fixed rate: from the commit in PostgreSQL to the arrival on the routed topic.

Usage: python -m bench.latency [--rate 1000] [--seconds 30] [--warm-up 20] [--committed]. Needs a running local
environment. Sender and reader are processes of their own, on the same machine as the engines. The reader is
`read_uncommitted` (at least once), with --committed `read_committed` (exactly once).
"""

import argparse
import multiprocessing
import time
from multiprocessing.synchronize import Event
from typing import Any

from bench import machine
from cli.client import stack, wait
from cli.console import data
from cli.traffic.events import Factory
from cli.traffic.observer import Observer, percentile
from cli.traffic.writer import Writer

Commits = dict[str, tuple[str, float]]


def write(dsn: str, rate: int, seconds: int, warm_up: int, results: "multiprocessing.Queue[Any]") -> None:
    """Send for the warm-up, then for the measured time; hand over the commits of the latter."""
    writer, factory = Writer(dsn), Factory(int(time.time()))
    # Events are made beforehand: making them is not what is measured.
    warm, measured = list(factory.mixed(rate * warm_up)), list(factory.mixed(rate * seconds))
    if warm:
        writer.send(warm, rate)
    sent = writer.send(measured, rate)
    results.put((sent.commits, sent.seconds))


def observe(isolation: str, started: Event, stop: Event, results: "multiprocessing.Queue[Any]") -> None:
    """Note every arrival until told to stop."""
    running = stack.load("local")
    topics = [r.topic for r in running.contract.routes] + [s.unrouted_topic for s in running.contract.sources]
    observer = Observer(running, topics, isolation)
    started.set()
    stop.wait()
    observer.close()
    results.put({i: times for arrivals in observer.seen.everywhere().values() for i, times in arrivals.items()})


def measure(rate: int, seconds: int, warm_up: int, isolation: str) -> dict[str, Any]:
    """Percentiles of the measured part in milliseconds. Raises CdcError when an event does not arrive."""
    context = multiprocessing.get_context("spawn")
    started, stop, arrivals, commits = context.Event(), context.Event(), context.Queue(), context.Queue()
    reader = context.Process(target=observe, args=(isolation, started, stop, arrivals))
    reader.start()
    started.wait(60)
    dsn = stack.local_dsn(stack.load("local"), "events_api")
    sender = context.Process(target=write, args=(dsn, rate, seconds, warm_up, commits))
    sender.start()
    sent, took_seconds = commits.get(timeout=warm_up + seconds + 120)
    time.sleep(5)  # the last ones are on their way
    stop.set()
    arrived: dict[str, list[float]] = arrivals.get(timeout=60)
    for process in (sender, reader):
        process.join()
    missing = set(sent) - set(arrived)
    wait.wait_for(lambda: not missing, 0, f"the arrival of {len(missing)} events")
    return summary(sent, arrived, took_seconds, isolation)


def summary(sent: Commits, arrived: dict[str, list[float]], seconds: float, isolation: str) -> dict[str, Any]:
    """The figures."""
    took = [1000 * (arrived[i][0] - at) for i, (_, at) in sent.items()]
    shares = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "p99.9": 0.999}
    found = {name: round(percentile(took, share), 1) for name, share in shares.items()}
    repeated = sum(len(arrived[i]) - 1 for i in sent)
    counts = {"events": len(took), "rate": round(len(took) / seconds), "repeated": repeated}
    return {**counts, **found, "max": round(max(took), 1), "reader": isolation}


def main() -> None:
    """Print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=1000)
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--warm-up", type=int, default=20)
    parser.add_argument("--committed", action="store_true")
    given = parser.parse_args()
    isolation = "read_committed" if given.committed else "read_uncommitted"
    data({**measure(given.rate, given.seconds, given.warm_up, isolation), "machine": machine.describe()})


if __name__ == "__main__":
    main()
