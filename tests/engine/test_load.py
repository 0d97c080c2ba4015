"""`cdc load` on a running stack: what it says of a run is what happened."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli.client import kafka
from cli.client.stack import Stack
from tests.support import ledger
from tests.support.cdc import cdc

pytestmark = pytest.mark.engine
RAW = "raw-event-headers"


def load(folder: Path, code: int, **scenario: Any) -> dict[str, Any]:
    file = folder / "mine.yaml"
    file.write_text(yaml.safe_dump({"name": "mine", **scenario}))
    done = cdc("load", str(file), "--json", "--html", str(folder / "page.html"))
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("via", ["api", "database", "both"])
def test_every_event_is_followed_to_its_reader(running: Stack, tmp_path: Path, via: str) -> None:
    before = ledger.raw_count(running)
    stages = [{"ramp": [5, 20], "seconds": 4}, {"batch": 5, "parallel": 3}]
    found = load(tmp_path, 0, via=via, size="4k", stages=stages)
    assert found["offered"] == found["stored"] == 50 + 5 * 5
    assert (found["lost"], found["repeated"], found["errors"]) == (0, 0, {})
    assert ledger.raw_count(running) - before == 75
    took = [found["latency"][stop]["p50"] for stop in ("stored", "captured", "routed", "readable")]
    assert 0 < took[0] <= took[1] <= took[2] <= took[3]
    assert found["cores"]["taskmanager"] > 0
    page = (tmp_path / "page.html").read_text()
    assert "passed" in page
    assert page.count("<polyline") == 7


def test_a_threshold_that_is_passed_fails_the_run(running: Stack, tmp_path: Path) -> None:
    stages = [{"rate": 20, "seconds": 1}]
    found = load(tmp_path, 1, stages=stages, thresholds={"p99": {"readable": 0.000001, "stored": 60}})
    assert [one.partition(" is ")[0] for one in found["failures"]] == ["p99 readable"]
    assert "FAILED" in (tmp_path / "page.html").read_text()


def test_hot_keys_lie_in_one_partition(running: Stack, tmp_path: Path) -> None:
    before = {place: high for place, (_, high) in kafka.topic_ends(running, RAW).items()}
    load(tmp_path, 0, via="database", transaction=10, hot=1, stages=[{"rate": 100, "seconds": 1}])
    grown = {place: high - before[place] for place, (_, high) in kafka.topic_ends(running, RAW).items()}
    assert sorted(grown.values())[-1] == sum(grown.values()) == 100


def test_what_is_not_captured_is_lost(running: Stack, tmp_path: Path) -> None:
    assert cdc("connector", "pause").returncode == 0
    try:
        found = load(tmp_path, 1, stages=[{"rate": 5, "seconds": 1}])
    finally:
        assert cdc("connector", "resume").returncode == 0
    assert (found["stored"], found["lost"]) == (5, 5)
    assert found["failures"] == ["5 lost (at most 0)"]


def test_a_refusal_is_counted_by_its_status(running: Stack, tmp_path: Path) -> None:
    """Bodies beyond what the API takes."""
    found = load(tmp_path, 1, size=4_000_000, types={"CarCreated": 1}, stages=[{"batch": 2}])
    assert (found["stored"], sum(found["errors"].values())) == (0, 2)
    assert found["failures"][0] == "2 errors (at most 0)"


def test_a_search_tells_each_try(running: Stack, tmp_path: Path) -> None:
    search = {"lowest": 5, "highest": 10, "seconds": 1, "stop": "readable", "p99": 60, "attempts": 1}
    found = load(tmp_path, 0, search=search)
    assert [one["rate"] for one in found["tries"]] == [5, 10]
    assert found["highest"] == 10
