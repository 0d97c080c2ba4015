"""Lines over time as points of an SVG of 900 by 260."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cli.load.scenario import STOPS
from cli.load.verdict import Journey
from cli.traffic.observer import percentile

LEFT, RIGHT, TOP, BOTTOM = 60, 890, 10, 220
LINES = 4  # of a grid


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark of an axis."""

    x: float
    y: float
    label: str


@dataclass(frozen=True, slots=True)
class Line:
    """A named line: `x,y` pairs."""

    name: str
    points: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Some lines with their axes: seconds to the right."""

    title: str
    ticks: list[Tick]
    seconds: list[Tick]
    lines: list[Line]


def rates(journeys: Sequence[Journey]) -> Chart:
    """Events per second: due, stored, readable."""
    begin = journeys[0].due
    series: dict[str, dict[int, float]] = {}
    for name in ("due", "stored", "readable"):
        counted: dict[int, float] = {}
        for one in journeys:
            second = int(getattr(one, name) - begin)
            counted[second] = counted.get(second, 0) + 1
        series[name] = counted
    return chart("Events per second", series, "{:,.0f}")


def latencies(journeys: Sequence[Journey]) -> Chart:
    """p99 since due, of the events that were due in each second, per stop."""
    begin = journeys[0].due
    series: dict[str, dict[int, float]] = {}
    for stop in STOPS:
        taken: dict[int, list[float]] = {}
        for one in journeys:
            taken.setdefault(int(one.due - begin), []).append(getattr(one, stop) - one.due)
        series[stop] = {second: percentile(values, 0.99) for second, values in taken.items()}
    return chart("p99 in seconds since due, by the second in which events were due", series, "{:.2f}")


def chart(title: str, series: Mapping[str, Mapping[int, float]], form: str) -> Chart:
    """Scaled to the largest value."""
    most = max((value for values in series.values() for value in values.values()), default=1.0) or 1.0
    last = max((second for values in series.values() for second in values), default=1) or 1
    right = [LEFT + (RIGHT - LEFT) * number / LINES for number in range(LINES + 1)]
    ticks = [Tick(0, up(number / LINES), form.format(most * number / LINES)) for number in range(LINES + 1)]
    seconds = [Tick(x, 0, f"{last * number / LINES:.0f} s") for number, x in enumerate(right)]
    lines = [
        Line(name, " ".join(f"{LEFT + (RIGHT - LEFT) * second / last:.1f},{up(values[second] / most):.1f}" for second in sorted(values)))
        for name, values in series.items()
    ]  # fmt: skip
    return Chart(title, ticks, seconds, lines)


def up(share: float) -> float:
    """A share of the largest value as a height."""
    return round(BOTTOM - (BOTTOM - TOP) * share, 1)
