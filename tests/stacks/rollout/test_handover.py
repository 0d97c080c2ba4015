"""The hand-over against a stub of Confluent's statements API: every order of events that an interrupted update can leave."""

import asyncio
from typing import Any

import pytest

from stacks.errors import CdcError
from stacks.rollout import flink_client, handover, start_position
from stacks.rollout.flink_client import CARRY, Connection
from stacks.rollout.previous_outputs import PreviousOutputs, Served
from stacks.statements.render import Statement

CONNECTION = Connection(rest_endpoint="https://f", organization_id="o", environment_id="e", api_key="k", api_secret="s")  # noqa: S106


class Stub(flink_client.Flink):
    """Statements in memory: a stopping one stops, and then what continues from it runs (or fails)."""

    def __init__(self, *statements: tuple[str, str, str], fails: str = "") -> None:
        super().__init__("http://127.0.0.1", "o", "e", "k", "s")
        self.phases = {name: phase for name, phase, _ in statements}
        self.carried = {name: carry for name, _, carry in statements}
        self.fails, self.stops = fails, []

    def shown(self, name: str) -> dict[str, Any]:
        spec = {"properties": {CARRY: self.carried[name]} if self.carried[name] else {}, "stopped": False}
        return {"name": name, "spec": spec, "status": {"phase": self.phases[name], "detail": self.detail(name)}}

    def detail(self, name: str) -> str:
        waits = f"Statement is currently pending {handover.WAITS} is stopped."
        return waits if self.phases[name] == "PENDING" else "no such column"

    async def get(self, name: str, attempts: int = 12) -> Any:
        return self.shown(name) if name in self.phases else None

    async def all(self) -> Any:
        return [self.shown(name) for name in self.phases]

    async def set_stopped(self, statement: Any, stopped: bool) -> None:
        name = statement["name"]
        self.stops.append((name, stopped))
        self.phases[name] = "STOPPED" if stopped else "RUNNING"
        for successor, carry in self.carried.items():
            if carry == name and stopped and self.phases[successor] == "PENDING":
                self.phases[successor] = "FAILED" if successor == self.fails else "RUNNING"


def run(flink: Stub, old: str) -> None:
    asyncio.run(handover.hand_over(flink, old))


def test_the_old_one_stops_and_the_new_one_runs() -> None:
    flink = Stub(("a", "RUNNING", ""), ("b", "PENDING", "a"))
    run(flink, "a")
    assert flink.phases == {"a": "STOPPED", "b": "RUNNING"}


def test_a_finished_hand_over_is_left_alone() -> None:
    flink = Stub(("a", "STOPPED", ""), ("b", "RUNNING", "a"))
    run(flink, "a")
    assert flink.stops == []


def test_destroy_stops_nothing() -> None:
    flink = Stub(("a", "RUNNING", ""))
    run(flink, "a")
    assert flink.stops == []


def test_a_new_one_that_failed_at_once_leaves_the_old_one_running() -> None:
    flink = Stub(("a", "RUNNING", ""), ("b", "FAILED", "a"))
    with pytest.raises(CdcError, match="b is FAILED: no such column; the old one runs on"):
        run(flink, "a")
    assert flink.stops == []


def test_a_new_one_that_fails_to_start_brings_the_old_one_back() -> None:
    flink = Stub(("a", "RUNNING", ""), ("b", "PENDING", "a"), fails="b")
    with pytest.raises(CdcError, match="the old one was resumed"):
        run(flink, "a")
    assert flink.phases["a"] == "RUNNING"


@pytest.mark.parametrize(
    ("statements", "wanted"),
    [
        ([("a", "RUNNING", "")], "a"),
        ([("a", "STOPPED", "")], "a"),
        ([("a", "DEGRADED", "")], "a"),
        ([("a", "STOPPED", ""), ("b", "RUNNING", "a")], "b"),
        ([("b", "RUNNING", "a")], "b"),
        ([("b", "STOPPED", "a"), ("c", "RUNNING", "b")], "c"),
        ([("a", "RUNNING", ""), ("new-a", "PENDING", "a")], "a"),
        ([("a", "RUNNING", ""), ("b", "FAILED", "a")], "a"),
        ([("a", "STOPPED", ""), ("new-a", "RUNNING", "a")], "a"),
        ([("a", "STOPPED", ""), ("b", "RUNNING", "a"), ("new-b", "PENDING", "b")], "b"),
    ],
)
def test_where_an_update_continues(statements: list[tuple[str, str, str]], wanted: str) -> None:
    assert asyncio.run(handover.predecessor(Stub(*statements), "a", lambda carry: f"new-{carry}")) == wanted


