"""The highest rate that a stack holds, by bisection."""

from collections.abc import Callable
from dataclasses import dataclass

from cli.load.run import Bench, Result
from cli.load.scenario import Search, Stage

STEP = 2.0  # how much faster each try is until one fails


@dataclass(frozen=True, slots=True)
class Try:
    """A rate, what became of it, and why it does not count (empty: it holds)."""

    rate: float
    result: Result
    because: str


def tries(bench: Bench, search: Search, tell: Callable[[str], None]) -> list[Try]:
    """Each try in its order. The highest rate that holds is the answer; none may."""
    found: list[Try] = []
    holds, fails = 0.0, 0.0
    rate = search.lowest
    while True:
        for _ in range(search.attempts):  # a pause of the machine's fails one try, too high a rate each
            found.append(attempt(bench, search, rate, tell))
            tell(f"{rate:,.0f}/s {found[-1].because or 'holds'}")
            if not found[-1].because:
                break
        holds, fails = (holds, rate) if found[-1].because else (rate, fails)
        if holds == search.highest or (fails and (not holds or fails - holds <= search.within * fails)):
            return found
        rate = (holds + fails) / 2 if fails else min(rate * STEP, search.highest)


def attempt(bench: Bench, search: Search, rate: float, tell: Callable[[str], None]) -> Try:
    """One rate, for the seconds of the search."""
    seconds = search.seconds + bench.scenario.warm_up
    result = bench.run([Stage(rate=rate, seconds=seconds)], lambda text: tell(f"{rate:,.0f}/s: {text}"))
    return Try(rate, result, failed(result, search))


def failed(result: Result, search: Search) -> str:
    """Why a try does not count."""
    found = result.verdict
    if found.errors or found.lost:
        return f"{sum(found.errors.values())} errors, {found.lost} lost"
    took = found.latency.get(search.stop, {}).get("p99")
    if took is None or took > search.p99:
        return "nothing arrived" if took is None else f"p99 {search.stop} {took:.3f} s"
    return ""


def best(found: list[Try]) -> Try | None:
    """The highest rate that holds."""
    return max((one for one in found if not one.because), key=lambda one: one.rate, default=None)
