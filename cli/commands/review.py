"""What a reviewer of changed routes should know beside the resources: whose they are, and where recent events would go."""

from collections.abc import Iterator
from pathlib import Path

from cli.commands.routes.impact import Sample
from cli.planning import markdown, routes_file
from local.environment import ROOT
from stacks.routes import impact
from stacks.routes.impact import Impact
from stacks.routes.model import Routes

SAMPLES = ROOT / "samples"  # <source>.jsonl: an event a line, as `cdc tail raw --max N --json` prints them
ROWS = 30


def sections(base: str) -> list[str]:
    """Sections of the pull request's comment."""
    before, after = routes_file.at(base), routes_file.here()
    return [*owners(before, after), *moved(before, after)]


def owners(before: Routes, after: Routes) -> Iterator[str]:
    """Routes that come, change or go, with their owners. The owners of both sides of a change are named."""
    old, new = ({route.name: route for route in side.routes} for side in (before, after))
    rows = []
    for name in dict.fromkeys([*old, *new]):
        if old.get(name) != new.get(name):
            what = "new" if name not in old else "removed" if name not in new else "changed"
            whose = dict.fromkeys(side[name].owner for side in (old, new) if name in side)
            readers = [c.name for side in (before, after) for c in side.consumers if name in c.routes]
            rows.append((markdown.code(name), what, ", ".join(whose), ", ".join(dict.fromkeys(readers)) or "nobody"))
    if rows:
        yield markdown.folded("routes, their owners and readers", grid(("route", "", "owner", "read by"), rows), True)


def moved(before: Routes, after: Routes) -> Iterator[str]:
    """For each source with a committed sample, where its events would go elsewhere."""
    for source in after.sources:
        file = SAMPLES / f"{source.name}.jsonl"
        if not file.exists() or all(one.name != source.name for one in before.sources):
            continue
        sample = Sample(file=file, stack="", count=0)
        found = impact.impact(*impact.shared(before, after, source), sample.rows(source))
        if text := told(found, file):
            yield text


def told(found: Impact, file: Path) -> str:
    """The movements of a sample; nothing where all stay."""
    rows = [
        (markdown.code(one.route), f"{one.entering:,}", f"{one.leaving:,}", f"{one.staying:,}")
        for one in found.movements
        if one.entering or one.leaving
    ]
    if not rows:
        return ""
    shares = [f"{n / found.events:.1%}" for n in (found.unrouted_before, found.unrouted_after)]
    lines = [grid(("route", "enter", "leave", "stay"), rows[:ROWS]), "", f"unrouted: {shares[0]} → {shares[1]}"]
    if len(rows) > ROWS:
        lines.append(f"… and {len(rows) - ROWS} more routes")
    title = f"where {found.events:,} events of samples/{file.name} would go"
    return markdown.folded(title, "\n".join(lines), True)


def grid(columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A table."""
    head = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    return "\n".join([*head, *("| " + " | ".join(row) + " |" for row in rows)])
