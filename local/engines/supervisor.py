"""Starts the engines in order, keeps them running, and answers for them on one loopback port.

Written here because no library had order, readiness and restart together (docs/adr/0003-supervisor.md).
"""

import asyncio
import contextlib
import json
import os
import signal
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from local.engines import first_start, prepare, probe, watch
from local.engines.leftovers import end_recorded
from local.engines.spec import Engine, Renderer
from local.errors import LocalError
from local.toolchain import aot

GIVE_UP_AFTER = 5  # starts in a row that never became ready
PATIENCE, LAST_WORDS = 12, 45  # seconds that a process has to end


@dataclass
class Running:
    """One engine's process and history. States: waiting, starting, ready, restarting, failed, stopped."""

    engine: Engine
    state: str = "waiting"
    process: asyncio.subprocess.Process | None = None
    since: float = field(default_factory=time.time)
    restarts: int = 0
    failures: int = 0
    problem: str = ""
    begin: int = 0  # bytes that its log had when it was started
    is_ready: asyncio.Event = field(default_factory=asyncio.Event)
    retry: asyncio.Event = field(default_factory=asyncio.Event)

    def enter(self, state: str) -> None:
        self.state, self.since = state, time.time()
        (self.is_ready.set if state == "ready" else self.is_ready.clear)()

    def describe(self) -> dict[str, Any]:
        """What `GET /engines` tells: memory in bytes, `since` in Unix seconds."""
        pid = self.process.pid if self.process and self.process.returncode is None else None
        memory = 0
        if pid:
            with contextlib.suppress(psutil.Error):
                main = psutil.Process(pid)
                # Shared pages count once: PostgreSQL's children mostly map what the parent maps.
                memory = main.memory_info().rss + sum(c.memory_full_info().uss for c in main.children(recursive=True))
        return {
            "name": self.engine.name,
            "state": self.state,
            "pid": pid,
            "memory": memory,
            "limit": self.engine.memory,
            "restarts": self.restarts,
            "since": self.since,
            "problem": self.problem,
        }


