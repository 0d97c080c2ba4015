"""How long no routed event could be read: the longest gap between arrivals at a `read_committed` consumer."""

import itertools
import threading
import time
from typing import Any

from cli.client import kafka
from cli.client.stack import Stack

PATTERN = "^(filtered-|unrouted-).*"


class Pauses:
    """Notes arrival times on all routed topics, those that are still to come as well."""

    def __init__(self, stack: Stack) -> None:
        settings: dict[str, Any] = {"auto.offset.reset": "latest", "topic.metadata.refresh.interval.ms": 2000}
        self.client = kafka.consumer(stack, "operator", f"cdc-tools-pauses-{time.time_ns()}", **settings)
        self.client.subscribe([PATTERN])
        self.arrivals: list[float] = []
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self) -> None:
        """Until `close`."""
        while not self.stopping.is_set():
            found = kafka.arrived(self.client)
            if any(m.error() is None for m in found):
                self.arrivals.append(time.time())
        self.client.close()

    def longest(self, start: float, end: float) -> float:
        """The longest time without an arrival between two moments, in seconds."""
        within = [start, *(t for t in self.arrivals if start <= t <= end), end]
        return round(max(b - a for a, b in itertools.pairwise(within)), 1)

    def close(self) -> None:
        """Stop reading."""
        self.stopping.set()
        self.thread.join(10)
