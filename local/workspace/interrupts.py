"""Ctrl-C reaches the Pulumi CLI, too: it finishes what it has begun and writes its state down, and we wait for it."""

import signal
import subprocess
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

Program = subprocess.Popen[str]


def run(command: list[str], **options: Any) -> "subprocess.CompletedProcess[str]":
    """As `subprocess.run` with text, which would kill the CLI a quarter of a second after Ctrl-C. A second Ctrl-C ends it.

    Raises KeyboardInterrupt once the program has ended.
    """
    with patience() as running, subprocess.Popen(command, text=True, **options) as process:
        running.append(process)
        out, err = process.communicate()
    return subprocess.CompletedProcess(command, process.returncode, out, err)


@contextmanager
def patience() -> Generator[list[Program]]:
    """Ctrl-C is remembered until the work is done; the second one kills the programs in the list that is given."""
    running: list[Program] = []
    if threading.current_thread() is not threading.main_thread() or not callable(signal.getsignal(signal.SIGINT)):
        yield running  # only the main thread is interrupted, and a job in the background of a script never is
        return
    presses: list[int] = []

    def pressed(number: int, _: object) -> None:
        presses.append(number)
        if len(presses) > 1:
            for process in running:
                process.kill()

    before = signal.signal(signal.SIGINT, pressed)
    try:
        yield running
    finally:
        signal.signal(signal.SIGINT, before)
    if presses:
        raise KeyboardInterrupt
