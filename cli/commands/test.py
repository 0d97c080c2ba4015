"""`cdc test`: the project's own checks, in four tiers, and how much of each room the fast one covers."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from cli.console import say, step, table
from local.engines import caches
from local.environment import ROOT
from local.workspace import pulumi_cli

FAST = ["-m", "not engine and not endurance", "-n", "2", "--dist", "worksteal"]
SHARED = ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]  # two environments, files in their order
ENGINE = ["-p", "no:randomly", "--maxfail", "8", "--timeout", "600", *SHARED]
CHECKS = (
    ("lint", ["ruff", "check", "."]),
    ("format", ["ruff", "format", "--check", "."]),
    ("types", ["pyright"]),
    ("imports", ["lint-imports"]),
    ("pages", [sys.executable, "-m", "cli.docs", "--check"]),
)
# Keys of known forms anywhere; passwords in code are ruff's (S105 to S107). Hashes and corpora look like both.
SECRETS = ["detect-secrets-hook", "--exclude-files", r"^(requirements|tests/(golden|corpus))|/locks/|go\.sum$|\.lock$"]
QUIET = ("KeywordDetector", "Base64HighEntropyString", "HexHighEntropyString")
OPTIONAL = (
    ("chromium", "chromium", "the console's tests in a browser"),
    ("promtool", "prometheus", "the tests of the alert rules"),
)
ROOMS = ("stacks", "plugins", "local/confluent", "local", "policies", "functions", "cli")
COVERAGE = ["--cov", "--cov-report="]
PORTS_OF_CACHES = "23600"


def environment() -> dict[str, str]:
    """Our environment with the tools of our interpreter first on PATH."""
    folder = os.path.dirname(sys.executable)  # noqa: PTH120 - a PATH entry, not a file
    return {**os.environ, "PATH": folder + os.pathsep + os.environ.get("PATH", ""), "PYTHONPATH": str(ROOT)}


def run(tier: str, arguments: list[str]) -> int:
    """`checks`, `fast`, `engine`, `endurance`, or `all` of them. Every failure is shown; exit code 1 if there was one."""
    failed: list[str] = []
    for name, command in CHECKS if tier in ("checks", "all") else ():
        if not passed(name, [sys.executable, "-m", *command] if command[0] == "ruff" else command):
            failed.append(name)
    if tier in ("checks", "all") and not passed("secrets", secret_scan()):
        failed.append("secrets")
    if tier in ("fast", "all"):
        with step("Pulumi CLI") as progress:
            pulumi_cli.install(progress)  # tests of the command run without a network
        failed += fast(arguments, covered=tier == "all")
    for program, package, what in OPTIONAL:
        if shutil.which(program) is None:
            say(f"  {program} is not here, so {what} are skipped (Debian: apt-get install {package})")
    if tier in ("engine", "endurance", "all"):
        make_caches()
    for marker in ("engine", "endurance"):
        if tier in (marker, "all") and not passed(f"{marker} tests", pytest(["-m", marker, *ENGINE], arguments)):
            failed.append(f"{marker} tests")
    say(f"failed: {', '.join(failed)}" if failed else "everything passed")
    return 1 if failed else 0


def make_caches() -> None:
    """The JVM engines' caches, made once per toolchain by an environment that runs for nothing else: the tests start engines often."""
    with step("Caches of the JVM engines") as progress:
        if not caches.missing(progress):
            return
        with tempfile.TemporaryDirectory(prefix="cdc-caches-") as folder:
            own = {**environment(), "CDC_HOME": f"{folder}/home", "CDC_PORT_BASE": PORTS_OF_CACHES}
            for words in (["up"], ["down", "--purge"]):
                progress(f"made once: cdc {words[0]}")
                subprocess.run(
                    [sys.executable, "-m", "cli", *words], cwd=ROOT, env=own, capture_output=True, check=False
                )
        progress("made once: one per engine")
        caches.create(wait=True)


def secret_scan() -> list[str]:
    """The scan of every tracked file."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    files = [name for name in listed.stdout.splitlines() if (ROOT / name).exists()]
    return [*SECRETS, *(word for plugin in QUIET for word in ("--disable-plugin", plugin)), *files]


def pytest(options: list[str], arguments: list[str]) -> list[str]:
    """pytest's command line."""
    return [sys.executable, "-m", "pytest", *options, *arguments]


def fast(arguments: list[str], covered: bool) -> list[str]:
    """The fast tests; with `covered`, how many lines of each room they run (that takes half as long again)."""
    with tempfile.TemporaryDirectory(prefix="cdc-coverage-") as folder:
        file = {"COVERAGE_FILE": f"{folder}/data"}
        fine = passed("fast tests", pytest([*FAST, *(COVERAGE if covered else [])], arguments), file)
        if covered:
            show_coverage(Path(folder), file)
    return [] if fine else ["fast tests"]


def show_coverage(folder: Path, file: Mapping[str, str]) -> None:
    """A table of rooms."""
    report = folder / "report.json"
    command = [sys.executable, "-m", "coverage", "json", "--quiet", "-o", str(report)]
    if subprocess.run(command, cwd=ROOT, env={**environment(), **file}, check=False).returncode:
        say("no coverage was measured")
        return
    counts = {room: [0, 0] for room in ROOMS}
    for name, measured in json.loads(report.read_text())["files"].items():
        room = next(room for room in ROOMS if name.startswith(f"{room}/"))
        counts[room][0] += measured["summary"]["covered_lines"]
        counts[room][1] += measured["summary"]["num_statements"]
    rows = [(room, lines, f"{hit / max(lines, 1):.0%}") for room, (hit, lines) in counts.items()]
    table("Lines that the fast tests run", ("room", "lines", "covered"), rows, right=("lines", "covered"))


def passed(name: str, command: list[str], variables: Mapping[str, str] | None = None) -> bool:
    """Run one check, its output going to the terminal."""
    started = time.monotonic()
    say(f"── {name}")
    done = subprocess.run(command, cwd=ROOT, env={**environment(), **(variables or {})}, check=False)
    say(
        f"── {name}: {'ok' if done.returncode == 0 else f'FAILED (exit {done.returncode})'} in {time.monotonic() - started:.0f} s"
    )
    return done.returncode == 0
