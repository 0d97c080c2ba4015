"""What limits: the hop in which events wait ever longer; and how busy each engine was."""

import os
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from statistics import fmean

import psutil

from cli.client.stack import Stack
from cli.doctor.facts import Facts
from cli.load.verdict import Journey

GROWTH = 0.25  # seconds by which the waits of a hop must grow from the first to the last quarter of a run
BUSY = 0.85  # of a core: Python runs one thread at a time


@dataclass(frozen=True, slots=True)
class Hop:
    """`name`: where events are; `first`, `last`: mean seconds there in a run's first and last quarter."""

    name: str
    first: float
    last: float


@dataclass(frozen=True, slots=True)
class Limit:
    """`what`: the part that does not keep up, or empty. `why`: by which evidence."""

    what: str
    why: str


def hops(journeys: Sequence[Journey], entrance: str) -> list[Hop]:
    """Each part's own time. `entrance`: who stores events."""
    quarter = max(1, len(journeys) // 4)
    parts = (
        ("a free session", "due", "taken"),
        (entrance, "taken", "stored"),
        ("connector", "stored", "captured"),
        ("Flink", "captured", "routed"),
        ("Flink's commits", "routed", "readable"),
    )
    return [
        Hop(name, *(fmean(getattr(one, end) - getattr(one, begin) for one in some) for some in (journeys[:quarter], journeys[-quarter:])))
        for name, begin, end in parts
    ] if journeys else []  # fmt: skip


def find(journeys: Sequence[Journey], entrance: str, busy: Mapping[str, float]) -> Limit:
    """The hop whose waits grow most. `busy`: cores that each process used."""
    found = hops(journeys, entrance)
    worst = max(found, key=lambda hop: hop.last - hop.first, default=None)
    if worst is None or worst.last - worst.first < GROWTH:
        return Limit("", "no part makes events wait longer at the end than at the beginning")
    grown = f"events wait {worst.last:.2f} s for {worst.name} at the end, {worst.first:.2f} s at the beginning"
    what = worst.name
    if what == "a free session":
        what = "this generator" if busy.get("cdc load", 0) > BUSY else f"{entrance}, or too few sessions"
    used = ", ".join(f"{name} {cores:.2f}" for name, cores in sorted(busy.items(), key=lambda one: -one[1])[:4])
    return Limit(what, grown + (f"; cores used: {used}" if used else ""))


class Meter:
    """Cores that this process and each engine of the local environment use, from its making on."""

    def __init__(self, stack: Stack) -> None:
        rows = Facts(stack, None).engines if stack.local else []
        self.processes = {str(row["name"]): int(row["pid"]) for row in rows if row.get("pid")} | {
            "cdc load": os.getpid()
        }
        self.started, self.used = time.monotonic(), self.seconds()

    def seconds(self) -> dict[str, float]:
        """Of the processor, per process with its children, those that ended, too."""
        found: dict[str, float] = {}
        for name, pid in self.processes.items():
            with suppress(psutil.Error):
                process = psutil.Process(pid)
                children = process.children(recursive=True) if name != "cdc load" else []
                found[name] = sum(process.cpu_times()[:4]) + sum(sum(one.cpu_times()[:2]) for one in children)
        return found

    def cores(self) -> dict[str, float]:
        """Since the beginning."""
        elapsed, now = time.monotonic() - self.started, self.seconds()
        return {name: (now[name] - self.used[name]) / elapsed for name in now if name in self.used}
