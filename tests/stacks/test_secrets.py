"""Twenty marker secrets through settings and services: none of them shows up where it should not."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cli.planning import markdown
from cli.planning.difference import compare
from cli.planning.plan import Plan, of
from stacks.load import from_files
from tests.support.paths import ROOT

SETTINGS = ("databasePassword", "eventsApiPassword", "notificationUrl")


@pytest.fixture
def plan(graphs: dict[str, Any]) -> Plan:
    return of("prod", *from_files(ROOT, "prod"), graphs["prod"])


def markers(graph: dict[str, Any]) -> set[str]:
    """What the recording hides secrets behind: the settings, and the secret of every API key."""
    keys = [name for name, r in graph["resources"].items() if r["type"].endswith(":ApiKey")]
    return {f"marker-{name}" for name in SETTINGS} | {f"secret-of-{name}" for name in keys}


def test_there_are_enough_markers(graphs: dict[str, Any]) -> None:
    assert len(markers(graphs["prod"])) >= 17
    assert sum(len(markers(graphs[stack])) for stack in ("dev", "prod")) >= 20


@pytest.mark.parametrize("stack", ["dev", "prod", "local"])
def test_no_marker_is_in_the_graph_the_sql_or_the_contract(stack: str, graphs: dict[str, Any]) -> None:
    text = json.dumps(graphs[stack])
    assert [m for m in markers(graphs[stack]) if m in text] == []
    statement = graphs[stack]["resources"]["routing-event-headers"]["inputs"]["statement"]
    assert "marker-" not in statement
    assert "secret" not in json.dumps({**graphs[stack]["exports"]["contract"], "consumers": []})


def test_every_marker_was_used(graphs: dict[str, Any]) -> None:
    """The test above could not fail if the secrets went nowhere."""
    resources = graphs["prod"]["resources"]
    hidden = [name for name, r in resources.items() if r["secrets"]]
    assert {"cdc-connector", "database-cdc-value", "database-events-api-value", "notifications-integration"} <= set(
        hidden
    )
    assert {f"consumers-{c}-value" for c in ("car-consumer", "loan-consumer")} <= set(hidden)


def test_no_marker_is_in_a_comment_or_a_summary(plan: Plan) -> None:
    text = markdown.render(compare(plan, plan)) + json.dumps(plan.recorded)
    assert "marker-" not in text
    assert "secret-of-" not in text


def test_a_value_in_plain_does_not_get_into_an_error(tmp_path: Path) -> None:
    """A secret that somebody wrote where it does not belong is refused without being repeated."""
    (tmp_path / "Pulumi.prod.yaml").write_text(
        (ROOT / "Pulumi.prod.yaml").read_text() + '  cdc-streaming:databasePassword: "marker-in-plain"\n'
    )
    code = (
        "import sys; from pathlib import Path; from stacks.settings import load;"
        "print(*load.from_file(Path(sys.argv[1]), True)[1])"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "Pulumi.prod.yaml")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert "databasePassword" in done.stdout
    assert "in plain" in done.stdout
    assert "marker-in-plain" not in done.stdout + done.stderr
