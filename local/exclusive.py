"""One command at a time changes an environment: two would write one state."""

import os
from collections.abc import Generator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from local.environment import Instance
from local.errors import LocalError


@contextmanager
def changing(instance: Instance, what: str) -> Generator[None]:
    """Hold the environment for a command; it is let go when its process ends, however it ends. LocalError names the holder."""
    folder = instance.folder("run")
    note = folder / "command.txt"
    lock = FileLock(folder / "command.lock", timeout=0, is_singleton=True)
    try:
        lock.acquire()
    except Timeout as error:
        holder = note.read_text().strip() if note.exists() else "another command"
        raise LocalError(f"{holder} works on this environment", "wait until it is done, or end it") from error
    try:
        note.write_text(f"{what} (pid {os.getpid()})\n")
        yield
    finally:
        lock.release()
