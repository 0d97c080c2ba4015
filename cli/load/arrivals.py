"""When events are due: the open model, in which a late answer delays nobody."""

import math
from collections.abc import Iterable, Iterator

from cli.load.scenario import Stage


def due(stages: Iterable[Stage]) -> Iterator[float]:
    """Seconds since the beginning at which each event of `rate` and `ramp` stages is due."""
    begin = 0.0
    for stage in stages:
        seconds = stage.seconds or 0
        first, last = (stage.rate, stage.rate) if stage.rate is not None else stage.ramp or (0, 0)
        for number in range(math.floor((first + last) / 2 * seconds + 1e-9)):
            yield begin + after(number, first, last, seconds)
        begin += seconds


def after(number: int, first: float, last: float, seconds: float) -> float:
    """When so many events have come, at a rate that goes from one to another evenly: the rate's integral, solved for time."""
    growth = (last - first) / seconds
    if abs(growth) < 1e-12:
        return number / first
    return (math.sqrt(first * first + 2 * growth * number) - first) / growth
