"""Another team's stack reads the contract, and its program reads its own topic, with its own keys, and nobody else's."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli.client.stack import Stack, local_aws
from local.environment import Instance
from local.workspace import workspace as pulumi
from tests.support import ledger
from tests.support.paths import ROOT

pytestmark = pytest.mark.engine
FOLDER = ROOT / "examples" / "consumer-stack"


def run_pulumi(*arguments: str) -> str:
    """The Pulumi CLI on the other team's stack, in the backend where `local` is."""
    workspace = pulumi.open_workspace(Instance.here(), "local", "bundled")
    environment = workspace.environment()
    command = [str(workspace.program()), *arguments, "--stack", "local"]
    done = subprocess.run(command, cwd=FOLDER, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def reader(running: Stack, home: Path) -> dict:
    config = home / "Pulumi.car-team.yaml"
    run_pulumi("stack", "init", "--non-interactive") if not config.exists() else None
    config.write_text(
        "config:\n  car-team:producer: organization/cdc-streaming/local\n  car-team:consumer: car-consumer\n"
    )
    (FOLDER / "Pulumi.local.yaml").unlink(missing_ok=True)  # `stack init` writes its salt there
    run_pulumi("up", "--yes", "--skip-preview", "--non-interactive", "--config-file", str(config))
    return json.loads(run_pulumi("stack", "output", "reader", "--json"))


def consume(reader: dict, most: int, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    """Run the team's program."""
    own = local_aws()
    file = tmp_path / "reader.json"
    file.write_text(json.dumps(reader))
    environment = {
        **os.environ,
        "AWS_ENDPOINT_URL_SECRETS_MANAGER": Instance.here().url("aws"),
        "AWS_ACCESS_KEY_ID": own["accessKeyId"],
        "AWS_SECRET_ACCESS_KEY": own["secretAccessKey"],
        "AWS_DEFAULT_REGION": "us-east-1",
        "NO_PROXY": "127.0.0.1",
    }
    command = [sys.executable, str(ROOT / "examples" / "consumer.py"), str(file), str(most)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_the_team_reads_its_own_topic(running: Stack, reader: dict, tmp_path: Path) -> None:
    assert reader["topics"] == ["filtered-car-created-events"]
    assert reader["isolationLevel"] == "read_committed"
    ids = ledger.write(running, 20, seed=77)
    ledger.all_arrived(running, set(ids), 60)
    done = consume(reader, 3, tmp_path)
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["type"] for line in lines] == ["CarCreated"] * 3


def test_the_team_is_refused_on_anothers_topic(reader: dict, tmp_path: Path) -> None:
    done = consume({**reader, "topics": ["filtered-loan-created-events"]}, 1, tmp_path)
    assert done.returncode == 1
    assert "authorization failed" in done.stderr.lower()


def test_the_team_is_refused_in_anothers_group(reader: dict, tmp_path: Path) -> None:
    done = consume({**reader, "group": "loan-consumer-group"}, 1, tmp_path)
    assert done.returncode == 1
    assert "authorization failed" in done.stderr.lower()
