"""Files of the workspace that broke off while they were written: every command after that goes on from what is whole."""

import json
from pathlib import Path

import pytest
import yaml

from local.environment import Instance
from local.errors import LocalError
from local.workspace import state
from local.workspace.pulumi_cli import PulumiCli
from local.workspace.workspace import Workspace

SALT = "v1:c2FsdA==:v1:bm9uY2U=:Y2lwaGVy"


def document(serial: int) -> str:
    latest = {"secrets_providers": {"type": "passphrase", "state": {"salt": SALT}}, "serial": serial}
    return json.dumps({"version": 3, "checkpoint": {"stack": "local", "latest": latest}}, indent=1)


def serial(backend: Path) -> int:
    found = state.checkpoint(state.file_of(backend, "local"))
    assert found
    return found["checkpoint"]["latest"]["serial"]


@pytest.fixture
def backend(tmp_path: Path) -> Path:
    """A state, the copy that its last write left, and the states of two updates."""
    file = state.file_of(tmp_path, "local")
    history = tmp_path / ".pulumi" / "history" / state.PROJECT / "local"
    history.mkdir(parents=True)
    file.parent.mkdir(parents=True)
    file.write_text(document(4))
    file.with_suffix(".json.bak").write_text(document(3))
    (history / "local-200.checkpoint.json").write_text(document(2))
    (history / "local-100.checkpoint.json").write_text(document(1))
    return tmp_path


def test_a_whole_state_stays(backend: Path) -> None:
    assert state.mend(backend, "local") == ""
    assert serial(backend) == 4
    assert state.salt(backend, "local") == SALT


def test_a_state_that_broke_off_anywhere_goes_back_to_the_last_copy(backend: Path) -> None:
    file, whole = state.file_of(backend, "local"), document(4)
    for length in range(len(whole) - 1):
        file.write_text(whole[:length])
        assert state.broken(backend, "local"), whole[:length]
        assert state.mend(backend, "local") == "local.json.bak"
        assert serial(backend) == 3
    assert [f.name for f in file.parent.iterdir() if "mended" in f.name] == []


@pytest.mark.parametrize("bad", ["", "null", "[]", "{}", '{"version": 3', "\x00" * 40])
def test_a_copy_that_broke_off_too_is_passed_over(backend: Path, bad: str) -> None:
    file = state.file_of(backend, "local")
    file.write_text(bad)
    file.with_suffix(".json.bak").write_text(bad)
    assert state.mend(backend, "local") == "local-200.checkpoint.json"
    assert serial(backend) == 2
    for old in (backend / ".pulumi" / "history").rglob("*.json"):
        old.write_text(bad)
    file.write_text(bad)
    file.with_suffix(".json.bak").unlink()
    assert state.mend(backend, "local") == "nothing"  # the stack is made anew, and adopts by name
    assert not file.exists()


def test_settings_that_broke_off_keep_the_salt_and_no_half_secret(backend: Path) -> None:
    instance = Instance(backend / "home", 23960)
    workspace = Workspace(instance, "local", "bundled", PulumiCli(backend, "3.259.0"))
    copy = state.file_of(workspace.backend, "local")
    copy.parent.mkdir(parents=True)
    copy.write_text(document(4))
    file = workspace.plain_config_file()
    secret = {"secure": "v1:bm9uY2U=:Y2lwaGVydGV4dA=="}
    good = yaml.safe_load(file.read_text())
    assert good["encryptionsalt"] == SALT
    good["config"]["cdc-streaming:databasePassword"] = secret
    whole = yaml.safe_dump(good, sort_keys=False)
    file.write_text(whole)
    assert (
        yaml.safe_load(workspace.plain_config_file().read_text())["config"]["cdc-streaming:databasePassword"] == secret
    )
    for length in range(0, whole.index("encryptionsalt"), 7):
        file.write_text(whole[:length])
        found = yaml.safe_load(workspace.plain_config_file().read_text())
        assert found["encryptionsalt"] == SALT
        assert "cdc-streaming:databasePassword" not in found["config"]  # it is encrypted again


def test_secrets_that_broke_off_are_said(backend: Path) -> None:
    instance = Instance(backend / "home", 23960)
    whole = json.dumps(instance.secrets)
    file = instance.home / "secrets.json"
    for bad in ("", whole[: len(whole) // 2], "\x00"):
        file.write_text(bad)
        with pytest.raises(LocalError, match="secrets cannot be read") as told:
            _ = Instance(instance.home, 23960).secrets
        assert "down --purge" in told.value.hint
    file.write_text(whole)
    assert Instance(instance.home, 23960).secrets == instance.secrets
