"""Secrets stay where they belong: not in logs, state, outputs, command lines, or files that others may read."""

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.client.stack import Stack
from local.environment import Instance
from tests.support.cdc import cdc

pytestmark = pytest.mark.engine
PUBLIC = {"cloud_api_key", "aws_access_key_id"}  # names of keys, not what opens anything
# Connect keeps its connectors' configurations in a topic; its files are in the environment's folder, which is its user's alone.
INSIDE = ("data/kafka/_connect-configs-",)
COMMANDS = (
    ["status", "--json"],
    ["plan", "local", "--format", "markdown"],
    ["pulumi", "stack", "output", "--json"],
    ["pulumi", "stack", "export"],
    ["logs", "connect"],
    ["routes", "check"],
)


@pytest.fixture(scope="module")
def secrets(running: Stack) -> dict[str, bytes]:
    """At least twenty: the environment's own, and each API key's."""
    own = {name: value for name, value in Instance.here().secrets.items() if name not in PUBLIC}
    keys = {
        f"{who} {what}": part["secret"] for who, parts in running.keys.items() for what, part in parts.items() if part
    }
    found = {name: value.encode() for name, value in {**own, **keys}.items()}
    assert len(found) >= 20
    assert min(map(len, found.values())) >= 16
    return found


def shown(secrets: dict[str, bytes], content: bytes) -> list[str]:
    return [name for name, value in secrets.items() if value in content]


def files(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Files that are there while they are read."""
    for file in folder.rglob("*"):
        try:
            if file.is_file():
                yield file, file.read_bytes()
        except FileNotFoundError:
            continue


def test_files_that_others_may_read_hold_none(secrets: dict[str, bytes]) -> None:
    home = Instance.here().folder()
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    held = [
        (str(file.relative_to(home)), names)
        for file, content in files(home)
        if (names := shown(secrets, content)) and not str(file.relative_to(home)).startswith(INSIDE)
    ]
    assert [(name, names) for name, names in held if stat.S_IMODE((home / name).stat().st_mode) & 0o077] == []
    assert [(name, names) for name, names in held if name.startswith(("logs/", "pulumi/state/"))] == []
    assert held  # the secrets' own file among them: the search finds what is there


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_commands_print_none(secrets: dict[str, bytes], arguments: list[str]) -> None:
    done = cdc(*arguments)
    assert done.stdout or done.stderr
    assert shown(secrets, (done.stdout + done.stderr).encode()) == []


def test_command_lines_hold_none(secrets: dict[str, bytes]) -> None:
    lines = [content for _, content in commands()]
    assert len(lines) > 10
    assert [shown(secrets, content) for content in lines if shown(secrets, content)] == []


def commands() -> Iterator[tuple[str, bytes]]:
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            yield folder.name, (folder / "cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            continue
