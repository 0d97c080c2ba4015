"""`cdc canary`: marked events through the whole chain, once or again and again."""

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.markup import escape

from cli.canary import watch
from cli.canary.watch import STAGES, Outcome
from cli.client import stack as stacks
from cli.client.stack import Stack
from cli.console import data, out, say, table
from cli.monitoring import exporting
from cli.monitoring.exporting import Exports
from cli.stopping import stopping
from local.environment import ROOT
from stacks import load as loading
from stacks.routes.model import Routes


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """Which routes (none: all that take events), how the rows get in, and for how many seconds each is watched for."""

    stack: str
    routes: Sequence[str]
    database: str | None
    seconds: float


def once(wanted: Wanted, as_json: bool) -> int:
    """One round. Exit code 1 when a canary did not arrive, or could not be sent."""
    running, routes = opened(wanted)
    outcomes = watch.once(running, routes, wanted.routes, wanted.database, wanted.seconds)
    if as_json:
        data({"stack": wanted.stack, "canaries": [told(one) for one in outcomes]})
    else:
        show(outcomes, wanted.seconds)
    return 1 if any(one.problem or one.lost_at for one in outcomes) else 0


def run(wanted: Wanted, every: float, exports: Exports) -> int:
    """A round each `every` seconds, with the stack's figures beside it, until it is stopped."""
    running, routes = opened(wanted)
    stopped = stopping()
    with exporting.exporting(running, wanted.database, exports) as export:
        while not stopped.is_set():
            began = time.monotonic()
            outcomes = watch.once(running, routes, wanted.routes, wanted.database, wanted.seconds)
            export.canaries(outcomes, time.time())
            say(summary(outcomes))
            stopped.wait(max(0.0, every - (time.monotonic() - began)))
    return 0


def opened(wanted: Wanted) -> tuple[Stack, Routes]:
    """The stack, and the routes of this checkout."""
    return stacks.load(wanted.stack), loading.from_files(ROOT, wanted.stack)[1]


def told(outcome: Outcome) -> dict[str, Any]:
    """As JSON; what it lacks is null."""
    return asdict(outcome) | {"lost_at": outcome.lost_at}


def seconds_of(value: float | None) -> str:
    """For people."""
    if value is None:
        return "-"
    return f"{1000 * value:.0f} ms" if value < 10 else f"{value:.0f} s"


def show(outcomes: list[Outcome], seconds: float) -> None:
    """A table, and what to do about each that did not arrive."""
    rows = [(one.route, *(seconds_of(getattr(one, stage)) for stage in STAGES)) for one in outcomes if not one.problem]
    if rows:
        table("Canaries: from commit to each stage", ("route", *STAGES), rows, right=STAGES)
    for one in outcomes:
        if one.problem:
            out.print(f"[red]✘[/red] {escape(one.route)}: no canary: {escape(one.problem)}", soft_wrap=True)
            out.print(f"    do:  {one.hint}", markup=False, soft_wrap=True)
        elif one.lost_at:
            out.print(f"[red]✘[/red] {escape(one.route)}: not {one.lost_at} within {seconds:.0f} s ({one.id})")
            out.print("    do:  ./cdc doctor", markup=False)


def summary(outcomes: list[Outcome]) -> str:
    """A round in a line."""
    lost = [f"{one.route} ({one.problem or f'not {one.lost_at}'})" for one in outcomes if one.problem or one.lost_at]
    times = [one.readable for one in outcomes if one.readable is not None]
    slowest = f"readable after at most {seconds_of(max(times))}" if times else "none arrived"
    at = time.strftime("%H:%M:%S")
    return f"{at}  {len(times)} of {len(outcomes)} arrived, {slowest}" + (f"; lost: {', '.join(lost)}" if lost else "")
