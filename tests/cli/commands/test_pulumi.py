"""`cdc pulumi …` on engines that stopped: after a `down` it says so, after a killed supervisor it starts them and carries on."""

from pathlib import Path

import pytest

from cli.commands import pulumi
from local.engines import client
from local.environment import Instance
from stacks.errors import CdcError


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was started; no engine answers."""
    found: list[str] = []
    monkeypatch.setattr(client, "engines", lambda _: None)
    monkeypatch.setattr(client, "install", lambda _: found.append("toolchain"))
    monkeypatch.setattr(client, "start", lambda _, __: found.append("engines"))
    return found


def test_a_killed_supervisor_is_replaced_and_a_stopped_one_is_not(tmp_path: Path, started: list[str]) -> None:
    instance = Instance(tmp_path, 23970)
    with pytest.raises(CdcError) as stopped:
        pulumi.need_engines(instance)
    assert (stopped.value.hint, started) == ("start it: ./cdc up", [])

    client.recorded(instance).write_text('{"postgres": [1, 0.0]}')
    pulumi.need_engines(instance)
    assert started == ["toolchain", "engines"]

    client.stop(instance, lambda _: None)  # a `down` of what is left takes the record away
    with pytest.raises(CdcError):
        pulumi.need_engines(instance)


def test_running_ones_are_left_alone(tmp_path: Path, started: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "engines", lambda _: [{"name": "kafka", "state": "ready"}])
    pulumi.need_engines(Instance(tmp_path, 23970))
    assert started == []