@pytest.mark.parametrize("statements", [[], [("a", "FAILED", "")], [("a", "COMPLETED", "")], [("b", "FAILED", "a")]])
def test_nothing_to_continue_from(statements: list[tuple[str, str, str]]) -> None:
    with pytest.raises(LookupError):
        asyncio.run(handover.predecessor(Stub(*statements), "a", lambda carry: f"new-{carry}"))


def test_a_corrected_change_goes_past_the_one_that_failed() -> None:
    flink = Stub(("a", "RUNNING", ""), ("b", "FAILED", "a"), ("c", "PENDING", "a"))
    run(flink, "a")
    assert flink.phases == {"a": "STOPPED", "b": "FAILED", "c": "RUNNING"}


def statement(start: str | None = None, carries: bool = True, key: str = "s") -> Statement:
    return Statement(key, "cdc", "text", {"x": "y"}, "s", ("raw-s",), (), start, carries)


def test_without_offsets_a_start_is_asked_for() -> None:
    with pytest.raises(CdcError, match="s cannot continue: a is GONE") as caught:
        asyncio.run(start_position.continued(Stub(), statement(), Served("a")))
    assert "start: earliest, latest or a time" in caught.value.hint
    place = asyncio.run(start_position.continued(Stub(), statement(start="2026-01-31T10:00:00Z"), Served("a")))
    assert place == ("", "1769853600000")


def kept(flink: flink_client.Flink, wanted: Statement, served: Served) -> tuple[str, str]:
    return asyncio.run(start_position.kept(flink, wanted, served))


def test_good_bad_good_what_did_not_change() -> None:
    """A statement that is lost is not made again from the beginning, where it would repeat everything."""
    served = Served(statement().name("old"), "old", "")
    own = served.statement
    assert kept(Stub((own, "RUNNING", "old")), statement(), served) == ("old", "")
    for phases in ([], [(own, "FAILED", "old")], [("old", "FAILED", ""), (own, "FAILED", "old")]):
        with pytest.raises(CdcError, match="so its offsets are lost") as caught:
            kept(Stub(*phases), statement(), served)
        assert "cdc statements restore" in caught.value.hint
        assert kept(Stub(*phases), statement(start="2026-01-31T10:00:00Z"), served) == ("", "1769853600000")
    for phase in ("PENDING", "DEGRADED", "STOPPED"):
        assert kept(Stub((own, phase, "old")), statement(), served) == ("old", "")
    # It never ran, and the one before it still has the offsets.
    assert kept(Stub(("old", "STOPPED", ""), (own, "FAILED", "old")), statement(), served) == ("old", "")
    # Taken back half-way: what has taken its place has the offsets.
    assert kept(Stub(("b", "RUNNING", own)), statement(), served) == ("b", "")


def test_where_nobody_can_ask_it_is_taken_to_be_there() -> None:
    class Away(Stub):
        async def get(self, name: str, attempts: int = 12) -> Any:
            assert attempts == 1
            raise CdcError("no answer")

    assert kept(Away(), statement(), Served("a", "b", "7")) == ("b", "7")


@pytest.fixture(autouse=True)
def previewing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Previews ask nobody about what did not change."""
    monkeypatch.setattr(start_position.pulumi.runtime, "is_dry_run", lambda: True)


def decided(found: Statement, previous: PreviousOutputs) -> dict[str, Any]:
    start = start_position.decide(found, previous, CONNECTION)
    assert isinstance(start.properties, dict)
    return start.properties


def test_a_first_statement_begins_at_the_earliest_record() -> None:
    assert decided(statement(), PreviousOutputs()) == {"x": "y"}
    assert decided(statement(start="earliest"), PreviousOutputs()) == {"x": "y"}


def test_a_start_is_a_moment() -> None:
    found = decided(statement(start="2026-01-31T10:00:00Z"), PreviousOutputs())
    assert found[flink_client.START_MODE] == "timestamp"
    assert found[flink_client.START_MILLIS] == "1769853600000"


def test_what_did_not_change_keeps_its_properties() -> None:
    previous = PreviousOutputs({"s": Served(statement().name("old"), "old", "")})
    assert decided(statement(), previous) == {"x": "y", CARRY: "old"}
    previous = PreviousOutputs({"s": Served(statement().name("", "5"), "", "5")})
    assert decided(statement(start="latest"), previous)[flink_client.START_MILLIS] == "5"


def test_a_further_set_begins_now_and_the_rest_a_little_earlier(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start_position, "now", lambda: 1_000_000)
    previous = PreviousOutputs({"s": Served("a")})
    assert decided(statement(key="s.2"), previous)[flink_client.START_MILLIS] == "1000000"
    assert decided(statement(key="s.unrouted", carries=False), previous)[flink_client.START_MILLIS] == "400000"
