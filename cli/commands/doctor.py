"""`cdc doctor`: every probe, worst first: what was seen, why probably, what to type."""

import importlib
import sys
from collections import Counter
from concurrent.futures import Future
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.markup import escape

from cli.client.stack import Stack
from cli.console import data, harmless, out, step
from cli.doctor import probes
from cli.doctor.examine import examine
from cli.doctor.facts import Facts
from cli.doctor.probe import Result
from cli.doctor.settle import After, settled
from stacks.errors import CdcError

COLOURS = {"failed": "red", "unknown": "yellow", "warning": "yellow"}
SIGNS = {"failed": "✘", "unknown": "?", "warning": "!"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """The stack's name, its database's address, modules with further probes, and what was just done to it (None: nothing)."""

    stack: str
    database: str | None
    modules: list[str]
    after: After | None


def run(running: Future[Stack], wanted: Wanted, as_json: bool) -> int:
    """Exit code 1 when something failed, or is not known. `running`: the stack, being loaded."""
    name = wanted.stack
    for module in wanted.modules:
        add(module)
    if wanted.after:
        with step(f"The stack after a {wanted.after}") as progress:
            results = settled(running.result(), wanted.database, wanted.after, progress)
    else:
        results = examine(Facts(running.result(), wanted.database), probes.every())
    bad = any(one.verdict in ("failed", "unknown") for one in results)
    if as_json:
        data({"stack": name, "healthy": not bad, "probes": [asdict(one) for one in results]})
    else:
        show(name, results)
    return 1 if bad else 0


def add(module: str) -> None:
    """Probes of a team: a module on the path, or beside the command."""
    sys.path.append(str(Path.cwd()))
    try:
        importlib.import_module(module)
    except ImportError as error:
        raise CdcError(f"--add {module}: {error}", "a module with subclasses of cli.doctor.probe.Probe") from error


def show(name: str, results: list[Result]) -> None:
    """Findings with their commands; what is well as one line."""
    counts = Counter(one.verdict for one in results)
    for one in results:
        for finding in one.findings:
            headline(finding.severity, one, finding.evidence)
            out.print(f"    why: {finding.cause}", markup=False, soft_wrap=True)
            out.print(f"    do:  {finding.command}", markup=False, soft_wrap=True, style="bold")
            if one.runbook:
                out.print(f"    see: {one.runbook}", markup=False)
        if one.verdict == "unknown":
            headline("unknown", one, f"not known: {one.reason}")
    skipped = {one.reason for one in results if one.verdict == "skipped"}
    for reason in sorted(skipped):
        out.print(f"skipped: {reason}", markup=False, soft_wrap=True)
    told = ", ".join(f"{counts[v]} {word}" for v, word in WORDS.items() if counts[v])
    out.print(f"{name}: {len(results)} probes: {told}", markup=False)


WORDS = {"failed": "failed", "unknown": "not known", "warning": "to look at", "skipped": "skipped", "ok": "fine"}


def headline(verdict: str, one: Result, text: str) -> None:
    """The first line of a finding."""
    colour = COLOURS[verdict]
    told = escape(harmless(text))
    out.print(
        f"[{colour}]{SIGNS[verdict]}[/{colour}] {told}  [dim]({one.area}: {one.probe})[/dim]",
        highlight=False,
        soft_wrap=True,
    )
