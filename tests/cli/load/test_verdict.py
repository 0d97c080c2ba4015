"""What is said of a run: nothing is hidden by an average, a retry or a slow answer."""

import itertools
import re
import threading
from collections import Counter
from collections.abc import Generator as Yields
from collections.abc import Sequence
from contextlib import contextmanager
from xml.etree import ElementTree

import pytest

from cli.load import limits, report, search, verdict
from cli.load.events import Mixture
from cli.load.generator import Generator, Sent
from cli.load.limits import Limit
from cli.load.run import Result
from cli.load.scenario import Scenario, Search, Stage, Thresholds
from cli.load.verdict import Journey
from cli.load.ways import Send, Way
from cli.traffic.events import Event

SCENARIO = Scenario(name="mine", via="database", sessions=2, stages=[Stage(rate=100, seconds=0.5)])


def sent(identity: str, status: str = "stored", due: float = 10, answered: float = 11) -> Sent:
    return Sent(identity, due, due + 0.5, answered, status)


def test_every_event_is_accounted_for() -> None:
    some = [sent("a"), sent("b"), sent("lost"), sent("x", "503"), sent("y", "ReadTimeout"), sent("z", "ReadTimeout")]
    first = {stop: {"a": 12.0, "b": 13.0, "z": 14.0} for stop in ("captured", "routed", "readable")}
    found = verdict.judge(some, first, {"a": 1, "b": 3, "z": 1})
    counts = (found.offered, found.stored, found.lost, found.repeated, found.unsure)
    assert counts == (6, 3, 1, 1, 1)
    assert found.errors == {"503": 1, "ReadTimeout": 2}
    assert found.latency["readable"]["max"] == 3
    assert found.latency["stored"]["p50"] == 1
    assert found.failures(Thresholds(p99={"readable": 2.9})) == [
        "1 lost (at most 0)", "1 repeated (at most 0)", "3 errors (at most 0)", "p99 readable is 3.000 s (at most 2.9 s)",
    ]  # fmt: skip
    assert found.failures(Thresholds(lost=1, repeated=1, errors=3, p99={"readable": 3})) == []


def test_the_warm_up_is_not_timed_but_counted() -> None:
    some = [sent("cold", due=10, answered=19), sent("lost", due=10), sent("a", due=13, answered=13.5)]
    first = {stop: {"cold": 20.0, "a": 14.0} for stop in ("captured", "routed", "readable")}
    found = verdict.judge(some, first, {"cold": 1, "a": 1}, warm_up=3)
    assert (found.stored, found.lost, found.latency["readable"]["max"]) == (3, 1, 1)


def test_nothing_at_all_is_no_success() -> None:
    found = verdict.judge([], {"captured": {}, "routed": {}, "readable": {}}, {})
    assert found.failures(Thresholds(p99={"routed": 1})) == ["p99 routed is nothing (at most 1 s)"]


def journeys(growing: int) -> list[Journey]:
    """A hundred, each hop a tenth of a second; in one of them events wait ever longer."""
    found = []
    for number in range(100):
        took = [0.1] * 5
        took[growing] += number / 50
        found.append(Journey(*itertools.accumulate([number, *took])))
    return found


@pytest.mark.parametrize(
    ("growing", "busy", "what"),
    [
        (0, {}, "database, or too few sessions"),
        (0, {"cdc load": 0.95}, "this generator"),
        (1, {}, "database"),
        (2, {}, "connector"),
        (3, {"jobmanager": 0.2, "taskmanager": 1.3}, "Flink"),
        (4, {}, "Flink's commits"),
    ],
)
def test_what_limits_is_where_events_wait_ever_longer(growing: int, busy: dict[str, float], what: str) -> None:
    found = limits.find(journeys(growing), "database", busy)
    assert found.what == what
    assert ("taskmanager 1.30, jobmanager 0.20" in found.why) == bool(busy.get("taskmanager"))


def test_nothing_limits_what_waits_no_longer() -> None:
    even = [Journey(n, n, n + 3, n + 4, n + 5, n + 6) for n in range(100)]
    assert limits.find(even, "events API", {}).what == ""
    assert limits.find([], "events API", {}).what == ""


class Stuck(Way):
    """Answers nobody until it is let go."""

    owner = "database"

    def __init__(self) -> None:
        self.go = threading.Event()
        self.got: list[str] = []

    @contextmanager
    def session(self) -> Yields[Send]:
        yield self.take

    def take(self, events: Sequence[Event]) -> str:
        self.go.wait(30)
        self.got += [one.id for one in events]
        return "stored"


