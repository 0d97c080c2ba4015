"""Starting engines from another process: a supervisor that ends is said at once, not after all the patience there is."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from local.engines import client
from local.environment import Instance
from local.errors import LocalError


def process(code: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE)


def test_a_supervisor_that_ended_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "engines", lambda _: None)
    with pytest.raises(LocalError, match="supervisor ended before"):
        client.wait_ready(Instance(tmp_path, 23970), lambda _: None, process("raise SystemExit(1)"))


def test_one_that_lives_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers: list[Any] = [None, [{"name": "kafka", "state": "starting"}], [{"name": "kafka", "state": "ready"}]]
    monkeypatch.setattr(client, "engines", lambda _: answers.pop(0))
    supervisor = process("input()")
    client.wait_ready(Instance(tmp_path, 23970), lambda _: None, supervisor)
    supervisor.communicate()
    assert answers == []
