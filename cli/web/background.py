"""A console that goes on after the command that started it, until `cdc down`."""

import contextlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import psutil

from local.environment import ROOT, Instance
from stacks.errors import CdcError

PATIENCE = 30.0  # seconds until it has printed its address


def record(instance: Instance) -> Path:
    """Which process it is, and its address: for this user only, as the folder is."""
    return instance.folder("run") / "console.json"


def running(instance: Instance) -> tuple[psutil.Process, str] | None:
    """The process and its address; None when there is none (any more)."""
    try:
        known = json.loads(record(instance).read_text())
        process = psutil.Process(known["pid"])
        if process.create_time() == known["created"] and process.is_running():
            return process, known["address"]
    except (OSError, ValueError, LookupError, TypeError, psutil.Error):
        pass
    return None


def start(instance: Instance, root: Path = ROOT) -> str:
    """The address of the console of this environment, started in a checkout if there is none. CdcError with the end of its log."""
    if known := running(instance):
        return known[1]
    log = instance.folder("logs") / "console.log"
    port = str(instance.port("console"))
    with log.open("w") as sink:
        child = subprocess.Popen(
            [sys.executable, "-m", "cli", "console", "--port", port],
            cwd=root,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
            # As engines' are: what is left of an environment is known by its home.
            env={
                **os.environ,
                "PYTHONPATH": str(root),
                "CDC_HOME": str(instance.home),
                "CDC_PORT_BASE": str(instance.port_base),
            },
            start_new_session=True,
        )
    address = printed(child, log)
    known = {"pid": child.pid, "created": psutil.Process(child.pid).create_time(), "address": address}
    record(instance).write_text(json.dumps(known))
    return address


def printed(child: "subprocess.Popen[bytes]", log: Path) -> str:
    """The address, once it has printed it."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and child.poll() is None:
        for word in log.read_text().split():
            if word.startswith("http://") and "#" in word:
                return word
        time.sleep(0.05)
    child.kill()
    raise CdcError(f"the console did not start: {log.read_text().strip()[-300:]}", "./cdc console says more")


def stop(instance: Instance) -> bool:
    """End it. Was there one?"""
    known = running(instance)
    if known:
        with contextlib.suppress(psutil.Error):
            known[0].terminate()
        psutil.wait_procs([known[0]], timeout=5)
    record(instance).unlink(missing_ok=True)
    return known is not None
