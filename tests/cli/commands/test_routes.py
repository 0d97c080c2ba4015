"""`cdc routes check | explain | impact` as people run them, in a repository of their own."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.support.paths import ROOT

ROUTES = (ROOT / "routes.yaml").read_text()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A checkout whose routes.yaml is committed and may be changed."""
    for name in ("cli", "stacks", "local", "functions", "schemas", "policies", "sql_templates"):
        (tmp_path / name).symlink_to(ROOT / name)
    shutil.copy(ROOT / "routes.yaml", tmp_path)
    for command in (
        ["init", "-q"],
        ["add", "routes.yaml"],
        ["-c", "user.name=t", "-c", "user.email=t@t", "commit", "-qm", "x"],
    ):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    return tmp_path


def cdc(project: Path, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """Run the command with the project as its root."""
    code = (
        "import sys, pathlib, local.environment as i; "
        f"i.ROOT = pathlib.Path({str(project)!r}); import cli.__main__ as m; sys.argv[0] = 'cdc'; m.app()"
    )
    command = [sys.executable, "-c", code, "routes", *arguments]
    return subprocess.run(command, cwd=ROOT, input=given, capture_output=True, text=True, check=False)


def change(project: Path, old: str, new: str) -> None:
    text = (project / "routes.yaml").read_text()
    assert old in text
    (project / "routes.yaml").write_text(text.replace(old, new, 1))


def test_a_good_file(project: Path) -> None:
    done = cdc(project, "check")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "4 routes, 2 examples: nothing to complain about\n"


def test_errors_have_a_line_a_rule_and_a_hint(project: Path) -> None:
    change(project, "equals: LoanCreated}", "equals: 5}")
    done = cdc(project, "check")
    assert done.returncode == 2
    line = next(
        n for n, text in enumerate((project / "routes.yaml").read_text().splitlines(), 1) if "equals: 5" in text
    )
    assert f"routes.yaml:{line}:31: routes.1.when.equals - event_type is a string (got 5) - " in done.stdout
    assert "[type-mismatch]" in done.stdout
    found = json.loads(cdc(project, "check", "--json").stdout)
    assert [f["rule"] for f in found["findings"]] == ["type-mismatch"]


def test_an_example_that_is_not_kept(project: Path) -> None:
    change(
        project, "{event: {event_type: LoanCreated}, taken: false}", "{event: {event_type: LoanCreated}, taken: true}"
    )
    done = cdc(project, "check")
    assert done.returncode == 2
    assert "should be taken: when: event_type equals 'CarCreated', but it is 'LoanCreated'" in done.stdout
    assert "[example-failed]" in done.stdout


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            "{name: event_name, type: string}",
            "{name: event_name, type: string}\n      - {name: amount, type: long}",
            "amount",
        ),
        ("{name: event_name, type: string}", "{name: event_name, type: long}", "not compatible with writer"),
        ("{name: event_type, type: string, nullable: true}", "{name: event_type, type: string}", "BACKWARD"),
    ],
)
def test_an_incompatible_change_says_why(project: Path, old: str, new: str, words: str) -> None:
    change(project, old, new)
    done = cdc(project, "check")
    assert done.returncode == 2, done.stdout
    assert "a new reader cannot read old records" in done.stdout
    assert words in done.stdout
    assert "[incompatible]" in done.stdout


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            "{name: event_name, type: string}",
            "{name: event_name, type: string}\n      - {name: x, type: long, nullable: true}",
        ),
        ("      - {name: saved_date, type: timestamp, nullable: true}\n", ""),
        (
            "    topic: filtered-service-events\n",
            "    topic: filtered-service-events\n    columns: {rename: {saved_date: saved}}\n",
        ),
    ],
)
def test_compatible_changes(project: Path, old: str, new: str) -> None:
    change(project, old, new)
    assert cdc(project, "check").returncode == 0


