"""The workflows: valid, pinned, with the least permissions, and made of commands that exist."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml

from cli.app import app
from local.toolchain import actionlint
from tests.support.paths import ROOT

FILES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
COMMANDS = set(typer.main.get_command(app).commands)  # pyright: ignore[reportAttributeAccessIssue]
ACTIONS = sorted((ROOT / ".github" / "actions").glob("*/action.yml"))
WRITES = {("preview.yml", "pull-requests"), ("drift.yml", "issues"), ("release.yml", "contents")}
RUNS = ("./cdc ", ".ci/run", ".github/release ", "gh release create ", "exit 1")


def loaded(file: Path) -> dict[str, Any]:
    return yaml.safe_load(file.read_text())


def steps(file: Path) -> list[dict[str, Any]]:
    return [step for job in loaded(file)["jobs"].values() for step in job["steps"]]


def own(action: str) -> bool:
    """Is it one of this repository's? Raises when it is not there."""
    if not action.startswith("./"):
        return False
    assert ROOT / action / "action.yml" in ACTIONS
    return True


def test_actionlint_finds_nothing() -> None:
    program = actionlint.install(lambda _: None)
    done = subprocess.run([str(program), "-no-color"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("file", [*FILES, *ACTIONS], ids=lambda f: f"{f.parent.name}/{f.name}")
def test_actions_are_pinned_by_commit(file: Path) -> None:
    used = [(name, rest) for name, rest in re.findall(r"uses: (\S+)(.*)", file.read_text()) if not own(name)]
    assert used
    assert all(re.fullmatch(r"[\w.-]+/[\w.-]+@[0-9a-f]{40}", name) and "# v" in rest for name, rest in used)


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.name)
def test_permissions_are_the_least(file: Path) -> None:
    data = loaded(file)
    assert set(data["permissions"]) == {"contents"}
    for job in data["jobs"].values():
        granted = data["permissions"] | job.get("permissions", {})
        written = {(file.name, name) for name, level in granted.items() if level == "write"}
        assert written - {(file.name, "id-token")} <= WRITES
        assert "timeout-minutes" in job


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.name)
def test_every_command_exists_and_fails_when_it_should(file: Path) -> None:
    runs = [step["run"] for step in steps(file) if "run" in step]
    assert runs
    for run in runs:
        assert run.startswith(RUNS)
        if run.startswith("./cdc "):
            assert run.split()[1] in COMMANDS
            assert "||" not in run


def test_no_secret_is_handed_to_pull_requests() -> None:
    for name in ("check.yml", "preview.yml"):
        text = (ROOT / ".github" / "workflows" / name).read_text()
        assert "secrets." not in text
        assert "pull_request_target" not in text


def test_prod_waits_for_dev_and_for_approval() -> None:
    jobs = loaded(ROOT / ".github" / "workflows" / "deploy.yml")["jobs"]
    assert jobs["prod"]["needs"] == "dev"
    assert jobs["prod"]["environment"] == "prod"
