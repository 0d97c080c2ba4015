"""What a pull request says of its routes: owners, readers, and where a committed sample would go."""

from typing import Any

import pytest

from cli.commands import review
from stacks.routes.model import Route, Routes
from tests.support.business import business


def changed(**edits: Any) -> Routes:
    """The committed routes, the first of them changed."""
    found = business()
    first = Route.model_validate(found.routes[0].model_dump(by_alias=True, exclude_unset=True) | edits)
    return found.model_copy(update={"routes": [first, *found.routes[1:]]})


def sections(monkeypatch: pytest.MonkeyPatch, before: Routes, after: Routes) -> list[str]:
    monkeypatch.setattr(review.routes_file, "at", lambda _: before)
    monkeypatch.setattr(review.routes_file, "here", lambda: after)
    return review.sections("main")


def test_nothing_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert sections(monkeypatch, business(), business()) == []


def test_a_wider_condition_of_another_owner(monkeypatch: pytest.MonkeyPatch) -> None:
    wider = changed(owner="fleet", when={"field": "event_type", "in": ["CarCreated", "LoanCancelled"]})
    owners, moved = sections(monkeypatch, business(), wider)
    assert "| `car-created` | changed | platform, fleet | car-consumer |" in owners
    assert "where 200 events of samples/event-headers.jsonl would go" in moved
    assert "| `car-created` | 40 | 0 | 40 |" in moved
    assert "unrouted: 20.0% → 0.0%" in moved
    # Taken back it is the other way round.
    _, back = sections(monkeypatch, wider, business())
    assert "| `car-created` | 0 | 40 | 40 |" in back


def test_new_and_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    fewer = business().model_copy(update={"routes": business().routes[1:]})
    assert "| `car-created` | new | platform | car-consumer |" in sections(monkeypatch, fewer, business())[0]
    assert "| `car-created` | removed | platform | car-consumer |" in sections(monkeypatch, business(), fewer)[0]


def test_without_a_sample_nothing_is_claimed(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setattr(review, "SAMPLES", tmp_path)
    assert len(sections(monkeypatch, business(), changed(when={"field": "event_type", "equals": "X"}))) == 1
