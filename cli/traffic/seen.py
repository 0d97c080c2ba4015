"""What arrived so far. One thread notes it while others ask."""

import time
from collections.abc import Collection
from threading import Lock

from confluent_kafka import Message

Arrivals = dict[str, list[float]]  # event id → when it came, each time (Unix seconds)


class Seen:
    """Per topic: arrivals, and the last record. Every answer is the asker's own copy."""

    def __init__(self, topics: Collection[str]) -> None:
        self.lock, self.total = Lock(), 0
        self.arrivals: dict[str, Arrivals] = {topic: {} for topic in topics}
        self.newest: dict[str, Message] = {}

    def note(self, topic: str, identity: str | None, message: Message) -> None:
        """A record; `identity` is None for one without a key."""
        with self.lock:
            if identity is not None:
                self.arrivals[topic].setdefault(identity, []).append(time.time())
            self.newest[topic] = message
            self.total += 1

    def on(self, topic: str) -> Arrivals:
        """What arrived on a topic."""
        with self.lock:
            return {identity: list(times) for identity, times in self.arrivals[topic].items()}

    def everywhere(self) -> dict[str, Arrivals]:
        """What arrived, per topic."""
        return {topic: self.on(topic) for topic in self.arrivals}

    def missing(self, wanted: Collection[str]) -> set[str]:
        """Those that are on no topic yet."""
        with self.lock:
            return {one for one in wanted if not any(one in found for found in self.arrivals.values())}

    def first(self, topic: str, identity: str) -> float | None:
        """When it was first seen there."""
        with self.lock:
            times = self.arrivals[topic].get(identity)
            return times[0] if times else None

    def distinct(self) -> int:
        """How many events were seen; one that came on two topics counts twice."""
        with self.lock:
            return sum(len(found) for found in self.arrivals.values())

    def last(self, topic: str) -> Message | None:
        """The last record seen on a topic."""
        with self.lock:
            return self.newest.get(topic)
