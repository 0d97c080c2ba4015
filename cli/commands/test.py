"""`cdc test`: the project's own checks, in two tiers."""

import os
import subprocess
import sys
import time

from cli.console import say
from local.environment import ROOT

FAST = ["-m", "not engine", "-n", "2"]
ENGINE = ["-m", "engine", "-p", "no:randomly", "--maxfail", "8", "--timeout", "600"]
CHECKS = (
    ("lint", ["ruff", "check", "."]),
    ("format", ["ruff", "format", "--check", "."]),
    ("types", ["pyright"]),
    ("imports", ["lint-imports"]),
)


def tools_environment() -> dict[str, str]:
    """Our environment with the tools of our interpreter first on PATH."""
    folder = os.path.dirname(sys.executable)  # noqa: PTH120 - a PATH entry, not a file
    return {**os.environ, "PATH": folder + os.pathsep + os.environ.get("PATH", ""), "PYTHONPATH": str(ROOT)}


def run(tier: str, arguments: list[str]) -> int:
    """`checks`, `fast`, `engine`, or `all` of them. The first failure of each kind is shown; exit code 1 if any failed."""
    failed: list[str] = []
    for name, command in CHECKS if tier in ("checks", "all") else ():
        if not passed(name, [sys.executable, "-m", *command] if command[0] == "ruff" else command):
            failed.append(name)
    for name, options in (("fast", FAST), ("engine", ENGINE)):
        if tier in (name, "all") and not passed(
            f"{name} tests", [sys.executable, "-m", "pytest", *options, *arguments]
        ):
            failed.append(f"{name} tests")
    say(f"failed: {', '.join(failed)}" if failed else "everything passed")
    return 1 if failed else 0


def passed(name: str, command: list[str]) -> bool:
    """Run one check, its output going to the terminal."""
    started = time.monotonic()
    say(f"── {name}")
    code = subprocess.run(command, cwd=ROOT, env=tools_environment(), check=False).returncode
    say(f"── {name}: {'ok' if code == 0 else f'FAILED (exit {code})'} in {time.monotonic() - started:.0f} s")
    return code == 0
