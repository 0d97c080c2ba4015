"""Whose lock it is: a dead owner's is taken over, a living one's is not."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cli.commands.up import clear_lock, lock_owner


@pytest.fixture
def pulumi(tmp_path: Path) -> Path:
    """A program of that name that waits for its input to end."""
    program = tmp_path / "pulumi"
    shutil.copy(shutil.which("cat") or "/bin/cat", program)
    return program


def test_a_lock_belongs_to_a_living_pulumi_only(tmp_path: Path, pulumi: Path) -> None:
    lock = tmp_path / "lock.json"
    process = subprocess.Popen([str(pulumi)], stdin=subprocess.PIPE)
    lock.write_text(json.dumps({"pid": process.pid}))
    assert lock_owner(lock) == process.pid
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # dead, and nobody has asked for its exit code yet
    assert lock_owner(lock) is None
    process.communicate()
    assert lock_owner(lock) is None


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"pid": "x"}', '{"pid": null}'])
def test_a_lock_that_broke_off_is_nobody_s(text: str, tmp_path: Path) -> None:
    lock = tmp_path / "lock.json"
    lock.write_text(text)
    assert lock_owner(lock) is None
    lock.write_text(json.dumps({"pid": os.getpid()}))  # another program has the number now
    assert lock_owner(lock) is None


def test_files_that_were_begun_and_never_ended_go(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A full disk leaves `LOCK.json.123.tmp`, empty, in the folder of locks: the CLI reads whatever is there."""
    locks, stacks = tmp_path / ".pulumi" / "locks" / "o" / "p" / "local", tmp_path / ".pulumi" / "stacks" / "p"
    for folder in (locks, stacks):
        folder.mkdir(parents=True)
    begun = [locks / "a.json.18ebde.tmp", stacks / "local.json.18ebdf.tmp"]
    for file in (*begun, stacks / "local.json"):
        file.touch()
    ran: list[list[str]] = []
    workspace: Any = SimpleNamespace(backend=tmp_path, output=ran.append)
    clear_lock(workspace)
    assert not any(file.exists() for file in begun)
    assert (stacks / "local.json").exists()
    assert ran == []
    (locks / "b.json").touch()
    clear_lock(workspace)
    assert ran == [["cancel", "--yes"]]
    assert "an earlier run was interrupted" in capsys.readouterr().err
