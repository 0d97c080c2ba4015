"""checkov in an environment of its own: it pins half of PyPI to versions that are not ours."""

import hashlib
import subprocess
import sys
from pathlib import Path

from filelock import FileLock
from uv import find_uv_bin

from local.errors import LocalError
from local.toolchain import cache

LOCK = Path(__file__).parent / "locks" / "checkov.txt"


def install(progress: cache.Progress) -> Path:
    """The program, installed once per lock file by its hashes (about 250 MB)."""
    home = cache.root() / f"checkov-{hashlib.sha256(LOCK.read_bytes()).hexdigest()[:12]}"
    program = home / "bin" / "checkov"
    with FileLock(f"{home}.lock"):
        if (home / ".complete").exists():
            return program
        progress("installing checkov")
        run([find_uv_bin(), "venv", "--quiet", "--clear", "--python", sys.executable, str(home)])
        sync = [find_uv_bin(), "pip", "sync", "--quiet", "--require-hashes", "--python", str(home / "bin" / "python")]
        run([*sync, str(LOCK)])
        (home / ".complete").touch()
    return program


def run(command: list[str]) -> None:
    """One step of the installation."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise LocalError(
            f"installing checkov failed: {done.stderr.strip()[-600:]}", "it needs the package registry once"
        )
