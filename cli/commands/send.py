"""`cdc send`: events into the source database, through the events API or straight."""

import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from events_api import validation

from cli.client import stack
from cli.console import data, say, step
from cli.traffic import schemas
from cli.traffic.domain import Domain
from cli.traffic.events import TYPES, Event
from cli.traffic.sender import sender
from cli.traffic.writer import Sender, Writer
from stacks.errors import CdcError


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """`count` events of some types (none: of our five), at `rate` a second (0: as fast as it goes)."""

    count: int
    rate: float
    kinds: list[str]
    seed: int | None

    def events(self) -> Iterator[Event]:
        """The events. CdcError for a type that is not known."""
        return Domain(self.seed if self.seed is not None else int(time.time() * 1000)).mixed(self.count, self.kinds)


def bodies(file: str) -> Iterator[Event]:
    """Events whose bodies stand in a file (`-`: standard input), a line each. CdcError for a line that is none."""
    schemas.check()
    lines = sys.stdin if file == "-" else read(Path(file)).splitlines()
    for number, line in enumerate(lines, start=1):
        try:
            body = json.loads(line)
        except ValueError as error:
            raise CdcError(f"{file}:{number}: not JSON: {error}", "a body of POST /api/v1/events a line") from error
        if found := validation.problems(body):
            told = "; ".join(f"{one['path']}: {one['problem']}" for one in found)
            raise CdcError(f"{file}:{number}: {told}", "docs/events-api.md says what an event has")
        header = body["eventHeader"]
        yield Event(header["uuid"], header.get("eventType") or "", body)


def read(file: Path) -> str:
    """A file's text. CdcError when there is none."""
    try:
        return file.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise CdcError(f"{file}: cannot be read: {error}", "a file of bodies, a line each") from error


def from_file(file: str, rate: float, as_json: bool) -> int:
    """Every body of a file through the events API; all are looked at before the first is sent."""
    found = list(bodies(file))
    return written(found, len(found), rate, sender(stack.load("local")), as_json)


def run(batch: Batch, via: Literal["api", "database"], as_json: bool) -> int:
    """Write the events, each in a transaction of its own."""
    events = batch.events()
    running = stack.load("local")
    if via == "database" and (other := set(batch.kinds) - set(TYPES)):
        raise CdcError(f"{', '.join(sorted(other))} goes through the events API", "--via api")
    writer = Writer(stack.local_dsn(running, "events_api")) if via == "database" else sender(running)
    return written(events, batch.count, batch.rate, writer, as_json)


def written(events: Iterable[Event], count: int, rate: float, writer: Sender, as_json: bool) -> int:
    """Send, and say what was sent."""
    with step(f"Sending {count} events") as progress:
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
