"""The comparison's own sums: what is called lost, repeated or misrouted, and which arms are measured against which."""

import struct
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bench.peers import measure, naive, page
from bench.peers.__main__ import ARMS, main
from bench.peers.measure import Figures
from cli.traffic.seen import Seen

FIGURES = Figures(
    events_per_s=10_000,
    p50=80,
    p99=160,
    lost=0,
    repeated=0,
    misrouted=0,
    cpu_arm=50,
    cpu_kafka=20,
    memory=900,
)


def reader(**topics: list[str]) -> Any:
    """One that has seen these events, per topic, in this order."""
    seen: Any = Seen(topics)
    for topic, identities in topics.items():
        for identity in identities:
            seen.note(topic, identity, None)
    return SimpleNamespace(seen=seen)


def test_what_is_missing_is_lost_and_what_came_again_is_repeated() -> None:
    found = reader(a=["1", "2", "2", "stranger"], b=["3"])
    assert measure.judged(found, {"1", "2", "3"}) == (0, 1)
    assert measure.judged(found, {"1", "2", "3", "4"}) == (1, 1)


def test_a_topic_of_one_type_is_right_whatever_its_name() -> None:
    types = {"1": "Car", "2": "Car", "3": "Loan"}
    assert measure.misplaced(reader(a=["1", "2"], b=["3"]), types) == 0
    assert measure.misplaced(reader(a=["1", "2", "3"], b=[]), types) == 1


def insert(*values: str | None) -> bytes:
    """PostgreSQL's Insert message: https://www.postgresql.org/docs/current/protocol-logicalrep-message-formats.html"""
    columns = [b"n" if v is None else b"t" + struct.pack(">i", len(v.encode())) + v.encode() for v in values]
    return b"I" + struct.pack(">i", 16399) + b"N" + struct.pack(">h", len(values)) + b"".join(columns)


def test_the_naive_router_reads_rows() -> None:
    assert naive.columns(insert("id", None, "ü", "", '{"a": 1}')) == ["id", None, "ü", "", '{"a": 1}']


def test_only_arms_of_one_guarantee_are_compared() -> None:
    quick = replace(FIGURES, events_per_s=40_000, p50=8)
    slower = replace(FIGURES, events_per_s=5_000, p50=20)
    told = page.html(ARMS, {"ours": [FIGURES] * 3, "outbox-eos": [slower] * 3, "naive": [quick] * 3}, "the command")
    assert "events/s, exactly once: ours 2.00 × the best (outbox-eos)." in told
    assert "p50 ms, exactly once: ours 0.25 × the best (outbox-eos)." in told
    assert "(naive)" not in told
    alone = page.html(ARMS, {"ours": [FIGURES], "naive": [quick]}, "the command")
    assert "No other arm of the guarantee" in alone


def test_medians_with_their_spread() -> None:
    rounds = [replace(FIGURES, p50=value) for value in (70.0, 90.0, 400.0)]
    cell = page.row(ARMS[0], rounds).cell("p50")
    assert (cell.median, cell.least, cell.most) == ("90", "70", "400")


def test_an_unknown_arm_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sys.argv", ["peers", "--arms", "ours,nobody", "--page", str(tmp_path / "page.html")])
    with pytest.raises(SystemExit, match="unknown arms: nobody; there are ours, streams, outbox-eos"):
        main()
    assert not (tmp_path / "page.html").exists()
