"""The command's manners: exit codes, messages without tracebacks, nothing started by bad input."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.paths import ROOT


def cdc(*arguments: str, root: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    settings = {**os.environ, "PYTHONPATH": str(root), **environment}
    return subprocess.run(
        [sys.executable, "-m", "cli", *arguments],
        cwd=root,
        env=settings,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def nowhere(tmp_path: Path) -> dict[str, str]:
    """An environment that is not running, on ports of its own."""
    return {"CDC_HOME": str(tmp_path / "home"), "CDC_PORT_BASE": "23900"}


@pytest.fixture
def copy_of_project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    shutil.copytree(ROOT, root, ignore=shutil.ignore_patterns(".git", ".cdc", "tests", "__pycache__", ".*_cache"))
    return root


@pytest.mark.parametrize("command", [("status",), ("send",), ("tail", "car-created"), ("env",), ("pulumi", "preview")])
def test_outside_of_a_running_environment_it_says_how_to_start_it(
    command: tuple[str, ...], nowhere: dict[str, str]
) -> None:
    done = cdc(*command, **nowhere)
    assert done.returncode in (1, 3)
    assert "./cdc up" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", [("up",), ("demo",), ("pulumi", "preview", "-s", "prod")])
def test_bad_input_ends_with_2_before_anything_is_made(
    command: tuple[str, ...], copy_of_project: Path, nowhere: dict[str, str]
) -> None:
    file = copy_of_project / "routes.yaml"
    file.write_text(
        file.read_text().replace("equals: CarCreated", "equal: CarCreated").replace("[car-created]", "[cars]")
    )
    done = cdc(*command, root=copy_of_project, **nowhere)
    assert done.returncode == 2, done.stderr
    assert "routes.yaml:" in done.stderr
    assert "equal - unknown key" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (Path(nowhere["CDC_HOME"]) / "run").exists()


def test_an_unknown_stack_is_named(nowhere: dict[str, str]) -> None:
    done = cdc("pulumi", "preview", "-s", "staging", **nowhere)
    assert done.returncode == 1
    assert "Pulumi.staging.yaml" in done.stderr


@pytest.mark.parametrize("verb", ["up", "destroy", "refresh"])
def test_a_plan_changes_nothing(verb: str, nowhere: dict[str, str]) -> None:
    done = cdc("pulumi", verb, "-s", "prod", "--yes", **nowhere)
    assert done.returncode == 1
    assert "plan without an account" in done.stderr


def test_prod_is_previewed_offline_under_the_policy_pack(nowhere: dict[str, str]) -> None:
    pack = ["--policy-pack", str(ROOT / "policies"), "--non-interactive"]
    done = cdc("pulumi", "preview", "-s", "prod", *pack, **nowhere, HTTPS_PROXY="http://127.0.0.1:9")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "cdc-streaming" in done.stdout.partition("Policies")[2]
    assert "to create" in done.stdout
    assert "only-a-plan" not in done.stdout


def test_a_busy_port_is_named(nowhere: dict[str, str]) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 23902))
        taken.listen()
        done = cdc("up", **nowhere)
    assert done.returncode == 1
    assert "23902 (postgres)" in done.stderr
    assert "CDC_PORT_BASE" in done.stderr


def test_down_twice_is_no_error(nowhere: dict[str, str]) -> None:
    assert cdc("down", **nowhere).returncode == 0


def test_unknown_logs_are_named(nowhere: dict[str, str]) -> None:
    done = cdc("logs", "nothing", **nowhere)
    assert done.returncode == 1
    assert "no log of 'nothing'" in done.stderr


def test_an_odd_port_is_said(nowhere: dict[str, str]) -> None:
    assert cdc("down", **nowhere).returncode == 0
    done = cdc("status", **{**nowhere, "CDC_PORT_BASE": "80"})
    assert done.returncode == 1
    assert "CDC_PORT_BASE must be a number from 1024 to 65520, got '80'" in done.stderr
    assert "Traceback" not in done.stderr
    assert cdc("down", **nowhere).returncode == 0


def test_a_home_that_cannot_be_one_is_said(nowhere: dict[str, str], tmp_path: Path) -> None:
    (file := tmp_path / "file").write_text("mine")
    for home in (file, file / "below"):
        done = cdc("up", **{**nowhere, "CDC_HOME": str(home)})
        assert done.returncode == 1
        assert "a file is where a folder must be" in done.stderr
        assert "Traceback" not in done.stderr
    assert file.read_text() == "mine"
