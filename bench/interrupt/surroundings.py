"""What goes wrong around a command: the disk fills, the clock jumps by an hour.

The disk is a small file system of its own (root only), the clock is libfaketime's (the package `faketime`) and shifts all engines of the
environment at once, the local cloud among them. `missing` says which of them this machine does not have.
"""

import contextlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Generator
from pathlib import Path

from bench.interrupt.victims import Command, Victim
from bench.ledger.checkout import Checkout
from local.toolchain import postgres

SIZE = "3g"  # of the environment's disk; taken from memory as it fills
LIBRARY = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
HOUR = 3600
# Python's own sleep fails under libfaketime: the clock begins with what the supervisor starts, none of which sleeps that way.
BELIEVE = """import json, os, sys
if "local.engines" in sys.orig_argv:
    os.environ |= json.loads(os.environ["CDC_BENCH_CLOCK"])
"""


def missing() -> list[str]:
    """What cannot be tried on this machine, and why."""
    disk = [] if os.geteuid() == 0 else ["full disk: only root may mount a small one"]
    return disk + ([] if LIBRARY else ["clock: libfaketime is not installed (package faketime)"])


@contextlib.contextmanager
def small_disk(home: Path) -> Generator[list[Path]]:
    """The environment's folders, and its database's where that lies elsewhere, each on a disk of `SIZE`. None unless root."""
    wanted = home / "data" / "postgres"
    folders = [home, postgres.data_folder(wanted, postgres.install())] if os.geteuid() == 0 else []
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
        mode = "mode=0700"  # as the environment makes it
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE},{mode}", "tmpfs", str(folder)], check=True)
    try:
        yield folders
    finally:
        for folder in reversed(folders):
            subprocess.run(["umount", "--lazy", str(folder)], check=True)


def full(folders: list[Path]) -> Victim:
    """No byte is left, until the command has ended."""

    def end(_: Command) -> bool:
        for folder in folders:
            with (folder / "ballast").open("wb") as ballast, contextlib.suppress(OSError):
                while free := shutil.disk_usage(folder).free:
                    os.posix_fallocate(ballast.fileno(), ballast.tell(), free)
                    ballast.seek(0, os.SEEK_END)
        return True

    def undo() -> None:
        for folder in folders:
            (folder / "ballast").unlink(missing_ok=True)

    return Victim("full disk", end, undo)


class Clock:
    """The hour that every engine of the environment believes."""

    def __init__(self, checkout: Checkout) -> None:
        descriptor, name = tempfile.mkstemp(prefix="cdc-clock-")
        os.close(descriptor)
        self.file = Path(name)
        self.file.chmod(0o644)  # PostgreSQL may run as another user
        self.set(0)
        (checkout.root / "sitecustomize.py").write_text(BELIEVE)
        checkout.environment["CDC_BENCH_CLOCK"] = json.dumps(self.environment())

    def set(self, seconds: int) -> None:
        """From now on."""
        self.file.write_text(f"{seconds:+d}\n")

    def environment(self) -> dict[str, str]:
        """Variables of a process that believes it. Its monotonic clock goes on, as a machine's does."""
        return {
            "LD_PRELOAD": str(LIBRARY),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_FORCE_MONOTONIC_FIX": "0",  # a JVM waits by its monotonic clock: corrected, it would wait too long
        }

    def jump(self, name: str, seconds: int) -> Victim:
        """To this offset from the true time."""

        def end(_: Command) -> bool:
            self.set(seconds)
            return True

        return Victim(name, end)


def victims(folders: list[Path], clock: Clock | None) -> list[Victim]:
    """In this order: each jump of the clock undoes the one before."""
    disk = [full(folders)] if folders else []
    if clock is None:
        return disk
    ahead, back = clock.jump("clock an hour ahead", HOUR), clock.jump("clock back again", 0)
    behind = clock.jump("clock an hour behind", -HOUR)
    return [*disk, ahead, *disk, back, behind, *disk, clock.jump("clock ahead again", 0)]
