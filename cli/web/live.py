"""What pages show of a stack: looked at again and again, often while somebody watches, else seldom."""

import threading
import time
from collections.abc import Iterator
from functools import cached_property

from cli.client.registry import Decoder
from cli.client.stack import Stack
from cli.doctor import probes
from cli.doctor.examine import examine
from cli.doctor.facts import Facts
from cli.doctor.probe import Result
from cli.lineage import graph
from cli.monitoring import snapshot
from cli.monitoring.families import Labels
from cli.monitoring.snapshot import Snapshot
from stacks.routes.model import Routes
from stacks.settings.model import Settings

OFTEN, SELDOM = 3.0, 15.0  # seconds between two looks
EXAMINED = 30.0  # seconds between two examinations by the doctor, while somebody watches
WATCHED = 60.0  # seconds that a page counts as watched after its last request
HOUR = 3600.0
STATES = ("connector_running", "statement_running", "slot_active")
RATE = 15.0  # seconds that rates are taken over, at least


def states(at: Snapshot) -> list[object]:
    """What is up, and what is not known: when that turns, the doctor looks at once."""
    return [(seen.values, bool(seen.problem)) for seen in at.families if seen.family.name in STATES]


class Live:
    """A stack, its files, and its last hour."""

    def __init__(self, stack: Stack, files: tuple[Settings, Routes], database: str | None) -> None:
        self.stack, (self.settings, self.routes), self.database = stack, files, database
        self.graph = graph.of(stack.name, self.settings, self.routes)
        self.history: tuple[Snapshot, ...] = ()  # replaced, never changed: pages walk through it meanwhile
        self.results: list[Result] = []
        self.version, self.changed = 0, threading.Condition()
        self.seen, self.examined = time.monotonic(), 0.0
        self.stopped, self.wanted = threading.Event(), threading.Event()

    @cached_property
    def decoder(self) -> Decoder:
        """Of records, with the schemas that were seen already."""
        return Decoder(self.stack, "operator")

    def start(self) -> None:
        """Look for the first time, and then in the background."""
        self.look()
        threading.Thread(target=self.run, daemon=True).start()

    def run(self) -> None:
        """Until it is stopped."""
        while not self.stopped.is_set():
            self.wanted.wait(OFTEN if self.watched else SELDOM)
            self.wanted.clear()
            if not self.stopped.is_set():
                self.look()

    @property
    def watched(self) -> bool:
        """Has somebody asked of late?"""
        return time.monotonic() - self.seen < WATCHED

    def asked(self) -> None:
        """Somebody looks at a page; after a while without anybody, what is shown is looked at again at once."""
        if not self.watched:
            self.wanted.set()
        self.seen = time.monotonic()

    def look(self) -> None:
        """A new state, and at times the doctor's."""
        facts = Facts(self.stack, self.database)
        found = snapshot.take(facts)
        turned = bool(self.history) and states(self.history[-1]) != states(found)
        if self.watched and (turned or time.monotonic() - self.examined > EXAMINED):
            self.results = examine(facts, probes.every())
            self.examined = time.monotonic()
        with self.changed:
            self.history = (*(one for one in self.history if one.at >= found.at - HOUR), found)
            self.version += 1
            self.changed.notify_all()

    def wait(self, known: int, seconds: float) -> int:
        """The version, as soon as it is another one, or after so many seconds."""
        with self.changed:
            self.changed.wait_for(lambda: self.version != known or self.stopped.is_set(), seconds)
            return self.version

    def close(self) -> None:
        """Stop looking."""
        self.stopped.set()
        self.wanted.set()
        with self.changed:
            self.changed.notify_all()

    def values(self, name: str, at: Snapshot | None = None) -> tuple[tuple[Labels, float], ...]:
        """A family's values, now or at another time."""
        seen = next(one for one in (at or self.history[-1]).families if one.family.name == name)
        return seen.values

    def value(self, name: str, **labels: str) -> float | None:
        """One value now; None when there is none."""
        for known, value in self.values(name):
            if labels.items() <= known.items():
                return value
        return None

    def unknown(self, name: str) -> str:
        """Why a family has no values now; empty when it has, or may have none."""
        seen = next(one for one in self.history[-1].families if one.family.name == name)
        return seen.problem or seen.skipped

    def rates(self) -> dict[str, float]:
        """Offsets per topic and second, over some seconds; none before there are two states."""
        now = self.history[-1]
        before = next((one for one in reversed(self.history) if one.at <= now.at - RATE), self.history[0])
        if before is now:
            return {}
        new, old = (self.ends(one) for one in (now, before))
        return {topic: max(0.0, (new[topic] - old.get(topic, new[topic])) / (now.at - before.at)) for topic in new}

    def ends(self, at: Snapshot) -> dict[str, float]:
        """Offsets per topic."""
        found: dict[str, float] = {}
        for labels, value in self.values("topic_offsets", at):
            found[labels["topic"]] = found.get(labels["topic"], 0) + value
        return found

    def series(self, name: str, **labels: str) -> Iterator[tuple[float, float]]:
        """A value over the last hour: Unix seconds and value."""
        for one in self.history:
            for known, value in self.values(name, one):
                if labels.items() <= known.items():
                    yield one.at, value
