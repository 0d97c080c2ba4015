"""An arm under two works: a bulk of rows, as fast as it goes, and a steady rate for readers of committed records."""

import multiprocessing
import time
from dataclasses import asdict, dataclass
from typing import Any

import psutil

from bench.drain import commit, rows
from bench.latency import write
from bench.peers.arm import Place, Reader
from cli.client.wait import wait_for
from cli.traffic.observer import percentile

PATIENCE = 300  # seconds until what did not arrive counts as lost
STRAGGLERS = 3  # seconds more, for records that come twice


@dataclass(frozen=True)
class Figures:
    """Of one arm in one round. Latencies in ms from commit to arrival; CPU in µs an event; memory in MB."""

    events_per_s: float
    p50: float
    p99: float
    lost: int
    repeated: int
    misrouted: int
    cpu_arm: float
    cpu_kafka: float
    memory: float

    def document(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


def family(pids: list[int]) -> list[psutil.Process]:
    """Processes with their children."""
    parents = [psutil.Process(pid) for pid in pids]
    return [*parents, *(child for parent in parents for child in parent.children(recursive=True))]


def cpu_seconds(pids: list[int]) -> float:
    """What they have worked so far."""
    return sum(times.user + times.system for times in (one.cpu_times() for one in family(pids)))


def judged(reader: Reader, wanted: set[str]) -> tuple[int, int]:
    """How many were lost, and how many came again."""
    arrivals = [times for found in reader.seen.everywhere().values() for i, times in found.items() if i in wanted]
    return len(reader.seen.missing(wanted)), sum(len(times) for times in arrivals) - len(arrivals)


def arrive(reader: Reader, wanted: set[str]) -> None:
    """Wait until all are there, or until patience is over."""
    deadline = time.monotonic() + PATIENCE
    while reader.seen.missing(wanted) and time.monotonic() < deadline:
        time.sleep(0.2)
    time.sleep(STRAGGLERS)


def misplaced(reader: Reader, types: dict[str, str]) -> int:
    """Events of more than one type on one topic: a router that mixes them up. Counts those of the rarer types."""
    wrong = 0
    for found in reader.seen.everywhere().values():
        kinds = [types[identity] for identity in found if identity in types]
        wrong += len(kinds) - max((kinds.count(kind) for kind in set(kinds)), default=0)
    return wrong


def drain(place: Place, count: int) -> dict[str, float]:
    """Rows committed in bulk until the last is on its topic."""
    made, reader = rows(count), Reader(place, "read_committed")
    types = {identity: kind for identity, _, kind, _ in made}
    arm, kafka, started = cpu_seconds(place.pids), cpu_seconds([place.kafka_pid]), time.time()
    commit(place.dsn, made)
    arrive(reader, set(types))
    arm, kafka = cpu_seconds(place.pids) - arm, cpu_seconds([place.kafka_pid]) - kafka
    reader.close()
    lost, repeated = judged(reader, set(types))
    last = max(times[0] for found in reader.seen.everywhere().values() for times in found.values())
    return {
        "events_per_s": (count - lost) / (last - started),
        "lost": lost,
        "repeated": repeated,
        "misrouted": misplaced(reader, types),
        "cpu_arm": 1e6 * arm / count,
        "cpu_kafka": 1e6 * kafka / count,
    }


def latency(place: Place, rate: int, seconds: int, warm_up: int) -> dict[str, float]:
    """Single transactions at a rate, the sender in a process of its own; ms until a `read_committed` reader has them."""
    context = multiprocessing.get_context("spawn")
    reader, sent = Reader(place, "read_committed"), context.Queue()
    sender = context.Process(target=write, args=(place.dsn, rate, seconds, warm_up, sent))
    sender.start()
    commits, _ = sent.get(timeout=warm_up + seconds + 120)
    sender.join()
    arrive(reader, set(commits))
    reader.close()
    lost, repeated = judged(reader, set(commits))
    first = {i: times[0] for found in reader.seen.everywhere().values() for i, times in found.items()}
    took = [1000 * (first[i] - committed) for i, (_, committed) in commits.items() if i in first]
    return {"p50": percentile(took, 0.5), "p99": percentile(took, 0.99), "lost": lost, "repeated": repeated}


def everything(place: Place, count: int, rate: int, seconds: int) -> Figures:
    """A round of one arm: warmed by half of the rows, and by some seconds at the rate."""
    wait_for(lambda: all(psutil.pid_exists(pid) for pid in place.pids), 10, "the arm's processes")
    drain(place, max(count // 2, 1))
    bulk, steady = drain(place, count), latency(place, rate, seconds, warm_up=10)
    memory = sum(one.memory_info().rss for one in family(place.pids)) / 2**20
    both = {name: int(bulk[name] + steady[name]) for name in ("lost", "repeated")}
    kept = {name: round(bulk[name], 1) for name in ("events_per_s", "cpu_arm", "cpu_kafka")}
    times = {name: round(steady[name], 1) for name in ("p50", "p99")}
    return Figures(**kept, **times, **both, misrouted=int(bulk["misrouted"]), memory=round(memory))
