"""`cdc send`: events into the source database, through the events API or straight."""

import time
from collections import Counter

from cli.client import stack
from cli.console import data, say, step
from cli.traffic.events import TYPES, Factory
from cli.traffic.sender import sender
from cli.traffic.writer import Writer
from stacks.errors import CdcError


def run(count: int, rate: float, kinds: list[str], seed: int | None, via: str, as_json: bool) -> int:
    """Write `count` events at `rate` a second (0: as fast as it goes), each in a transaction of its own."""
    if unknown := [kind for kind in kinds if kind not in TYPES]:
        raise CdcError(f"unknown event type {', '.join(unknown)}", f"known: {', '.join(TYPES)}")
    running = stack.load("local")
    factory = Factory(seed if seed is not None else int(time.time() * 1000))
    events = factory.mixed(count, tuple(kinds) or TYPES)
    with step(f"Sending {count} events") as progress:
        writer = Writer(stack.local_dsn(running, "events_api")) if via == "database" else sender(running)
        sent = writer.send(events, rate, lambda n: progress(f"{n}/{count}"))
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
