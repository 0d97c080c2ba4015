"""Processes of a supervisor that did not live to stop them."""

import contextlib
import json
from pathlib import Path

import psutil


def end_recorded(file: Path) -> None:
    """Kill the recorded processes that still are the same ones (pid and start time). A file that broke off names none."""
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
                for child in [*process.children(recursive=True), process]:
                    child.kill()
                process.wait(10)
    file.unlink(missing_ok=True)
