"""Who saw which event where, and when: on the raw topics, on the routed ones, and there for `read_committed`."""

import time
from collections.abc import Callable, Collection
from itertools import chain

from cli.client.stack import Stack
from cli.load.scenario import Stop
from cli.traffic.observer import Observer

LOOK = 0.25  # seconds between two looks


class Witness:
    """Reads from now on until `close`."""

    def __init__(self, stack: Stack) -> None:
        contract = stack.contract
        self.raw = [source.raw_topic for source in contract.sources]
        self.routed = list(
            dict.fromkeys([*(r.topic for r in contract.routes), *(s.unrouted_topic for s in contract.sources)])
        )
        self.early = Observer(stack, [*self.raw, *self.routed])
        self.late = Observer(stack, self.routed, "read_committed")

    def close(self) -> None:
        """Stop reading."""
        self.early.close()
        self.late.close()

    def settle(self, wanted: Collection[str], patience: float, progress: Callable[[], None]) -> None:
        """Until every event can be read, or nothing came for so many seconds."""
        known, moved, missing = -1, time.monotonic(), set(wanted)
        while missing := self.late.seen.missing(missing):
            if (now := self.late.seen.distinct()) != known:
                known, moved = now, time.monotonic()
            if time.monotonic() - moved > patience:
                return
            progress()
            time.sleep(LOOK)

    def firsts(self) -> dict[Stop, dict[str, float]]:
        """Per stop and event, when it first was there."""
        stops: tuple[Stop, ...] = ("captured", "routed", "readable")
        return {stop: self.first(stop) for stop in stops}

    def first(self, stop: Stop) -> dict[str, float]:
        """Per event, when it first was there."""
        seen = self.late.seen if stop == "readable" else self.early.seen
        topics = self.raw if stop == "captured" else self.routed
        found: dict[str, float] = {}
        for identity, times in chain.from_iterable(seen.on(topic).items() for topic in topics):
            found[identity] = min(times[0], found.get(identity, times[0]))
        return found

    def times_readable(self) -> dict[str, int]:
        """Per event, how many records of it `read_committed` readers had."""
        found: dict[str, int] = {}
        for identity, times in chain.from_iterable(one.items() for one in self.late.seen.everywhere().values()):
            found[identity] = found.get(identity, 0) + len(times)
        return found
