"""The page: medians with their spread, guarantees beside them, bars."""

import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bench import machine
from bench.peers.arm import Arm
from bench.peers.measure import Figures

WIDTH = 620  # of the longest bar


@dataclass(frozen=True, slots=True)
class Measure:
    """A column. `better`: 1 where more is better, -1 where less is, 0 where it is no race."""

    name: str
    title: str
    better: int
    form: str = "{:,.0f}"


MEASURES = (
    Measure("events_per_s", "events/s", 1),
    Measure("p50", "p50 ms", -1),
    Measure("p99", "p99 ms", -1),
    Measure("lost", "lost", 0),
    Measure("repeated", "repeated", 0),
    Measure("misrouted", "misrouted", 0),
    Measure("cpu_arm", "CPU µs/event", -1),
    Measure("cpu_kafka", "Kafka's CPU µs/event", -1),
    Measure("memory", "MB", -1),
)


@dataclass(frozen=True, slots=True)
class Cell:
    """The middle of the rounds, and how far they lie apart."""

    middle: float
    low: float
    high: float
    form: str

    @property
    def median(self) -> str:
        """As text."""
        return self.form.format(self.middle)

    @property
    def least(self) -> str:
        """As text."""
        return self.form.format(self.low)

    @property
    def most(self) -> str:
        """As text."""
        return self.form.format(self.high)


@dataclass(frozen=True, slots=True)
class Row:
    """An arm's cells, in the order of MEASURES."""

    arm: Arm
    cells: list[Cell]

    def cell(self, name: str) -> Cell:
        """By its measure."""
        return self.cells[[one.name for one in MEASURES].index(name)]


def row(arm: Arm, rounds: Sequence[Figures]) -> Row:
    """What the rounds of an arm come to."""
    values = [[float(getattr(figures, one.name)) for figures in rounds] for one in MEASURES]
    cells = [
        Cell(statistics.median(found), min(found), max(found), one.form)
        for one, found in zip(MEASURES, values, strict=True)
    ]
    return Row(arm, cells)


def verdicts(rows: Sequence[Row], ours: Row) -> list[str]:
    """Ours against the best other arm of the same guarantee, as ratios of medians (above 1: ours is ahead)."""
    equals = [one for one in rows if one is not ours and one.arm.guarantee == ours.arm.guarantee]
    lines: list[str] = []
    for one in MEASURES:
        if one.better and equals:
            middles = {other.arm.name: other.cell(one.name).middle for other in equals}
            best = (max if one.better > 0 else min)(middles, key=lambda name: middles[name])
            pair = ours.cell(one.name).middle, middles[best]
            ratio = pair[0] / pair[1] if one.better > 0 else pair[1] / pair[0]
            lines.append(f"{one.title}, {ours.arm.guarantee}: ours {ratio:.2f} × the best ({best}).")
    return lines or [f"No other arm of the guarantee “{ours.arm.guarantee}” was run."]


def charts(rows: Sequence[Row]) -> list[dict[str, object]]:
    """Bars of what is a race."""
    found: list[dict[str, object]] = []
    for one in MEASURES:
        if not one.better:
            continue
        scale = WIDTH / (max(row.cell(one.name).high for row in rows) or 1)
        bars = []
        for row in rows:
            cell = row.cell(one.name)
            sizes = {"width": cell.middle * scale, "least": cell.low * scale, "most": cell.high * scale}
            bars.append({"name": row.arm.name, "label": cell.median, **{k: round(v, 1) for k, v in sizes.items()}})
        found.append({"title": f"{one.title} ({'more' if one.better > 0 else 'less'} is better)", "bars": bars})
    return found


def html(arms: Sequence[Arm], figures: Mapping[str, Sequence[Figures]], command: str) -> str:
    """One file without anything from elsewhere. `figures`: by the arm's name, its rounds."""
    loader = FileSystemLoader(Path(__file__).parent)
    rows = [row(arm, figures[arm.name]) for arm in arms if figures.get(arm.name)]
    ours = next((one for one in rows if one.arm.name == "ours"), None)
    return (
        Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
        .get_template("page.html.jinja")
        .render(
            when=time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
            machine=machine.describe(),
            command=command,
            rounds=max(len(found) for found in figures.values()),
            measures=MEASURES,
            rows=rows,
            verdicts=verdicts(rows, ours) if ours else [],
            charts=charts(rows),
        )
    )
