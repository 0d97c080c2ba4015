"""`cdc restart`: of an engine that runs, of none, of one that was given up."""

from types import SimpleNamespace
from typing import Any

import pytest

from cli.client.stack import NotRunning
from cli.commands import restart
from local.engines import client
from local.errors import LocalError
from stacks.errors import CdcError


@pytest.fixture
def rows(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the supervisor says of its engines; what it is asked is added to it."""
    found: list[Any] = [{"name": "kafka", "state": "ready", "pid": 7, "problem": ""}]
    monkeypatch.setattr(client, "engines", lambda _: [one for one in found if isinstance(one, dict)] or None)
    monkeypatch.setattr(client, "asked", lambda *asked, **_: found.append(asked[1:]) or SimpleNamespace())
    return found


def test_good_bad_good(rows: list[Any]) -> None:
    assert restart.run("kafka") == 0
    with pytest.raises(CdcError, match="no engine 'kafak'") as unknown:
        restart.run("kafak")
    assert unknown.value.hint == "known: kafka"
    rows[0] |= {"state": "failed", "pid": None, "problem": "no room"}
    with pytest.raises(LocalError, match="kafka could not be started: no room"):
        restart.run("kafka")
    rows[0] |= {"state": "ready", "pid": 8}
    assert restart.run("kafka") == 0
    assert rows[1:] == [("POST", "/restart/kafka")] * 3


def test_nothing_runs(rows: list[Any]) -> None:
    rows.clear()
    with pytest.raises(NotRunning):
        restart.run("kafka")
