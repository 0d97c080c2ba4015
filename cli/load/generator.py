"""Sends events when they are due, whatever became of the ones before."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from queue import SimpleQueue

from cli.load import arrivals
from cli.load.scenario import Scenario, Stage
from cli.load.ways import Send, Way
from cli.traffic.events import Event

Item = tuple[list[float], list[Event]] | None  # when each is due (empty: now), and the events of one transaction


@dataclass(frozen=True, slots=True)
class Sent:
    """One event; times in Unix seconds: due, taken by a session, answered. `status`: `stored`, or what it was instead."""

    id: str
    due: float
    taken: float
    answered: float
    status: str


class Generator:
    """`ways`: sessions take them in turn. `sent` grows while it runs."""

    def __init__(self, scenario: Scenario, ways: Sequence[Way], events: Iterator[Event]) -> None:
        self.scenario, self.ways, self.events = scenario, ways, events
        self.sent: list[Sent] = []
        self.offered = 0
        self.problems: list[Exception] = []

    def run(self, stages: Iterable[Stage], progress: Callable[[], None] = lambda: None) -> None:
        """All stages; returns when every event was answered. Raises what a session could not begin or go on with."""
        for closed, some in groupby(stages, lambda stage: stage.batch is not None):
            if closed:
                for stage in some:
                    self.through(stage.parallel, self.batch(stage), progress)
            else:
                self.through(self.scenario.sessions, self.timed(list(some), progress), progress)
        if self.problems:
            raise self.problems[0]

    def through(self, sessions: int, items: Iterator[Item], progress: Callable[[], None]) -> None:
        """What comes, by so many sessions."""
        queue = SimpleQueue[Item]()
        ways = [self.ways[number % len(self.ways)] for number in range(sessions)]
        threads = [threading.Thread(target=self.work, args=(queue, way), daemon=True) for way in ways]
        for thread in threads:
            thread.start()
        for item in items:
            if self.problems:
                break
            self.offered += len(item[1]) if item else 0
            queue.put(item)
        for _ in threads:
            queue.put(None)
        for thread in threads:
            while thread.is_alive():
                thread.join(0.5)
                progress()

    def timed(self, stages: Sequence[Stage], progress: Callable[[], None]) -> Iterator[Item]:
        """Each when it is due, some together when a transaction holds more than one."""
        begin, size = time.time() + 0.1, self.scenario.transaction
        all_due = arrivals.due(stages)
        while chunk := list(islice(all_due, size)):
            item = [begin + one for one in chunk], list(islice(self.events, len(chunk)))
            progress()
            time.sleep(max(0.0, item[0][-1] - time.time()))
            yield item

    def batch(self, stage: Stage) -> Iterator[Item]:
        """So many of each type, all at once."""
        wanted = dict.fromkeys(self.scenario.types, stage.batch or 0)
        while any(wanted.values()):
            event = next(self.events)
            if wanted[event.type]:
                wanted[event.type] -= 1
                yield [], [event]

    def work(self, queue: "SimpleQueue[Item]", way: Way) -> None:
        """One session's share."""
        try:
            with way.session() as send:
                while (item := queue.get()) is not None:
                    self.note(item, send)
        except Exception as error:  # noqa: BLE001 - raised again by `run`, in the main thread
            self.problems.append(error)

    def note(self, item: tuple[list[float], list[Event]], send: Send) -> None:
        """Send, and write down how it went."""
        all_due, events = item
        taken = time.time()
        status = send(events)
        answered = time.time()
        for due, event in zip(all_due or [taken] * len(events), events, strict=True):
            self.sent.append(Sent(event.id, due, taken, answered, status))
