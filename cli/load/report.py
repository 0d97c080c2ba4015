"""A run or a search for people (tables, one HTML file) and for programs."""

import platform
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from cli.load import charts
from cli.load.run import Result
from cli.load.search import Try
from cli.load.verdict import SHARES


@dataclass(frozen=True, slots=True)
class Block:
    """A table with its title."""

    title: str
    head: Sequence[str]
    rows: list[tuple[str, ...]]


def blocks(result: Result) -> list[Block]:
    """A run's tables."""
    found = result.verdict
    errors = ", ".join(f"{count} × {status}" for status, count in found.errors.items()) or "none"
    counts = [
        ("offered", f"{found.offered:,}"),
        ("stored", f"{found.stored:,} ({found.rate:,.0f}/s)"),
        ("errors", errors),
        ("lost", str(found.lost)),
        ("repeated", str(found.repeated)),
        *([("without an answer or a record", str(found.unsure))] if found.unsure else []),
        ("what limits", result.limit.what or "nothing at this rate"),
        ("because", result.limit.why),
    ]
    rows = [(stop, *(f"{took[name]:.3f}" for name in SHARES)) for stop, took in found.latency.items()]
    busy = [(name, f"{cores:.2f}") for name, cores in sorted(result.cores.items(), key=lambda one: -one[1])]
    return [
        Block("Events", ("", ""), counts),
        Block("Seconds since each was due", ("", *SHARES), rows),
        Block("Cores used", ("process", "cores"), busy),
    ]


def of_search(tries: Sequence[Try]) -> Block:
    """A search's tries."""
    rows = [
        (f"{one.rate:,.0f}/s", f"{one.result.verdict.rate:,.0f}/s", one.because or "holds", one.result.limit.what or "-")
        for one in tries
    ]  # fmt: skip
    return Block("Tries", ("rate", "stored", "", "what limits"), rows)


def machine() -> str:
    """Where it was measured."""
    memory = psutil.virtual_memory().total / 2**30
    return f"{psutil.cpu_count()} cores, {memory:.0f} GB, {platform.system()} {platform.machine()}"


def html(name: str, stack: str, failures: Sequence[str], tables: Sequence[Block], result: Result) -> str:
    """One file without anything from elsewhere."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined
    )
    journeys = result.verdict.journeys
    drawn = [charts.rates(journeys), charts.latencies(journeys)] if journeys else []
    when = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime())
    return environment.get_template("report.html.jinja").render(
        name=name, stack=stack, failures=failures, blocks=tables, charts=drawn, when=when, machine=machine()
    )


def plain(result: Result) -> dict[str, Any]:
    """A run as JSON."""
    found = result.verdict
    names = ("offered", "stored", "lost", "repeated", "unsure", "errors", "seconds", "latency")
    return {
        **{name: getattr(found, name) for name in names},
        "storedPerSecond": found.rate,
        "limit": {"what": result.limit.what, "why": result.limit.why},
        "cores": result.cores,
    }
