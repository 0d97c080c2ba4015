"""The machine under a running stack: its disk is nearly full, its clock is wrong. The doctor's process alone sees them so."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cli.client.stack import Stack
from cli.doctor.probes.machine import FULL, NEARLY
from local.environment import Instance
from tests.support.cdc import cdc
from tests.support.paths import ROOT

pytestmark = pytest.mark.engine
# In a mount namespace of its own: the environment's folder on a small file system that a file nearly fills, and the folders
# in it where they were. $1: the folder, $2: bytes of the file system, $3: bytes of the file, $4: Python.
SMALL_DISK = """
set -eu
disk=$(mktemp -d)
trap 'umount -l "$disk"; rmdir "$disk"' EXIT  # the rest of the namespace goes with its last process
mount -t tmpfs -o "mode=0700,size=$2" tmpfs "$disk"
for each in "$1"/* "$1"/.[!.]*; do
    [ -e "$each" ] || continue
    if [ -d "$each" ]; then mkdir "$disk/${each##*/}"; mount --bind "$each" "$disk/${each##*/}"
    else cp -a "$each" "$disk/"; fi
done
fallocate -l "$3" "$disk/forgotten.log"
mount --rbind "$disk" "$1"
"$4" -m cli doctor --json > "$5/full.json" || true
command=$("$4" -c 'import json, sys
for one in json.load(open(sys.argv[1]))["probes"]:
    if one["probe"] == "disk-has-room": print(one["findings"][0]["command"])' "$5/full.json")
sh -c "$command" > "$5/du.txt"
rm "$1/forgotten.log"
"$4" -m cli doctor --json > "$5/after.json" || true
umount -l "$1"
"""
# The command, in a process whose clock is `sys.argv[1]` seconds off.
WRONG_CLOCK = """
import sys, time
true, off = time.time, float(sys.argv.pop(1))
time.time = lambda: true() + off
from cli.app import app
app(prog_name="cdc")
"""


def probe(text: str, name: str) -> dict[str, Any]:
    return next(one for one in json.loads(text)["probes"] if one["probe"] == name)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small file system")
@pytest.mark.parametrize(("left", "verdict"), [(FULL // 2, "failed"), (NEARLY // 2, "warning")])
def test_a_disk_that_is_nearly_full(running: Stack, tmp_path: Path, left: int, verdict: str) -> None:
    home, file = Instance.here().home, 5 * NEARLY // 4
    values = [str(home), str(file + left), str(file), sys.executable, str(tmp_path)]
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", SMALL_DISK, "sh", *values], cwd=ROOT, capture_output=True, text=True, check=False
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = probe((tmp_path / "full.json").read_text(), "disk-has-room")
    assert found["verdict"] == verdict
    assert found["runbook"] == "docs/runbooks/disk.md"
    assert "forgotten.log" in (tmp_path / "du.txt").read_text()
    assert probe((tmp_path / "after.json").read_text(), "disk-has-room")["verdict"] == "ok"


@pytest.mark.parametrize("moved", [-90, 90])
def test_a_clock_that_was_moved(running: Stack, moved: int) -> None:
    command = [sys.executable, "-c", WRONG_CLOCK, str(moved), "doctor", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    found = probe(done.stdout, "clocks-agree")
    (finding,) = found["findings"]
    where = "behind" if moved > 0 else "ahead of"
    assert finding["evidence"] == f"the database's clock is 90 s {where} this machine's"
    assert finding["command"] == "timedatectl set-ntp true"
    assert probe(cdc("doctor", "--json").stdout, "clocks-agree")["verdict"] == "ok"
