"""Processes of a supervisor that did not live to stop them."""

import contextlib
import json
from collections.abc import Iterable
from pathlib import Path

import psutil


def end(process: psutil.Process) -> None:
    """Kill it and its children; the others also where one is gone by itself meanwhile (PostgreSQL's come and go)."""
    doomed = [process]
    with contextlib.suppress(psutil.Error):
        doomed += process.children(recursive=True)
    for one in doomed:
        with contextlib.suppress(psutil.Error):
            one.kill()
    psutil.wait_procs(doomed, timeout=10)


def end_holders(home: Path, ports: Iterable[int]) -> None:
    """End what listens on these ports and was started for this environment: nobody recorded it, and its supervisor is gone."""
    wanted = set(ports)
    for one in psutil.net_connections("inet"):
        if one.pid and one.laddr and one.laddr[1] in wanted and one.status == psutil.CONN_LISTEN:
            with contextlib.suppress(psutil.Error):
                process = psutil.Process(one.pid)
                if process.environ().get("CDC_HOME") == str(home):
                    end(process)


def end_recorded(file: Path) -> None:
    """End the recorded processes that still are the same ones (pid and start time). A file that broke off names none."""
    if not file.exists():
        return
    try:
        recorded = [(int(pid), float(created)) for pid, created in json.loads(file.read_text()).values()]
    except (ValueError, TypeError, AttributeError):
        recorded = []
    for pid, created in recorded:
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(pid)
            if abs(process.create_time() - created) < 1:
                end(process)
    file.unlink(missing_ok=True)
