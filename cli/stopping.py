"""Whoever ends a command that runs until it is ended: Ctrl-C, or SIGTERM."""

import signal
import threading
from types import FrameType


def stopping() -> threading.Event:
    """Set when somebody ends this process, also where a shell has it ignore Ctrl-C (a job in the background)."""
    event = threading.Event()

    def ended(_: int, __: FrameType | None) -> None:
        event.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, ended)
    return event
