"""What can end in the middle of a command: the command, one of its processes, an engine, or everything at once."""

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil

from local.environment import Instance

ENGINES = ("postgres", "kafka", "registry", "connect", "jobmanager", "taskmanager", "gateway", "cloud", "aws")
OWN_FILES = ("run", "etc", "pulumi/config", "pulumi/state")  # what our own tools and the Pulumi CLI write
YOUNG = 3  # seconds: a file that was written in these may be half-written after a power cut
Command = subprocess.Popen[bytes]


@dataclass(frozen=True, slots=True)
class Victim:
    """`end` does it and returns False when there is nothing to end yet; `undo` comes when the command has ended."""

    name: str
    end: Callable[[Command], bool]
    undo: Callable[[], None] = lambda: None


def group(how: signal.Signals) -> Callable[[Command], bool]:
    """The command and all its children: SIGKILL, or SIGINT as Ctrl-C sends it."""

    def end(command: Command) -> bool:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(command.pid, how)
        return True

    return end


def alone(command: Command) -> bool:
    """The command itself; its children go on."""
    command.kill()
    return True


def child(*programs: str) -> Callable[[Command], bool]:
    """The first of its children that runs one of these programs or modules."""

    def end(command: Command) -> bool:
        with contextlib.suppress(psutil.Error):
            for one in psutil.Process(command.pid).children(recursive=True):
                if set(programs) & {Path(word).name for word in one.cmdline()}:
                    one.kill()
                    return True
        return False

    return end


def recorded() -> dict[str, psutil.Process]:
    """The engines that run, by name, as the supervisor wrote them down."""
    found: dict[str, psutil.Process] = {}
    with contextlib.suppress(OSError, ValueError):
        for name, (pid, _) in json.loads((Instance.here().folder("run") / "pids.json").read_text()).items():
            with contextlib.suppress(psutil.Error):
                found[name] = psutil.Process(pid)
    return found


def engine(name: str) -> Callable[[Command], bool]:
    """One engine."""

    def end(_: Command) -> bool:
        process = recorded().get(name)
        with contextlib.suppress(psutil.Error):
            if process and process.is_running():
                process.kill()
                return True
        return False

    return end


def supervisors() -> list[psutil.Process]:
    """The supervisor of this environment."""
    home = str(Instance.here().home)
    found: list[psutil.Process] = []
    for process in psutil.process_iter(["cmdline"]):
        with contextlib.suppress(psutil.Error):
            own = "local.engines" in (process.info["cmdline"] or []) and process.environ().get("CDC_HOME") == home
            found += [process] if own else []
    return found


def supervisor(_: Command) -> bool:
    """What starts and restarts the engines."""
    found = supervisors()
    for process in found:
        process.kill()
    return bool(found)


def power(command: Command) -> bool:
    """Everything of the environment at once, and half of what was being written."""
    doomed = [*supervisors(), *recorded().values()]
    doomed += [one for main in list(doomed) for one in children(main)]
    group(signal.SIGKILL)(command)
    for process in doomed:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(doomed, timeout=20)
    break_off(Instance.here().home)
    return True


def children(process: psutil.Process) -> list[psutil.Process]:
    """All of them; none when it is gone."""
    with contextlib.suppress(psutil.Error):
        return process.children(recursive=True)
    return []


def break_off(home: Path) -> None:
    """Cut files in half that are being written, and the youngest one that was just written."""
    since = time.time() - YOUNG
    files = [f for name in OWN_FILES for f in (home / name).rglob("*") if f.is_file() and f.stat().st_mtime > since]
    for file in sorted(files, key=lambda one: one.stat().st_mtime)[-1:]:
        os.truncate(file, file.stat().st_size // 2)


COMMAND = [
    Victim("command with its children", group(signal.SIGKILL)),
    Victim("Ctrl-C", group(signal.SIGINT)),
    Victim("command alone", alone),
]
PULUMI = [
    Victim("pulumi", child("pulumi")),
    Victim("plugin", child("confluentcloud", "pulumi-resource-confluentcloud")),
    Victim("language host", child("plugins.language_host.server", "pulumi-language-python")),
    Victim("program", child("plugins.language_host.run", "pulumi-language-python-exec")),
]
RUNNING = [Victim("supervisor", supervisor), *(Victim(name, engine(name)) for name in ENGINES)]
POWER = [Victim("power", power)]