def test_a_parallel_topic_is_the_way_out(project: Path) -> None:
    """A breaking record on a topic of its own, fed beside the old one."""
    document = yaml.safe_load(ROUTES)
    route = next(r for r in document["routes"] if r["name"] == "car-created")
    second = {
        **route,
        "name": "car-created-v2",
        "topic": "filtered-car-created-events-v2",
        "columns": {"mask": {"event_name": "hash"}},
    }
    route |= {"status": "deprecated", "until": "2999-01-01"}
    document["routes"].append(second)
    (project / "routes.yaml").write_text(yaml.safe_dump(document, sort_keys=False))
    done = cdc(project, "check")
    assert done.returncode == 0, done.stdout
    assert "[deprecated]" in done.stdout
    assert "[equal-routes]" in done.stdout


def test_a_route_with_readers_cannot_just_go(project: Path) -> None:
    document = yaml.safe_load(ROUTES)
    document["routes"] = [r for r in document["routes"] if r["name"] != "service-done"]
    document["consumers"] = [c for c in document["consumers"] if c["name"] != "service-consumer"]
    (project / "routes.yaml").write_text(yaml.safe_dump(document, sort_keys=False))
    done = cdc(project, "check")
    assert done.returncode == 2
    assert "service-consumer read its topic filtered-service-events" in done.stdout
    assert "retire: true" in done.stdout


def test_another_file_and_one_that_is_not_yaml(project: Path) -> None:
    (project / "x.yaml").write_text("a: [")
    done = cdc(project, "check", str(project / "x.yaml"))
    assert done.returncode == 2
    assert "x.yaml:2:1" in done.stdout + done.stderr
    assert "not valid YAML" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_explain_says_who_takes_an_event_and_why_the_others_do_not(project: Path) -> None:
    done = cdc(project, "explain", "-", given='{"event_type": "LoanCreated"}')
    assert done.returncode == 0
    assert done.stdout.splitlines()[:3] == [
        "goes to filtered-loan-created-events",
        "✘ car-created: when: event_type equals 'CarCreated', but it is 'LoanCreated'",
        "✔ loan-created takes it",
    ]
    deleted = cdc(project, "explain", "-", "--json", given='{"event_type": "LoanCreated", "__op": "d"}')
    found = json.loads(deleted.stdout)
    assert found["topics"] == ["unrouted-event-headers"]
    assert found["routes"][1]["because"] == "operation 'd' is not one of c, r"


def test_explain_reads_what_the_events_api_takes(project: Path) -> None:
    body = {"eventHeader": {"uuid": "1", "eventName": "x", "eventType": "CarServiceDone"}, "entities": []}
    assert "goes to filtered-service-events" in cdc(project, "explain", "-", given=json.dumps(body)).stdout


@pytest.mark.parametrize(
    ("given", "words"),
    [("{", "cannot be read as JSON"), ("[1]", "is not a JSON object"), ('{"colour": "red"}', "has no column colour")],
)
def test_explain_of_something_else(project: Path, given: str, words: str) -> None:
    done = cdc(project, "explain", "-", given=given)
    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_impact_counts_what_goes_elsewhere(project: Path, tmp_path: Path) -> None:
    change(project, "equals: CarServiceDone}", "in: [CarServiceDone, LoanCancelled]}")
    change(project, "equals: LoanCreated}", "equals: LoanApproved}")
    kinds = ["CarCreated"] * 5 + ["LoanCreated"] * 3 + ["CarServiceDone"] * 2 + ["LoanCancelled"] * 4
    sample = tmp_path / "sample.jsonl"
    sample.write_text("\n".join(json.dumps({"value": {"__op": "c", "event_type": kind}}) for kind in kinds))
    done = cdc(project, "impact", "--base", "HEAD", "--file", str(sample), "--json")
    found = json.loads(done.stdout)
    moved = {m["route"]: (m["entering"], m["leaving"], m["staying"]) for m in found["movements"]}
    assert moved == {
        "car-created": (0, 0, 5),
        "loan-created": (0, 3, 0),
        "loan-payment-submitted": (0, 0, 0),
        "service-done": (4, 0, 2),
    }
    assert (found["events"], found["unrouted_before"], found["unrouted_after"]) == (14, 4, 3)


def test_impact_of_a_broken_sample(project: Path, tmp_path: Path) -> None:
    sample = tmp_path / "sample.jsonl"
    sample.write_text('{"event_type": "x"}\nnot json\n')
    done = cdc(project, "impact", "--base", "HEAD", "--file", str(sample))
    assert done.returncode == 1
    assert "sample.jsonl:2: not a JSON object" in done.stderr
