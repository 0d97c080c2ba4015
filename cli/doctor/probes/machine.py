"""This machine and, locally, its engines."""

import shutil
import time
from collections.abc import Iterator

import psutil

from cli.doctor.facts import Facts, Skipped
from cli.doctor.probe import Finding, Probe
from local.environment import Instance

AREA = "machine"
FULL, NEARLY = 200 * 2**20, 2**30  # bytes
SKEW = 5  # seconds
OFTEN, YOUNG = 3, 300  # restarts; seconds
UNITS = {"k": 2**10, "m": 2**20, "g": 2**30}


class EnginesAreReady(Probe):
    """Every local engine answered its readiness check and its process still is there."""

    area = AREA

    def look(self, facts: Facts) -> Iterator[Finding]:
        for one in facts.engines:
            if one["state"] != "ready":
                command = "./cdc up" if one["state"] == "failed" else f"./cdc logs {one['name']}"
                yield Finding(f"{one['name']} is {one['state']}", one["problem"] or "it is starting", command)


class EnginesRun(Probe):
    """No process of an engine is stopped (SIGSTOP, a debugger): it would keep its port and answer nobody."""

    area = AREA

    def look(self, facts: Facts) -> Iterator[Finding]:
        for one in facts.engines:
            if one["pid"] and stopped(one["pid"]):
                evidence = f"{one['name']} (pid {one['pid']}) is stopped and answers nobody"
                yield Finding(
                    evidence, "a signal (SIGSTOP, Ctrl-Z) or a debugger holds it", f"./cdc restart {one['name']}"
                )


def stopped(pid: int) -> bool:
    """Is the process, or one of its children, held?"""
    try:
        process = psutil.Process(pid)
        return any(p.status() == psutil.STATUS_STOPPED for p in (process, *process.children(recursive=True)))
    except psutil.Error:
        return False


class EnginesStay(Probe):
    """No engine was started again and again in the last minutes."""

    area = AREA

    def look(self, facts: Facts) -> Iterator[Finding]:
        for one in facts.engines:
            if one["restarts"] >= OFTEN and time.time() - one["since"] < YOUNG:
                evidence = f"{one['name']} was started {one['restarts']} times, the last time {time.time() - one['since']:.0f} s ago"
                yield Finding(
                    evidence, one["problem"] or "its log says why it ended", f"./cdc logs {one['name']}", "warning"
                )


class EnginesFitIntoMemory(Probe):
    """Each engine takes what it is planned with, and the machine has some memory left."""

    area = AREA

    def look(self, facts: Facts) -> Iterator[Finding]:
        for one in facts.engines:
            limit = int(one["limit"][:-1]) * UNITS[one["limit"][-1].lower()]
            if one["memory"] > 1.5 * limit:
                evidence = f"{one['name']} takes {one['memory'] / 2**20:,.0f} MB, planned are {one['limit']}"
                yield Finding(
                    evidence, "a leak, or more work than a laptop is for", f"./cdc restart {one['name']}", "warning"
                )
        if (left := psutil.virtual_memory().available) < FULL:
            yield Finding(
                f"this machine has {left / 2**20:,.0f} MB of memory left", "other programs", "./cdc status", "warning"
            )


class DiskHasRoom(Probe):
    """The disk of the local environment has room: an engine without any ends in the middle of what it does."""

    area = AREA
    runbook = "docs/runbooks/disk.md"

    def look(self, facts: Facts) -> Iterator[Finding]:
        if not facts.stack.local:
            raise Skipped("only the local environment keeps its data here")
        home = Instance.here().home
        left = shutil.disk_usage(home).free
        if left < NEARLY:
            evidence = f"the disk of {home} has {left / 2**20:,.0f} MB left"
            yield Finding(
                evidence, "events, logs, or other files", f"du -xsh {home}/*", "failed" if left < FULL else "warning"
            )


class ClocksAgree(Probe):
    """This machine's clock and the database's agree within seconds: latencies, retention and starts of statements go by clocks."""

    area = AREA

    def look(self, facts: Facts) -> Iterator[Finding]:
        if abs(skew := facts.clock_skew) > SKEW:
            where = "ahead of" if skew > 0 else "behind"
            evidence = f"the database's clock is {abs(skew):.0f} s {where} this machine's"
            yield Finding(
                evidence, "one of them is not synchronised, or was set by hand", "timedatectl set-ntp true", "warning"
            )