class Supervisor:
    """Keeps all engines of one environment running until it is told to stop."""

    def __init__(self, engines: list[Engine], render: Renderer, backoff: float = 0.2) -> None:
        """`backoff`: seconds before the first restart; each further one waits twice as long, five seconds at most."""
        self.render, self.backoff = render, backoff
        self.running = {engine.name: Running(engine) for engine in engines}
        self.stopping = asyncio.Event()
        self.context = render.instance.certificates.context
        self.logs = render.instance.folder("logs")
        self.pids = render.instance.folder("run") / "pids.json"

    async def run(self) -> None:
        """Start everything, supervise, and stop everything when `stopping` is set."""
        self.end_leftovers()
        tasks = [asyncio.create_task(self.keep(one)) for one in self.running.values()]
        await self.stopping.wait()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.stop_all()

    async def keep(self, one: Running) -> None:
        """The life of one engine: wait for what it needs, start it, restart it after a crash, and again when `retry` says so."""
        for name in one.engine.after:
            await self.running[name].is_ready.wait()
        while True:
            await self.until_given_up(one)
            one.enter("failed")
            one.problem += "; last lines of its log: " + " | ".join(self.last_lines(one.engine.name, 3))
            one.retry.clear()
            await one.retry.wait()

    def retry(self) -> None:
        """Start what was given up: what stood in its way, a full disk for one, may be gone."""
        for one in self.running.values():
            if one.state == "failed":
                one.failures = 0
                one.enter("restarting")
                one.retry.set()

    async def restart(self, name: str) -> None:
        """Stop one engine; it starts again as after a crash. KeyError when there is none of that name."""
        await self.end(self.running[name])

    async def until_given_up(self, one: Running) -> None:
        """Start it, and again after each end, until it failed too often in a row."""
        while one.failures < GIVE_UP_AFTER:
            try:
                await self.start(one)
                await self.until_ready(one)
                one.enter("ready")
                first_start.done(one.engine.data)
                one.failures, one.problem = 0, ""
                one.problem = await self.until_end(one)
            except (LocalError, OSError) as error:  # its files may have no room
                one.problem = error.message if isinstance(error, LocalError) else str(error)
                one.failures += 1
                await self.end(one)
            one.restarts += 1
            one.enter("restarting")
            await asyncio.sleep(min(self.backoff * 2**one.failures, 5))

    def process(self, one: Running) -> asyncio.subprocess.Process:
        if one.process is None:
            raise LocalError(f"{one.engine.name} was not started")
        return one.process

    async def start(self, one: Running) -> None:
        """Write its files, prepare, and start its process in a session of its own."""
        one.enter("starting")
        engine = one.engine
        await asyncio.to_thread(first_start.begin, engine.data)
        await asyncio.to_thread(self.render.write_files, engine)
        if engine.prepare:
            await asyncio.to_thread(prepare.STEPS[engine.prepare], engine, self.render)
        log = self.log(engine.name).open("ab")
        one.begin = log.tell()
        try:
            one.process = await asyncio.create_subprocess_exec(
                *engine.command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=asyncio.subprocess.STDOUT,
                env={**os.environ, **engine.environment},
                cwd="/",
                start_new_session=True,
                user=engine.user,
                group=engine.user,
                extra_groups=[] if engine.user is not None else None,
            )
        finally:
            log.close()
        self.remember()

    async def until_ready(self, one: Running) -> None:
        """Return when the engine answers; raise when it ends first or takes too long."""
        process, deadline = self.process(one), time.monotonic() + one.engine.start_seconds
        while not await probe.answers(one.engine.ready, self.context):
            if process.returncode is not None:
                raise LocalError(f"ended with exit code {process.returncode} before it was ready")
            if time.monotonic() > deadline:
                raise LocalError(f"was not ready after {one.engine.start_seconds:.0f} s")
            await asyncio.sleep(0.15)

    async def until_end(self, one: Running) -> str:
        """How it ended: by itself, or because of a line in its log after which only a restart helps."""
        ended = asyncio.create_task(self.process(one).wait())
        hopeless = asyncio.create_task(watch.line(self.log(one.engine.name), one.engine.hopeless, one.begin))
        try:
            done, _ = await asyncio.wait({ended, hopeless}, return_when=asyncio.FIRST_COMPLETED)
            if ended in done:
                return f"ended with exit code {ended.result()}"
            await self.end(one)
            return f"restarted, for it said: {hopeless.result()}"
        finally:
            ended.cancel()
            hopeless.cancel()

    async def end(self, one: Running) -> None:
        """Ask the process to stop, then make it. One that writes down what its cache is made of has more to do."""
        process = one.process
        if process is None or process.returncode is not None:
            return
        process.send_signal(one.engine.stop_signal)
        process.send_signal(signal.SIGCONT)  # one that is held would hear it when it is let go
        try:
            await asyncio.wait_for(process.wait(), LAST_WORDS if aot.RECORD in one.engine.command else PATIENCE)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()

    async def stop_all(self) -> None:
        """Stop dependants before what they use."""
        needed = {name for one in self.running.values() for name in one.engine.after} | {"postgres"}
        leaves = [one for name, one in self.running.items() if name not in needed]
        rest = [one for name, one in self.running.items() if name in needed]
        for group in (leaves, rest):
            await asyncio.gather(*(self.end(one) for one in group))
        for one in self.running.values():
            one.enter("stopped")
        self.pids.unlink(missing_ok=True)

    def log(self, name: str) -> Path:
        """An engine's log."""
        return self.logs / f"{name}.log"

    def last_lines(self, name: str, count: int) -> list[str]:
        """The end of an engine's log."""
        file = self.log(name)
        if not file.exists():
            return []
        with file.open(errors="replace") as lines:
            return [line.rstrip() for line in deque(lines, count)]

    def remember(self) -> None:
        """Write down which processes are ours, for a supervisor that starts after this one was killed."""
        known = {}
        for name, one in self.running.items():
            if one.process and one.process.returncode is None:
                with contextlib.suppress(psutil.Error):
                    known[name] = [one.process.pid, psutil.Process(one.process.pid).create_time()]
        scratch = self.pids.with_suffix(".new")
        scratch.write_text(json.dumps(known))
        scratch.replace(self.pids)

    def end_leftovers(self) -> None:
        """End processes of an earlier supervisor that did not live to stop them."""
        end_recorded(self.pids)
