"""Starting engines from another process: a supervisor that ends is said at once, not after all the patience there is."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from local.engines import client, first_start
from local.environment import Instance
from local.errors import LocalError
from local.toolchain import postgres


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


class Started(Exception):
    """The supervisor would have been started."""


def test_a_database_kept_outside_goes_with_its_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root's PostgreSQL data lies elsewhere; who removes the environment's folder by hand gets a new database."""
    home, outside = tmp_path / "home", tmp_path / "outside"

    def start(*_: object, **__: object) -> None:
        raise Started

    monkeypatch.setattr(postgres, "data_folder", lambda wanted, _: outside / wanted.parent.name)
    monkeypatch.setattr(client, "engines", lambda _: None)
    monkeypatch.setattr(client.subprocess, "Popen", start)
    monkeypatch.setattr(client, "end_holders", lambda *_: None)
    cluster = outside / "data" / "PG_VERSION"
    cluster.parent.mkdir(parents=True)
    cluster.touch()
    (home / "data").mkdir(parents=True)
    for present in (True, False):  # of an environment that is there, then of one that was removed
        if not present:
            shutil.rmtree(home)
        first_start.mark(cluster.parent).touch()
        with pytest.raises(Started):
            client.start(Instance(home, 23970), lambda _: None)
        assert (cluster.exists(), first_start.mark(cluster.parent).exists()) == (present, present)
