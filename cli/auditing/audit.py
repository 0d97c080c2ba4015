"""Keys of the table against keys of the topic, under load: what differs is looked at again before it counts."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from cli.auditing.keys import Key
from cli.auditing.table import Page, Since, Table
from cli.auditing.topic import LIVE, TopicKeys
from cli.client import wait

LOOKS, PATIENCE = 2, 90  # seconds until the connector has what was committed before
Progress = Callable[[str], None]


@dataclass(slots=True)
class Audit:
    """Both sides. `wanted`: what a key of the table must be on the topic. `missing` keeps the ranges that its keys are in."""

    table: Table
    topic: TopicKeys
    slot: str
    wanted: int = LIVE
    rows: int = 0
    missing: list[Page] = field(default_factory=list)
    extra: list[Key] = field(default_factory=list)

    def run(self, progress: Progress, since: Since | None = None) -> None:
        """Compare everything; look again at what seems to be extra, since rows came meanwhile.

        What is missing is so: its row was there before the position that the connector has passed.
        """
        seen = self.compare(progress, since)
        self.extra = [key for key, flags in self.topic.flags.items() if flags & LIVE and key not in seen]
        for _ in range(LOOKS if self.extra else 0):
            self.look_again(progress)

    def compare(self, progress: Progress, since: Since | None = None) -> set[Key]:
        """What is missing; returns the table's keys."""
        seen: set[Key] = set()
        pages = list(self.read(progress, since, seen))
        self.rows = len(seen)
        self.catch_up(progress)
        self.missing = self.without(pages)
        return seen

    def read(self, progress: Progress, since: Since | None, seen: set[Key]) -> list[Page]:
        """The table, range by range."""
        pages = []
        for page in self.table.pages(since):
            pages.append(page)
            seen.update(page.keys)
            progress(f"{len(seen):,} rows")
        return pages

    def catch_up(self, progress: Progress) -> None:
        """Wait until the connector has everything that is committed now, and read what it wrote. CdcError when it does not move."""
        position = self.table.position()
        progress("waiting for the connector")
        wait.wait_for(lambda: self.table.passed(self.slot, position), PATIENCE, "the connector's way to the log's end")
        self.topic.read_on()
        progress(f"{self.topic.records:,} records")

    def here(self, asked: Iterable[Key]) -> list[Key]:
        """The keys that are on the topic as wanted."""
        return [key for key in asked if self.topic.flags.get(key, 0) & self.wanted]

    def without(self, pages: list[Page]) -> list[Page]:
        """The keys of pages that are not on the topic as wanted."""
        flags = self.topic.flags
        left = [Page([key for key in page.keys if not flags.get(key, 0) & self.wanted], page.horizon) for page in pages]
        return [page for page in left if page.keys]

    def look_again(self, progress: Progress) -> None:
        """Keep what still differs."""
        there = [
            Page([key for key in page.keys if key in present], page.horizon)
            for page in self.missing
            if (present := self.table.present(page.keys))
        ]
        gone = set(self.extra) - self.table.present(self.extra)
        self.catch_up(progress)
        self.missing = self.without(there)
        self.extra = [key for key in self.extra if key in gone and self.topic.flags.get(key, 0) & LIVE]
