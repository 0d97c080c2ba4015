"""`cdc load`: what a stack holds, by a scenario."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cli.client import stack as stacks
from cli.console import data, say, step, table
from cli.load import report, scenario, search, ways
from cli.load.report import Block
from cli.load.run import Bench, Result
from cli.load.scenario import Scenario, Search
from stacks.errors import CdcError

PATIENCE = {True: 30.0, False: 180.0}  # seconds without any arrival; Confluent commits about once a minute


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """A stack; `database`: its address where the stack is elsewhere; `yes`: writing there is meant."""

    stack: str
    database: str | None
    yes: bool


def run(file: Path, target: Target, html: Path | None, as_json: bool) -> int:
    """Send, follow, judge. Exit code 1 when a threshold is passed."""
    wanted = scenario.load(file)
    if not stacks.served_here(target.stack) and not target.yes:
        problem = f"a load test writes events into {target.stack} for good, and its consumers read them"
        raise CdcError(problem, "--yes if that is meant")
    running = stacks.load(target.stack)
    entrances = ways.chosen(running, wanted, target.database)
    bench = Bench(stack=running, scenario=wanted, ways=entrances, patience=PATIENCE[running.local])
    return searched(bench, wanted.search, html, as_json) if wanted.search else staged(bench, wanted, html, as_json)


def staged(bench: Bench, wanted: Scenario, html: Path | None, as_json: bool) -> int:
    """The scenario's stages, once."""
    with step(f"{wanted.name}: {bench.entrance}") as tell:
        result = bench.run(wanted.stages, tell)
    failures = result.verdict.failures(wanted.thresholds)
    tables = report.blocks(result)
    shown(bench, failures, tables, result, html)
    if as_json:
        data({"name": wanted.name, "machine": report.machine(), "failures": failures, **report.plain(result)})
    else:
        printed(tables)
    return told(failures)


def searched(bench: Bench, asked: Search, html: Path | None, as_json: bool) -> int:
    """The highest rate that holds."""
    name = bench.scenario.name
    with step(f"{name}: {bench.entrance}, p99 {asked.stop} within {asked.p99:g} s") as tell:
        tries = search.tries(bench, asked, tell)
    found = search.best(tries)
    failures = [] if found else [f"not even {asked.lowest:g} events a second hold"]
    last = found or tries[-1]
    tables = [report.of_search(tries), *report.blocks(last.result)]
    shown(bench, failures, tables, last.result, html)
    if as_json:
        each = [{"rate": one.rate, "because": one.because, **report.plain(one.result)} for one in tries]
        data({"name": name, "machine": report.machine(), "highest": found.rate if found else None, "tries": each})
    else:
        printed(tables)
        if found:
            say(f"highest rate that holds: {found.rate:,.0f} events/s")
    return told(failures)


def shown(bench: Bench, failures: Sequence[str], tables: Sequence[Block], result: Result, html: Path | None) -> None:
    """The page, where one is wanted."""
    if html:
        html.write_text(report.html(bench.scenario.name, bench.stack.name, failures, tables, result))
        say(f"wrote {html}")


def printed(tables: Sequence[Block]) -> None:
    """On the terminal."""
    for one in tables:
        table(one.title, one.head, one.rows, one.head[1:] if one.title.startswith("Seconds") else one.head[1:2])


def told(failures: Sequence[str]) -> int:
    """The exit code, and why."""
    for one in failures:
        say(f"failed: {one}")
    return 1 if failures else 0
