"""Make the Python environment named on the command line: standard library only, since nothing is installed yet.

Usage: bootstrap.py ENVIRONMENT LOCK. Two callers at once are serialised by a file lock; a killed run leaves no
`.complete` mark, so the next one starts over. Exit 3 says what was missing.
"""

import fcntl
import platform
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
HINT = "     hint: the next run carries on; Debian needs the package python3-venv"
# Where wheels with Java and PostgreSQL in them are served for. Only Linux on x86-64 has been run (README).
PLATFORMS = {("linux", "x86_64"), ("linux", "aarch64"), ("darwin", "arm64")}


def run(step: str, command: list[str]) -> None:
    """Run one quiet step; show its output only when it fails."""
    print(f"cdc: {step} ...", file=sys.stderr, flush=True)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.stderr.write(done.stdout[-2000:] + done.stderr[-2000:])
        print(f"cdc: {step} failed (exit {done.returncode})", file=sys.stderr)
        print(HINT, file=sys.stderr)
        sys.exit(3)


def uv(cache: Path) -> Path:
    """The pinned uv, installed once beside the environments."""
    home = cache / "uv"
    program = home / "bin" / "uv"
    lock = HERE / "locks" / "uv.txt"
    stamp = home / ".complete"
    if not stamp.exists() or stamp.read_bytes() != lock.read_bytes():
        shutil.rmtree(home, ignore_errors=True)
        run("preparing a Python environment", [sys.executable, "-m", "venv", str(home)])
        pip = [str(home / "bin" / "python"), "-m", "pip", "install", "--quiet", "--require-hashes"]
        run("installing uv", [*pip, "-r", str(lock)])
        stamp.write_bytes(lock.read_bytes())
    return program


def refuse_other_platforms() -> None:
    """Say at once what no lock can help with."""
    here = (sys.platform, platform.machine())
    if here not in PLATFORMS:
        print(f"cdc: {here[0]} on {here[1]} is not supported: its packages are made for", file=sys.stderr)
        print("     Linux (x86_64, aarch64) and macOS (arm64)", file=sys.stderr)
        print("     hint: the program alone needs no more than the Pulumi CLI: docs/deploy.md", file=sys.stderr)
        sys.exit(3)


def main(environment: Path, lock_file: Path) -> None:
    refuse_other_platforms()
    cache = environment.parent
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "bootstrap.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if (environment / ".complete").exists():
            return
        program = str(uv(cache))
        shutil.rmtree(environment, ignore_errors=True)
        run(
            "making the environment",
            [program, "venv", "--quiet", "--python", sys.executable, str(environment)],
        )
        sync = [program, "pip", "sync", "--quiet", "--require-hashes", "--python"]
        run("installing Python packages", [*sync, str(environment / "bin" / "python"), str(lock_file)])
        (environment / ".complete").touch()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
