"""Scenarios: what is allowed, when events are due, where keys lie, what bodies weigh."""

import itertools
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.load import arrivals, partition, scenario
from cli.load.events import Mixture
from cli.load.scenario import Scenario, Stage
from cli.traffic.observer import key_id
from stacks.errors import InvalidFiles
from tests.support.paths import ROOT

GOOD = "name: mine\nvia: api\nstages:\n  - {rate: 10, seconds: 2}\n"


def load(tmp_path: Path, text: str) -> Scenario:
    file = tmp_path / "mine.yaml"
    file.write_text(text)
    return scenario.load(file)


@pytest.mark.parametrize("file", sorted((ROOT / "examples" / "load").glob("*.yaml")), ids=lambda file: file.stem)
def test_the_examples_are_scenarios(file: Path) -> None:
    assert scenario.load(file).name == file.stem


@pytest.mark.parametrize(
    ("text", "where", "problem"),
    [
        (GOOD.replace("rate: 10", "rate: 0"), "mine.yaml:4:6", "greater than or equal to 0.1"),
        (GOOD.replace("rate: 10", "rate: 10, ramp: [1, 2]"), "mine.yaml:4:5", "one of rate, ramp and batch"),
        (GOOD.replace(", seconds: 2", ""), "mine.yaml:4:5", "rate and ramp need seconds"),
        (GOOD + "speed: 1\n", "mine.yaml:5:1", "unknown key"),
        (GOOD + "types: {CarSold: 1}\n", "mine.yaml:1:1", "unknown event types CarSold"),
        (GOOD + "transaction: 5\n", "mine.yaml:1:1", "transaction is for via: database"),
        (GOOD + "search: {}\n", "mine.yaml:1:1", "either stages or search"),
        ("name: mine\n", "mine.yaml:1:1", "either stages or search"),
        ("", "mine.yaml:1:1", "Field required"),
        (GOOD + "search: {lowest: 5, highest: 5}\n", "mine.yaml:5:1", "lowest must be below highest"),
    ],
)
def test_good_bad_good(tmp_path: Path, text: str, where: str, problem: str) -> None:
    assert load(tmp_path, GOOD).stages[0].rate == 10
    with pytest.raises(InvalidFiles) as caught:
        load(tmp_path, text)
    told = str(caught.value)
    assert where in told
    assert problem in told
    assert load(tmp_path, GOOD).stages[0].rate == 10


@settings(deadline=None)
@given(first=st.floats(1, 100), last=st.floats(1, 100), seconds=st.floats(1, 20))
def test_a_ramp_has_the_rate_it_says_at_every_moment(first: float, last: float, seconds: float) -> None:
    found = list(arrivals.due([Stage(ramp=[first, last], seconds=seconds)]))
    assert found == sorted(found)
    assert all(0 <= one < seconds + 1e-6 for one in found)
    for number in range(1, 8):
        time = seconds * number / 8
        came = sum(one < time for one in found)
        assert abs(came - (first + (last - first) * number / 16) * time) <= 1.01


def test_stages_follow_each_other() -> None:
    steady = Stage(rate=4, seconds=1)
    assert list(arrivals.due([steady, steady])) == [0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75]


@pytest.mark.parametrize(
    ("text", "hashed"),
    # Vectors of Kafka's own test of its hash.
    [(b"21", -973932308), (b"foobar", -790332482), (b"a-little-bit-long-string", -985981536), (b"a-little-bit-longer-string", -1486304829), (b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971)],
)  # fmt: skip
def test_keys_lie_where_kafka_puts_them(text: bytes, hashed: int) -> None:
    assert partition.murmur2(text) == hashed & 0x7FFFFFFF


@settings(deadline=None)
@given(st.text(max_size=200))
def test_keys_are_read_as_they_are_written(identity: str) -> None:
    assert key_id(partition.key(7, identity)) == identity


def test_hot_keys_and_weights() -> None:
    wanted = Scenario(
        name="x", hot=0.7, types={"CarCreated": 3, "LoanCreated": 1}, size=4096, stages=[Stage(rate=1, seconds=1)]
    )
    mixture = Mixture(wanted, lambda identity: identity < "2")
    some = list(itertools.islice(mixture.events(), 400))
    hot = sum(one.id < "2" for one in some)
    assert 0.65 * 400 < hot < 0.85 * 400  # 0.7, and an eighth of the rest
    assert 0.65 * 400 < sum(one.type == "CarCreated" for one in some) < 0.85 * 400
    assert len({one.id for one in some}) == len({one.body["entities"][0]["id"] for one in some}) == 400
    assert all(4096 <= len(json.dumps(one.body)) < 4500 for one in some)
    assert all(one.id == one.body["eventHeader"]["uuid"] for one in some)
