"""The supervisor: order, restart after a crash, giving up with the reason, ending leftovers."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

from local.engines import watch
from local.engines.leftovers import end_holders, end_recorded
from local.engines.spec import Engine
from local.engines.supervisor import GIVE_UP_AFTER, Supervisor
from local.environment import Instance

SERVER = "import http.server,sys; http.server.HTTPServer(('127.0.0.1', int(sys.argv[1])), http.server.BaseHTTPRequestHandler).serve_forever()"

LISTENER = "import socket, sys; s = socket.create_server(('127.0.0.1', int(sys.argv[1]))); print(flush=True); input()"


class NoFiles:
    """A renderer with nothing to render."""

    def __init__(self, home: Path) -> None:
        self.instance = Instance(home, 23950)

    def write_files(self, engine: Engine) -> None:
        engine.etc.mkdir(parents=True, exist_ok=True)


def engine(
    name: str, home: Path, port: int, command: list[str] | None = None, after: list[str] | None = None
) -> Engine:
    return Engine(
        name=name,
        command=command or [sys.executable, "-c", SERVER, str(port)],
        environment={},
        after=after or [],
        prepare="",
        ready=("tcp", str(port)),
        hopeless="gave up task .* for ever",
        stop_signal=signal.SIGTERM,
        start_seconds=20,
        memory="1m",
        user=None,
        etc=home / "etc" / name,
        data=home / "data" / name,
        files=[],
    )


async def until(supervisor: Supervisor, name: str, state: str) -> None:
    async with asyncio.timeout(30):
        while supervisor.running[name].state != state:  # noqa: ASYNC110 - polling is what we test with
            await asyncio.sleep(0.02)


def supervised(tmp_path: Path, engines: list[Engine], work: Any, backoff: float = 0.2) -> Supervisor:
    """Run a supervisor while `work(supervisor)` goes on, then stop it."""

    async def main() -> Supervisor:
        supervisor = Supervisor(engines, NoFiles(tmp_path), backoff=backoff)  # type: ignore[arg-type]
        running = asyncio.create_task(supervisor.run())
        try:
            await work(supervisor)
        finally:
            supervisor.stopping.set()
            await running
        return supervisor

    return asyncio.run(main())


def test_it_starts_in_order_and_restarts_what_crashed(tmp_path: Path) -> None:
    first, second = engine("first", tmp_path, 23951), engine("second", tmp_path, 23952, after=["first"])
    seen: list[float] = []

    async def work(supervisor: Supervisor) -> None:
        await until(supervisor, "second", "ready")
        seen.extend(supervisor.running[name].since for name in ("first", "second"))
        process = supervisor.running["first"].process
        assert process
        process.kill()
        await until(supervisor, "first", "restarting")
        await until(supervisor, "first", "ready")
        assert supervisor.running["first"].process is not process

    stopped = supervised(tmp_path, [first, second], work)
    assert seen[0] <= seen[1]
    assert stopped.running["first"].restarts == 1
    assert all(one.process and one.process.returncode is not None for one in stopped.running.values())


TALKS = SERVER.replace(
    "http.server.HTTPServer", "[print(one, flush=True) for one in sys.argv[2:]]; http.server.HTTPServer"
)


def test_a_line_that_only_a_restart_mends(tmp_path: Path) -> None:
    """Said once it is ready, in pieces; what the log had before counts no more."""
    log = tmp_path / "logs" / "talks.log"
    talks = engine("talks", tmp_path, 23956, [sys.executable, "-c", TALKS, "23956", "gave up task 0 for a while"])

    async def work(supervisor: Supervisor) -> None:
        await until(supervisor, "talks", "ready")
        process = supervisor.running["talks"].process
        for piece in ("gave up ", "task 7 for ", "ever\nand went on\n"):
            with log.open("a") as file:
                file.write(piece)
        await until(supervisor, "talks", "restarting")
        assert supervisor.running["talks"].problem == "restarted, for it said: gave up task 7 for ever"
        await until(supervisor, "talks", "ready")
        assert supervisor.running["talks"].process is not process

    assert supervised(tmp_path, [talks], work).running["talks"].restarts == 1


def test_a_log_that_somebody_removed_says_nothing(tmp_path: Path) -> None:
    log = tmp_path / "talks.log"
    assert watch.since(log, 3) == b""
    log.write_bytes(b"one\ntwo")
    assert watch.since(log, 4) == b"two"
    assert watch.since(log, 99) == b""


def test_it_gives_up_with_the_end_of_the_log(tmp_path: Path) -> None:
    broken = engine("broken", tmp_path, 23953, [sys.executable, "-c", "print('the reason'); raise SystemExit(3)"])

    async def work(supervisor: Supervisor) -> None:
        await until(supervisor, "broken", "failed")

    problem = supervised(tmp_path, [broken], work, backoff=0.01).running["broken"]
    assert problem.failures == GIVE_UP_AFTER
    assert "exit code 3" in problem.problem
    assert "the reason" in problem.problem


def test_what_was_given_up_starts_again_when_its_cause_is_gone(tmp_path: Path) -> None:
    """A disk that was full: its files could not be written (OSError), and its program ended."""
    fixed = tmp_path / "fixed"
    program = f"import pathlib, sys; sys.exit(3) if not pathlib.Path({str(fixed)!r}).exists() else None; " + SERVER
    ends = engine("ends", tmp_path, 23954, [sys.executable, "-c", program, "23954"])
    no_room = engine("no-room", tmp_path, 23955)
    no_room.data.parent.mkdir()
    no_room.data.write_text("a file where its folder should be")

    async def work(supervisor: Supervisor) -> None:
        for name in ("ends", "no-room"):
            await until(supervisor, name, "failed")
        assert "File exists" in supervisor.running["no-room"].problem
        supervisor.retry()
        for name in ("ends", "no-room"):
            await until(supervisor, name, "failed")  # still in its way
        fixed.touch()
        no_room.data.unlink()
        supervisor.retry()
        for name in ("ends", "no-room"):
            await until(supervisor, name, "ready")

    supervised(tmp_path, [ends, no_room], work, backoff=0.01)


def test_one_engine_is_restarted_when_asked(tmp_path: Path) -> None:
    one, other = engine("one", tmp_path, 23956), engine("other", tmp_path, 23957)

    async def work(supervisor: Supervisor) -> None:
        for name in ("one", "other"):
            await until(supervisor, name, "ready")
        before = {name: running.process for name, running in supervisor.running.items()}
        await supervisor.restart("one")
        await until(supervisor, "one", "restarting")
        await until(supervisor, "one", "ready")
        assert supervisor.running["one"].process is not before["one"]
        assert supervisor.running["other"].process is before["other"]

    supervised(tmp_path, [one, other], work)


def test_leftovers_are_ended_and_nobody_else(tmp_path: Path) -> None:
    ours = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    other = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    file = tmp_path / "pids.json"
    created = psutil.Process(ours.pid).create_time()
    # The second entry has the pid of a process that was started at another time: not ours any more.
    file.write_text(json.dumps({"a": [ours.pid, created], "b": [other.pid, created - 1000]}))
    end_recorded(file)
    assert not psutil.pid_exists(ours.pid)
    assert other.poll() is None
    other.kill()
    other.wait()
    assert not file.exists()


def test_a_child_that_is_gone_saves_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL's children come and go: one ended between the look and the kill, and its parent lived on."""
    gone = subprocess.Popen([sys.executable, "-c", ""])
    child = psutil.Process(gone.pid)
    gone.wait()
    ours = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    monkeypatch.setattr(psutil.Process, "children", lambda _, recursive: [child])
    file = tmp_path / "pids.json"
    file.write_text(json.dumps({"postgres": [ours.pid, psutil.Process(ours.pid).create_time()]}))
    end_recorded(file)
    assert not psutil.pid_exists(ours.pid)


def test_what_holds_our_ports_for_us_is_ended_and_nobody_else(tmp_path: Path) -> None:
    """A process that no record names: its supervisor died between starting it and writing it down."""
    held: dict[int, subprocess.Popen[bytes]] = {}
    for port, home in ((23960, tmp_path), (23961, tmp_path / "other"), (23962, tmp_path)):
        command = [sys.executable, "-c", LISTENER, str(port)]
        environment = {**os.environ, "CDC_HOME": str(home)}
        pipe = subprocess.PIPE
        held[port] = subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe)
        assert held[port].stdout.readline()  # type: ignore[union-attr] - it listens
    end_holders(tmp_path, (23960, 23961))
    assert not psutil.pid_exists(held[23960].pid)
    assert held[23961].poll() is None  # another environment's
    assert held[23962].poll() is None  # not a port of ours
    for process in held.values():
        process.kill()
        process.communicate()


def test_a_record_that_broke_off_names_nobody(tmp_path: Path) -> None:
    """A full disk, a power cut: the next start and the next stop go on."""
    for text in ("", '{"a": [1', "[]", '{"a": "x"}'):
        file = tmp_path / "pids.json"
        file.write_text(text)
        end_recorded(file)
        assert not file.exists()
