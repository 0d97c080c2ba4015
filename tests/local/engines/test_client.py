"""What is said before anything is started, and of a supervisor that does not answer."""

from pathlib import Path
from typing import Any

import httpx2
import pytest

from local.engines import client
from local.environment import Instance
from local.errors import LocalError


def test_a_full_disk_is_said_before_anything_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    instance = Instance(tmp_path / "home", 23960)
    client.refuse_full_disk(instance)
    monkeypatch.setattr(client, "ROOM", 1 << 60)
    with pytest.raises(LocalError, match="MB left; the engines begin with") as told:
        client.refuse_full_disk(instance)
    assert "CDC_HOME" in told.value.hint
    monkeypatch.undo()
    client.refuse_full_disk(instance)


def test_a_supervisor_that_is_slow_is_not_one_that_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else its engines would be taken for leftovers, and killed."""
    instance, answers = Instance(tmp_path / "home", 23960), list[Exception]()

    def asked(*_: Any, **__: Any) -> httpx2.Response:
        raise answers.pop(0)

    monkeypatch.setattr(client, "asked", asked)
    answers += [httpx2.ConnectError("refused"), httpx2.ReadTimeout("slow"), httpx2.ConnectError("refused")]
    assert client.engines(instance) is None
    with pytest.raises(LocalError, match="does not answer"):
        client.engines(instance)
    assert client.engines(instance) is None
