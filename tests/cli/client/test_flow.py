"""What is said to be wrong with a flow, and what is not."""

from dataclasses import replace
from typing import Any

import pytest

from cli.client.flow import Flow, SourceFlow, problems
from cli.client.held import stuck
from cli.client.offsets import between

GOOD = SourceFlow(name="s", raw=1000, dead=0, changes=1000, arrived=1000)


def one(**changed: Any) -> SourceFlow:
    return replace(GOOD, **changed)


@pytest.mark.parametrize(
    ("flow", "words"),
    [
        (Flow(3.0, (GOOD,)), []),
        (Flow(24.9, (GOOD,)), []),
        (Flow(25.1, (GOOD,)), ["heartbeat is 25 s old"]),
        (Flow(None, (GOOD,)), ["heartbeat never came"]),
        (Flow(None, (GOOD,), reading_for=44), []),
        (Flow(None, (GOOD,), reading_for=46), ["heartbeat never came"]),
        (Flow(60, (GOOD,), reading_for=2), ["heartbeat is 60 s old"]),  # started again and again
        (Flow(3.0, (one(dead=10),)), []),
        (Flow(3.0, (one(dead=11),)), ["s: 11 dead letters for 1,000 rows"]),
        (Flow(3.0, (one(raw=0, dead=1),)), ["s: 1 dead letters for 0 rows"]),
        (Flow(3.0, (one(raw=0, changes=0, arrived=0),)), []),
        (Flow(3.0, (one(waiting=3),)), ["s: 3 rows came 10 s ago, and no statement has taken one"]),
        (Flow(3.0, (one(lag=60.0),)), []),
        (Flow(3.0, (one(lag=61.0),)), ["s: captured 61 s after the commit"]),
        (Flow(3.0, (one(raw=0, arrived=0),)), ["s: its table has 1,000 changes, and none has arrived"]),
        (
            Flow(3.0, (GOOD,), held={"a": 1, "b": 6}),
            ["a: read_committed readers stand still in 1 partition,", "in 6 partitions,"],
        ),
        (Flow(3.0, (one(dead=500), GOOD, one(arrived=0))), ["500 dead letters", "none has arrived"]),
    ],
)
def test_problems(flow: Flow, words: list[str]) -> None:
    told = list(problems(flow, 25))
    assert len(told) == len(words)
    assert all(word in text for word, text in zip(words, told, strict=True))


def test_a_worker_that_just_started_may_be_silent() -> None:
    assert list(problems(Flow(3600, (GOOD,)), 25, started=True)) == []


def test_between_counts_what_there_is() -> None:
    ends = {("a", 0): 10, ("a", 1): 5, ("b", 0): 7}
    starts = {("a", 0): 4, ("a", 1): -1, ("b", 0): 7}
    assert between(starts, ends) == {"a": 6, "b": 0}


@pytest.mark.parametrize(
    ("readable", "young", "end", "stands"),
    [
        (10, -1, 10, False),  # all of it is old, and can be read
        (8, -1, 10, True),
        (8, 8, 10, False),  # what is open began a moment ago
        (8, 9, 10, True),
        (10, 5, 10, False),
        (0, -1, 0, False),
    ],
)
def test_readers_stand_still_before_what_is_old(readable: int, young: int, end: int, stands: bool) -> None:
    place = ("a", 0)
    assert (list(stuck({place: readable}, {place: young}, {place: end})) == [place]) is stands
