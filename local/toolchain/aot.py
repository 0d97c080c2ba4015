"""Ahead-of-time caches of the JVM engines (JEP 483, 514 and 515): loaded and linked classes, and what the last run learnt of its code.

An engine without a cache writes down what it loads when it ends (`-XX:AOTMode=record`); `create` makes a cache of that, in a process of
its own that nobody waits for. A cache is for one JVM, class path and set of flags, and the JVM itself refuses one that does not fit.
"""

import hashlib
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from local.environment import ROOT
from local.toolchain import cache

RECORD = "-XX:AOTMode=record"
QUIET = ["-Xlog:aot*=off", "-Xlog:cds*=off"]  # a cache that does not fit costs time and nothing else
RECORDED = ".aotconf"
OLDEST = 7 * 24 * 3600  # seconds: what nobody made a cache of by then is of another time


def folder() -> Path:
    """Of the caches, and of what running engines write down; our own user's."""
    found = cache.root() / "aot"
    found.mkdir(mode=0o700, exist_ok=True)
    return found


@dataclass(frozen=True, slots=True)
class Start:
    """How a JVM engine starts: the program, its flags that a cache depends on, and where its classes are (`-cp` or `-jar` and its value)."""

    name: str
    java: str
    flags: tuple[str, ...]
    classes: tuple[str, ...]

    @property
    def key(self) -> str:
        """Of everything that a cache must fit. The JVM's release file tells its version."""
        release = (Path(self.java).parents[1] / "release").read_text()
        text = "\0".join([release, *self.flags, *self.classes])
        return f"{self.name}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"

    @property
    def cache(self) -> Path:
        """The file that may be there."""
        return folder() / f"{self.key}.aot"

    def options(self, home: Path) -> list[str]:
        """The JVM's: use the cache, or write down what one is made of. `home` tells environments apart."""
        if self.cache.exists():
            return [f"-XX:AOTCache={self.cache}", *QUIET]
        owner = hashlib.sha256(str(home).encode()).hexdigest()[:8]
        return [RECORD, f"-XX:AOTConfiguration={folder() / f'{self.key}.{owner}{RECORDED}'}", *QUIET]

    def create(self) -> None:
        """Make the cache of the newest record, if there is one. A record that broke off makes none."""
        records = sorted(folder().glob(f"{self.key}.*{RECORDED}"), key=lambda file: file.stat().st_mtime)
        if records and not self.cache.exists():
            scratch = self.cache.with_suffix(".new")
            mode = ["-XX:AOTMode=create", f"-XX:AOTConfiguration={records[-1]}", f"-XX:AOTCache={scratch}"]
            done = subprocess.run(
                [self.java, *self.flags, *mode, *self.classes], capture_output=True, text=True, check=False
            )
            if done.returncode == 0 and scratch.exists():
                scratch.rename(self.cache)
            else:
                print(f"{self.name}: exit {done.returncode}\n{(done.stdout + done.stderr)[-1000:]}", file=sys.stderr)
            scratch.unlink(missing_ok=True)
        for record in records:
            record.unlink(missing_ok=True)


def create(starts: list[Start], patience: float = 0) -> None:
    """Make what is missing, one after the other. Where another process does so, it does: its end is waited for so many seconds."""
    try:
        with FileLock(str(folder() / "lock"), timeout=patience):
            for start in starts:
                start.create()
            sweep({start.key for start in starts})
    except Timeout:
        return


def sweep(wanted: set[str]) -> None:
    """Remove caches of other versions that nothing has used for long."""
    for file in folder().iterdir():
        old = time.time() - file.stat().st_atime > OLDEST
        if old and file.suffix in (".aot", RECORDED, ".new") and file.name.partition(".")[0] not in wanted:
            file.unlink(missing_ok=True)


def missing(starts: list[Start]) -> list[str]:
    """Engines without a cache."""
    return [start.name for start in starts if not start.cache.exists()]


def create_aside(module: str) -> None:
    """Run the module that calls `create` when nothing else wants the machine, if an engine has written something down."""
    if not any(folder().glob(f"*{RECORDED}")):
        return
    calm = ["nice", "-n", "19"] if shutil.which("nice") else []
    with (folder() / "log").open("ab") as log:
        subprocess.Popen(
            [*calm, sys.executable, "-m", module],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=ROOT,
            start_new_session=True,
        )
