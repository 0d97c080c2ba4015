"""All probes at once: worst first, what is not known says why, and nobody waits for one that does not answer."""

import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from cli.client.rest import NotFound
from cli.commands import doctor
from cli.doctor import settle
from cli.doctor.examine import command_for, examine
from cli.doctor.facts import Gone, Skipped, there
from cli.doctor.once import once
from cli.doctor.probe import Finding, Probe, Result
from cli.doctor.probes.machine import DiskHasRoom, EnginesRun
from stacks.errors import CdcError

ANYWHERE: Any = SimpleNamespace(stack=SimpleNamespace(name="local", local=True))


@pytest.fixture(autouse=True)
def apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Probes of these tests do not stay in the list."""
    monkeypatch.setattr(Probe, "known", list(Probe.known))


def probe(look: Any) -> type[Probe]:
    return type("ATest", (Probe,), {"area": "test", "look": look})


def raising(error: BaseException) -> type[Probe]:
    def look(_: Any, __: Any) -> Iterator[Finding]:
        raise error
        yield

    return probe(look)


def test_worst_first_and_every_answer_has_its_verdict() -> None:
    well = probe(lambda _, __: iter(()))
    warns = probe(lambda _, __: iter([Finding("w", "c", "x", "warning")]))
    fails = probe(lambda _, __: iter([Finding("w", "c", "x", "warning"), Finding("f", "c", "x")]))
    asked = [well, raising(Skipped("no address")), warns, raising(CdcError("away", "hint")), fails]
    found = examine(ANYWHERE, asked)
    assert [one.verdict for one in found] == ["failed", "unknown", "warning", "skipped", "ok"]
    assert [one.reason for one in found] == ["", "away", "", "no address", ""]


def test_one_that_does_not_answer_keeps_nobody() -> None:
    never = threading.Event()
    found = examine(ANYWHERE, [probe(lambda _, __: [never.wait()])], seconds=0.2)
    never.set()
    assert [(one.verdict, one.reason) for one in found] == [("unknown", "no answer in time")]


def test_a_fault_of_ours_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        examine(ANYWHERE, [raising(ZeroDivisionError())])


def test_a_fact_is_asked_once_also_when_it_fails() -> None:
    asked: list[int] = []
    go = threading.Barrier(8)

    class Asking:
        @once
        def answer(self) -> int:
            asked.append(1)
            return 7

        @once
        def refusal(self) -> int:
            asked.append(2)
            raise CdcError("no")

    one = Asking()

    def ask() -> None:
        go.wait()
        assert one.answer == 7
        with pytest.raises(CdcError):
            _ = one.refusal

    threads = [threading.Thread(target=ask) for _ in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(asked) == [1, 2]
    assert Asking().answer == 7  # another object asks for itself


def test_a_process_that_is_held_is_named() -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    facts: Any = SimpleNamespace(engines=[{"name": "kafka", "pid": process.pid}])
    look = lambda: list(EnginesRun().look(facts))  # noqa: E731
    assert look() == []
    process.send_signal(signal.SIGSTOP)
    while psutil.Process(process.pid).status() != psutil.STATUS_STOPPED:
        pass
    assert [one.command for one in look()] == ["./cdc restart kafka"]
    process.send_signal(signal.SIGCONT)
    process.communicate(b"\n")
    assert look() == []


@pytest.mark.parametrize(
    ("free", "severities"), [(10 * 2**30, []), (2**29, ["warning"]), (2**20, ["failed"]), (2**40, [])]
)
def test_a_disk_that_fills_is_said(
    free: int, severities: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CDC_HOME", str(tmp_path))
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    facts: Any = SimpleNamespace(stack=SimpleNamespace(local=True))
    found = list(DiskHasRoom().look(facts))
    assert [one.severity for one in found] == severities
    assert all(one.command == f"du -xsh {tmp_path}/*" for one in found)


def test_a_team_adds_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    (tmp_path / "our_probes.py").write_text(
        "from cli.doctor.probe import Finding, Probe, Result\n"
        "class OursIsAwake(Probe):\n    '''Ours.'''\n    area = 'ours'\n"
        "    def look(self, facts):\n        yield Finding('it sleeps', 'night', 'wake it')\n"
    )
    doctor.add("our_probes")
    (found,) = [one for one in Probe.known if one.name() == "ours-is-awake"]
    assert [one.evidence for one in found().look(SimpleNamespace())] == ["it sleeps"]
    with pytest.raises(CdcError, match="--add nothing_here"):
        doctor.add("nothing_here")


@pytest.mark.parametrize(
    ("command", "typed"),
    [
        ("./cdc connector resume", "./cdc connector resume -s prod"),
        ("./cdc logs connect", "./cdc console -s prod"),
        ("./cdc status", "./cdc status -s prod"),
        (
            "./cdc connector pause && ./cdc connector resume",
            "./cdc connector pause -s prod && ./cdc connector resume -s prod",
        ),
        (
            "./cdc statements restore -s prod && pulumi up -s prod",
            "./cdc statements restore -s prod && pulumi up -s prod",
        ),
        ("./cdc env --stack prod", "./cdc env --stack prod"),
        ("pulumi up -s prod --refresh", "pulumi up -s prod --refresh"),
    ],
)
def test_commands_are_for_the_stack(command: str, typed: str) -> None:
    assert command_for("prod", False, command) == typed
    assert command_for("local", True, command) == command


def test_a_gone_connector_is_said_once() -> None:
    """By the probe for it; what cannot be asked without one is skipped, not unknown."""

    def refuse() -> Any:
        raise NotFound("http://x/status answered 404: {}")

    with pytest.raises(Gone):
        there(refuse)

    def busy() -> Any:
        raise CdcError("http://x/status answered 503: {}")

    with pytest.raises(CdcError, match="503"):
        there(busy)
    assert there(lambda: 7) == 7


def test_after_a_deployment_it_waits_until_all_is_well(monkeypatch: pytest.MonkeyPatch) -> None:
    rounds = [[Result("a", "x", "failed", "")], [Result("a", "x", "unknown", "")], [Result("a", "x", "ok", "")], []]
    seen: list[str] = []
    monkeypatch.setattr(settle, "examine", lambda *_: rounds.pop(0))
    monkeypatch.setattr(settle, "PAUSE", 0)
    found = settle.settled(ANYWHERE.stack, None, "deploy", seen.append)
    assert [one.verdict for one in found] == ["ok"]
    assert seen == ["waiting for a", "waiting for a"]
    assert rounds == [[]]


def test_what_stays_wrong_is_told_when_the_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settle, "examine", lambda *_: [Result("a", "x", "failed", "")])
    monkeypatch.setattr(settle, "SETTLES", {"failover": -1})
    assert [one.probe for one in settle.settled(ANYWHERE.stack, None, "failover", lambda _: None)] == ["a"]
