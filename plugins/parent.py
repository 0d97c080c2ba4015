"""End with the process that started us: an engine that was killed leaves its plugins behind otherwise."""

import os
import threading
from collections.abc import Callable


def exit_with_parent(leave: Callable[[], object], every_seconds: float = 1.0) -> None:
    """Call `leave` as soon as our parent is no longer the one we started with. Blocks: run it in a thread."""
    parent = os.getppid()
    pause = threading.Event()
    while os.getppid() == parent:
        pause.wait(every_seconds)
    leave()
