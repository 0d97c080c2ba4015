"""One command at a time: the second is told who is at work, and a killed one leaves nothing behind."""

import subprocess
import sys
from pathlib import Path

import pytest

from local.environment import Instance
from local.errors import LocalError
from local.exclusive import changing
from tests.support.paths import ROOT

HOLDER = """
import sys
from pathlib import Path
from local.environment import Instance
from local.exclusive import changing
with changing(Instance(Path(sys.argv[1]), 23960), "cdc up"):
    print("held", flush=True)
    input()
"""


def test_the_second_is_told_and_a_killed_one_lets_go(tmp_path: Path) -> None:
    instance = Instance(tmp_path / "home", 23960)
    command = [sys.executable, "-c", HOLDER, str(instance.home)]
    first = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert first.stdout is not None
    assert first.stdout.readline() == "held\n"
    with (
        pytest.raises(LocalError, match=rf"cdc up \(pid {first.pid}\) works on this environment"),
        changing(instance, "b"),
    ):
        pass
    first.kill()
    first.communicate()
    with changing(instance, "cdc down"), changing(instance, "cdc down, inside"):
        pass
