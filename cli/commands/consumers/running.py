"""`cdc consumers up`: a process for each consumer that has settings in this checkout, their logs side by side."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import yaml

from cli.client import stack as stacks
from cli.commands import env
from cli.console import out, say
from cli.stopping import stopping
from local.environment import ROOT, Instance
from stacks.errors import CdcError

FOLDERS = (ROOT / "examples" / "consumer", ROOT / "consumers")  # ours, and what `cdc consumer new` writes
LOOK = 0.2  # seconds between two looks whether any of them still runs
FINISH = 40.0  # seconds that a consumer may take to finish the record at hand


def run(stack: str, database: str, names: Sequence[str]) -> int:
    """Until Ctrl-C or SIGTERM, which end each of them. `names`: these alone (none: all). Exit code 1 when one ended by itself."""
    running = stacks.load(stack)
    files = [file for folder in FOLDERS for file in sorted(folder.rglob("*.yaml"))]
    known = {yaml.safe_load(file.read_text())["name"]: file for file in files}
    wanted = [one.name for one in running.contract.consumers if one.name in known and (not names or one.name in names)]
    if missing := [name for name in names if name not in wanted]:
        raise CdcError(f"{stack} has no consumer {', '.join(missing)} with settings here", f"known: {', '.join(known)}")
    if not wanted:
        raise CdcError(f"no consumer of {stack} has settings in this checkout", "cdc consumer new NAME --route ROUTE")
    connection = written(env.gather(running))
    stopped, members = stopping(), dict[str, subprocess.Popen[str]]()
    try:  # they have sessions of their own, and would go on without us
        for name in wanted:
            members[name] = started(known[name], connection, database)
        readers = [threading.Thread(target=shown, args=(name, one), daemon=True) for name, one in members.items()]
        for reader in readers:
            reader.start()
        while any(reader.is_alive() for reader in readers) and not stopped.wait(LOOK):
            pass
        if stopped.is_set():
            say("stopping: each finishes the record at hand")
    finally:
        stop(members)
    return 1 if any(one.returncode not in (0, -signal.SIGTERM) for one in members.values()) else 0


def written(found: dict[str, object]) -> Path:
    """Addresses and keys, for this user alone."""
    file = Instance.here().folder("run") / "consumers.json"
    file.touch(mode=0o600)
    file.write_text(json.dumps(found))
    return file


def started(settings: Path, connection: Path, database: str) -> "subprocess.Popen[str]":
    """One of them. Ctrl-C is for us: we end it."""
    command = [sys.executable, "-m", "examples.consumer", str(settings), "--connection", str(connection)]
    if database:
        command += ["--database", database]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        start_new_session=True,
    )


def shown(name: str, process: "subprocess.Popen[str]") -> None:
    """Its lines, each with its name."""
    assert process.stdout is not None  # noqa: S101 - a pipe, by construction
    for line in process.stdout:
        out.print(f"{name:<22} {line.rstrip()}", markup=False, highlight=False, soft_wrap=True)


def stop(members: "dict[str, subprocess.Popen[str]]") -> None:
    """Ask all, then wait for each."""
    for one in members.values():
        one.terminate()
    for one in members.values():
        try:
            one.wait(FINISH)
        except subprocess.TimeoutExpired:
            one.kill()
            one.wait()
