"""`cdc send`: events into the source database, through the events API or straight."""

import json
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from cli.client import stack
from cli.console import data, out, say, step
from cli.traffic.events import TYPES, Event, Factory
from cli.traffic.sender import sender
from cli.traffic.writer import Writer
from stacks.errors import CdcError


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """`count` events of some types (none: of all), at `rate` a second (0: as fast as it goes)."""

    count: int
    rate: float
    kinds: list[str]
    seed: int | None

    def events(self) -> Iterator[Event]:
        """The events. CdcError for a type that is not known."""
        if unknown := [kind for kind in self.kinds if kind not in TYPES]:
            raise CdcError(f"unknown event type {', '.join(unknown)}", f"known: {', '.join(TYPES)}")
        factory = Factory(self.seed if self.seed is not None else int(time.time() * 1000))
        return factory.mixed(self.count, tuple(self.kinds) or TYPES)


def show(batch: Batch) -> int:
    """Bodies for `POST /api/v1/events`, a line each."""
    for event in batch.events():
        out.print(json.dumps(event.body), markup=False, highlight=False, soft_wrap=True)
    return 0


def run(batch: Batch, via: Literal["api", "database"], as_json: bool) -> int:
    """Write the events, each in a transaction of its own."""
    events, count = batch.events(), batch.count
    running = stack.load("local")
    with step(f"Sending {count} events") as progress:
        writer = Writer(stack.local_dsn(running, "events_api")) if via == "database" else sender(running)
        sent = writer.send(events, batch.rate, lambda n: progress(f"{n}/{count}"))
    kinds_sent = Counter(kind for kind, _ in sent.commits.values())
    if as_json:
        summary = {"sent": len(sent.commits), "seconds": round(sent.seconds, 3), "types": dict(kinds_sent)}
        data({**summary, "ids": list(sent.commits)})
    else:
        say(
            f"  {len(sent.commits) / sent.seconds:,.0f} events/s: "
            + ", ".join(f"{n} {k}" for k, n in kinds_sent.items())
        )
    return 0
