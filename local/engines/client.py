"""Starts, asks and stops the supervisor from another process: what `cdc up`, `status` and `down` use."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2
import psutil

from local.engines import first_start
from local.engines.leftovers import end_holders, end_recorded
from local.environment import PORTS, ROOT, Instance
from local.errors import LocalError
from local.toolchain import aot, postgres

if TYPE_CHECKING:
    from local.toolchain.installed import Toolchain

MB = 1024 * 1024
ROOM = 600 * MB  # an environment with its first events, and its logs of a day


def engines(instance: Instance) -> list[dict[str, Any]] | None:
    """What the supervisor of this environment says of its engines; None when it is not running."""
    try:
        answer = asked(instance, "GET", "/engines", seconds=30)
    except httpx2.TimeoutException as error:  # it is there: nobody may take its engines for leftovers
        raise LocalError(
            "the supervisor does not answer", "try again; if it stays so: ./cdc down, and ./cdc up"
        ) from error
    except httpx2.HTTPError:
        return None
    body = answer.json()
    if body.get("home") != str(instance.home):
        raise LocalError(
            f"port {instance.port('supervisor')} belongs to another environment: {body.get('home')}",
            "stop that one (`cdc down` in its checkout), or set CDC_PORT_BASE to another range",
        )
    return body["engines"]


def asked(instance: Instance, method: str, path: str, seconds: float = 5) -> httpx2.Response:
    """The supervisor's answer."""
    verify = instance.certificates.context
    return httpx2.request(method, instance.url("supervisor") + path, timeout=seconds, trust_env=False, verify=verify)


def recorded(instance: Instance) -> Path:
    """Which processes are the supervisor's; it takes the record away as it stops."""
    return instance.folder("run") / "pids.json"


def was_killed(instance: Instance) -> bool:
    """Did the supervisor end without stopping its engines? (Where none answers.)"""
    return recorded(instance).exists()


def refuse_busy_ports(instance: Instance) -> None:
    """Say which ports of ours somebody else listens on, and who, before anything is started."""
    listening = {
        c.laddr[1]: c.pid for c in psutil.net_connections("inet") if c.laddr and c.status == psutil.CONN_LISTEN
    }
    busy = []
    for name in PORTS:
        port = instance.port(name)
        if port in listening:
            pid = listening[port]
            busy.append(f"{port} ({name}) by " + (f"{psutil.Process(pid).name()} (pid {pid})" if pid else "somebody"))
    if busy:
        raise LocalError(
            "ports already in use: " + "; ".join(busy),
            "stop what uses them, or choose another range: CDC_PORT_BASE=19400 ./cdc up",
        )


def refuse_full_disk(instance: Instance) -> None:
    """An engine that finds no room ends in the middle of what it does: say so before."""
    free = shutil.disk_usage(instance.folder()).free
    if free < ROOM:
        raise LocalError(
            f"the disk of {instance.home} has {free // MB:,} MB left; the engines begin with {ROOM // MB:,} MB",
            "make room, or put the environment on another disk: CDC_HOME=/elsewhere ./cdc up",
        )


def start(instance: Instance, progress: Callable[[str], None]) -> None:
    """Start the supervisor if it is not running and return when every engine is ready."""
    rows, started = engines(instance), None
    if rows is None:
        end_recorded(recorded(instance))
        end_holders(instance.home, map(instance.port, PORTS))
        refuse_busy_ports(instance)
        refuse_full_disk(instance)
        if not (instance.home / "data").exists():
            forget_outside(instance)
        rotate_logs(instance)
        log = (instance.folder("logs") / "supervisor.log").open("ab")
        environment = {"CDC_HOME": str(instance.home), "CDC_PORT_BASE": str(instance.port_base)}
        started = subprocess.Popen(
            [sys.executable, "-m", "local.engines"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=ROOT,
            env={**os.environ, **environment, "PYTHONPATH": str(ROOT)},
            start_new_session=True,
        )
        log.close()
    elif any(row["state"] == "failed" for row in rows):
        refuse_full_disk(instance)
        asked(instance, "POST", "/retry")
    wait_ready(instance, progress, started)


def wait_ready(
    instance: Instance,
    progress: Callable[[str], None],
    supervisor: subprocess.Popen[bytes] | None = None,
    seconds: float = 240,
) -> None:
    """Wait until all engines are ready; a failed one is named with the end of its log. `supervisor`: where it was started here."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        ended = supervisor is not None and supervisor.poll() is not None
        rows = engines(instance) or []
        if ended and not rows:
            raise LocalError(
                "the engines' supervisor ended before they were ready", "./cdc logs supervisor; then: ./cdc up"
            )
        for row in rows:
            if row["state"] == "failed":
                raise LocalError(
                    f"{row['name']} could not be started: {row['problem']}",
                    f"read its log: ./cdc logs {row['name']}; when its cause is gone: ./cdc up",
                )
        waiting = [row["name"] for row in rows if row["state"] != "ready"]
        if rows and not waiting:
            return
        progress(
            f"{len(rows) - len(waiting)}/{len(rows)} ready" + (f", waiting for {', '.join(waiting)}" if rows else "")
        )
        time.sleep(0.2)
    raise LocalError(f"the engines were not ready after {seconds:.0f} s", "read ./cdc logs supervisor")


def stop(instance: Instance, progress: Callable[[str], None], seconds: float = 60) -> bool:
    """Stop every engine and the supervisor. False when nothing was running."""
    try:
        running = engines(instance)
    except LocalError:
        running = None
    if running is None:
        end_recorded(recorded(instance))
        return False
    asked(instance, "POST", "/stop")
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            rows = asked(instance, "GET", "/engines").json()["engines"]
        except httpx2.HTTPError:
            return True
        progress(f"stopping, {sum(row['pid'] is not None for row in rows)} still running")
        time.sleep(0.2)
    raise LocalError(f"the engines did not stop in {seconds:.0f} s", "read ./cdc logs supervisor")


def make_caches() -> None:
    """Caches of what the engines wrote down as they ended, in a process that nobody waits for."""
    aot.create_aside("local.engines.caches")


def rotate_logs(instance: Instance) -> None:
    """Keep the logs of the last run beside those of this one."""
    logs, previous = instance.folder("logs"), instance.folder("logs", "previous")
    for file in logs.glob("*.log"):
        file.replace(previous / file.name)


def forget_outside(instance: Instance) -> None:
    """Remove what is kept outside of the environment's folder (root's PostgreSQL). Without that folder nobody can open it:
    its passwords are gone.
    """
    tools = postgres.install()
    for name in ("etc", "data"):
        kept = postgres.data_folder(instance.home / name / "postgres", tools)
        shutil.rmtree(kept, ignore_errors=True)
        first_start.done(kept)


def purge(instance: Instance) -> None:
    """Forget the environment: data, logs, secrets, stack state."""
    forget_outside(instance)
    shutil.rmtree(instance.home, ignore_errors=True)


def install(progress: Callable[[str], None]) -> "Toolchain":
    """The toolchain, installed in this process so that its progress can be shown."""
    from local.toolchain import installed  # Maven and all: most commands never need it

    return installed.install(progress)
