"""`cdc routes impact --base REF`: where the events of a sample would go elsewhere."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cli.client import recent, registry, stack
from cli.commands.routes.explain import record
from cli.console import data, out, say, step, table
from cli.planning import routes_file
from stacks.errors import CdcError
from stacks.routes import impact
from stacks.routes.impact import Impact
from stacks.routes.model import Source

SHOWN = 40


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """Which events are asked about: those of a recorded `file`, or the last `count` of a stack's raw topic."""

    file: Path | None
    stack: str
    count: int

    def rows(self, source: Source) -> Iterator[dict[str, Any]]:
        """The events as raw records."""
        return recorded(self.file) if self.file else latest(self.stack, source, self.count)


def run(base: str, source_name: str | None, sample: Sample, as_json: bool) -> int:
    """Compare the routes here with those of a commit on a sample of events."""
    head = routes_file.here()
    source = routes_file.source_named(head, source_name)
    before, after = impact.shared(routes_file.at(base), head, source)
    with step("Reading events") as progress:
        found = impact.impact(before, after, counted(sample.rows(source), progress))
    if as_json:
        data({**asdict(found), "base": base, "source": source.name})
    else:
        show(found, base)
    return 0


def recorded(file: Path) -> Iterator[dict[str, Any]]:
    """Events of a file with one JSON object a line, such as `cdc tail raw --max N --json` prints."""
    try:
        with file.open() as lines:
            for number, line in enumerate(lines, start=1):
                try:
                    row = record(json.loads(line))
                except (ValueError, AttributeError) as error:
                    raise CdcError(f"{file.name}:{number}: not a JSON object", "one event a line") from error
                row.setdefault("__op", "c")
                yield row
    except OSError as error:
        raise CdcError(f"{file.name} cannot be read: {error.strerror}", "record one: ./cdc tail raw --json") from error


def latest(stack_name: str, source: Source, sample: int) -> Iterator[dict[str, Any]]:
    """The last events of the raw topic."""
    running = stack.load(stack_name)
    topic = next((s.raw_topic for s in running.contract.sources if s.name == source.name), None)
    if topic is None:
        raise CdcError(f"stack {stack_name} has no source {source.name}", "take a recorded sample: --file FILE")
    decoder = registry.Decoder(running, "operator")
    for message in recent.last(running, topic, sample):
        try:
            yield decoder.part(message.value())
        except CdcError:
            say("  a record that cannot be decoded was passed over")


def counted(rows: Iterator[dict[str, Any]], progress: Any) -> Iterator[dict[str, Any]]:
    """The rows, with a word every 50,000."""
    for number, row in enumerate(rows, start=1):
        if number % 50_000 == 0:
            progress(f"{number:,} events")
        yield row


def show(found: Impact, base: str) -> None:
    """Routes that change, and the unrouted share."""
    moved = [m for m in found.movements if m.entering or m.leaving]
    rows = [(m.route, f"{m.entering:,}", f"{m.leaving:,}", f"{m.staying:,}") for m in moved[:SHOWN]]
    numbers = ("enter", "leave", "stay")
    title = f"Where {found.events:,} events would go, compared with {base}"
    if rows:
        table(title, ("route", *numbers), rows, numbers)
    else:
        out.print(f"{title}: nowhere else", markup=False)
    if len(moved) > SHOWN:
        out.print(f"and {len(moved) - SHOWN} more routes: --json prints all")
    same = len(found.movements) - len(moved)
    out.print(f"{same} route{'s take' if same != 1 else ' takes'} the same events as before", markup=False)
    shares = [f"{n / found.events:.1%}" if found.events else "-" for n in (found.unrouted_before, found.unrouted_after)]
    out.print(f"unrouted: {shares[0]} before, {shares[1]} after", markup=False)
