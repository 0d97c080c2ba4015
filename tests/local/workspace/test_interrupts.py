"""Ctrl-C: the program that we run finishes what it has begun; a second one ends it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.paths import ROOT

CHILD = """
import os, signal, sys
def stop(*_):
    os.write(1, b"finishing\\n")  # print may be in the middle of a line when the signal comes
    if sys.argv[1] == "slow":
        signal.pause()
    open(sys.argv[2], "w").write("whole")
    sys.exit(255)
signal.signal(signal.SIGINT, stop)
print("at work", flush=True)
signal.pause()
"""
CALLER = """
import sys
from local.workspace import interrupts
try:
    interrupts.run([sys.executable, "-c", *sys.argv[1:]])
except KeyboardInterrupt:
    sys.exit(130)
"""


@pytest.mark.parametrize(("how", "written"), [("quick", True), ("slow", False)])
def test_what_was_begun_is_finished(tmp_path: Path, how: str, written: bool) -> None:
    file = tmp_path / "state"
    caller = subprocess.Popen(
        [sys.executable, "-c", CALLER, CHILD, how, str(file)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a job in the background ignores it
    )
    assert caller.stdout is not None
    assert caller.stdout.readline() == "at work\n"
    os.killpg(caller.pid, signal.SIGINT)
    assert caller.stdout.readline() == "finishing\n"
    if how == "slow":
        press_again(caller)
    assert caller.wait(60) == 130
    assert file.exists() is written


def press_again(caller: "subprocess.Popen[str]") -> None:
    """As a person does, who sees nothing happen: two signals that come before the program looks are one."""
    for _ in range(12):
        os.kill(caller.pid, signal.SIGINT)
        try:
            caller.wait(5)
        except subprocess.TimeoutExpired:
            continue
        return