def test_a_late_answer_delays_no_other_event() -> None:
    """Fifty come though nobody answers; how late the answers are is in each event's own time, from when it was due."""
    way = Stuck()
    generator = Generator(SCENARIO, [way], Mixture(SCENARIO, lambda _: True).events())
    running = threading.Thread(target=lambda: generator.run(SCENARIO.stages))
    running.start()
    while generator.offered < 50:
        running.join(0.01)
    assert generator.sent == []
    way.go.set()
    running.join()
    due = sorted(one.due for one in generator.sent)
    assert len(due) == len(set(way.got)) == 50
    assert due[-1] - due[0] == pytest.approx(0.49)
    assert max(one.answered - one.due for one in generator.sent) > 0.4


def test_a_batch_has_so_many_of_each() -> None:
    way = Stuck()
    way.go.set()
    wanted = SCENARIO.model_copy(update={"types": {"CarCreated": 5, "LoanCreated": 1}})
    kinds: list[str] = []

    def noted() -> Yields[Event]:
        for event in Mixture(wanted, lambda _: True).events():
            kinds.append(event.type)
            yield event

    generator = Generator(wanted, [way], noted())
    generator.run([Stage(batch=7, parallel=3)])
    assert len(generator.sent) == 14
    assert {one.status for one in generator.sent} == {"stored"}


def test_a_session_that_cannot_begin_ends_the_run() -> None:
    class Away(Way):
        owner = "database"

        @contextmanager
        def session(self) -> Yields[Send]:
            raise ConnectionRefusedError("nobody is there")
            yield

    generator = Generator(SCENARIO, [Away()], Mixture(SCENARIO, lambda _: True).events())
    with pytest.raises(ConnectionRefusedError):
        generator.run(SCENARIO.stages)


def result(p99: float, errors: int = 0) -> Result:
    first = {stop: {"a": 10 + p99} for stop in ("captured", "routed", "readable")}
    some = [sent("a"), *(sent(f"e{n}", "503") for n in range(errors))]
    return Result(verdict=verdict.judge(some, first, {"a": 1}), limit=Limit("", ""), cores={})


class Bench:
    """Holds up to a rate."""

    scenario = SCENARIO

    def __init__(self, holds: float, errors: int = 0) -> None:
        self.holds, self.errors, self.asked = holds, errors, list[float]()

    def run(self, stages: Sequence[Stage], _: object) -> Result:
        self.asked.append(stages[0].rate or 0)
        return result(0.1 if self.asked[-1] <= self.holds else 9, self.errors)


@pytest.mark.parametrize(("holds", "least", "most"), [(777, 690, 777), (50, 50, 50), (1e6, 5000, 5000)])
def test_a_search_finds_the_highest_rate(holds: float, least: float, most: float) -> None:
    bench = Bench(holds)
    asked = Search(lowest=50, highest=5000, stop="readable", p99=2)
    best = search.best(search.tries(bench, asked, lambda _: None))  # type: ignore[arg-type]
    assert best
    assert least <= best.rate <= most
    assert len(set(bench.asked)) < 14
    assert max(Counter(bench.asked).values()) <= 2


def test_a_search_that_nothing_holds() -> None:
    tries = search.tries(Bench(1, 2), Search(lowest=50), lambda _: None)  # type: ignore[arg-type]
    assert search.best(tries) is None
    assert [one.because for one in tries] == ["2 errors, 0 lost"] * 2


def test_one_pause_is_no_limit() -> None:
    class Pausing(Bench):
        def run(self, stages: Sequence[Stage], _: object) -> Result:
            found = super().run(stages, _)
            return result(9) if self.asked.count(self.asked[-1]) == 1 else found

    best = search.best(
        search.tries(Pausing(1e6), Search(lowest=50, highest=200, stop="readable", p99=2), lambda _: None)
    )  # type: ignore[arg-type]
    assert best
    assert best.rate == 200


def test_a_page_stands_alone_and_escapes() -> None:
    found = result(2)
    text = report.html("<mine>", "local", ["1 lost"], report.blocks(found), found)
    assert "FAILED" in text
    assert "&lt;mine&gt;" in text
    assert not re.search(r"(src|href)=|url\(|@import", text)
    for chart in re.findall(r"<svg.*?</svg>", text, re.DOTALL):
        lines = ElementTree.fromstring(chart).iter("polyline")  # noqa: S314 - our own
        assert all(0 <= float(part.split(",")[1]) <= 260 for line in lines for part in line.attrib["points"].split())
