"""What a pull request says: six prepared changes against prod, each comment a golden file."""

import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from cli.planning import markdown, plan
from cli.planning.difference import Difference, compare
from stacks.load import from_files
from tests.support.golden import Golden
from tests.support.paths import ROOT
from tests.support.recorder import record
from tests.support.tree import tree

ROUTE = """
  - name: big-loans
    description: Loans of a bank's large customers
    owner: lending
    source: event-headers
    topic: filtered-big-loan-events
    when: {field: event_name, equals: Loan Created}
"""


def edited(file: str, old: str, new: str) -> Callable[[Path], None]:
    def edit(root: Path) -> None:
        text = (root / file).read_text()
        assert old in text
        (root / file).write_text(text.replace(old, new, 1))

    return edit


CHANGES: dict[str, Callable[[Path], None]] = {
    "filter": edited("routes.yaml", "{field: event_type, equals: CarCreated}", "{field: event_type, in: [CarCreated, CarServiceDone]}"),
    "new-route": edited("routes.yaml", "\nconsumers:", ROUTE + "\nconsumers:"),
    "fewer-partitions": edited("routes.yaml", "    partitions: 6", "    partitions: 3"),
    "instance-class": edited("Pulumi.prod.yaml", "db.r8g.large", "db.r8g.xlarge"),
    "renamed-connector": edited("stacks/settings/model.py", 'name: Slug = "postgres-cdc"', 'name: Slug = "orders-cdc"'),
    "secret-in-plain": edited("stacks/components/confluent/connector.py", 'config_nonsensitive=declared,', 'config_nonsensitive={**declared, "database.password": "hunter2"},'),
}  # fmt: skip


@pytest.fixture(scope="session")
def compared(tmp_path_factory: pytest.TempPathFactory, shared: Path, graphs: dict[str, Any]) -> dict[str, Difference]:
    """Each change against the files as they are; the plans are made once for all workers."""
    file = shared / "plans.pickle"
    with FileLock(f"{file}.lock"):
        if not file.exists():
            file.write_bytes(pickle.dumps(make_plans(tmp_path_factory, graphs["prod"])))
    plans = pickle.loads(file.read_bytes())  # noqa: S301 - our own
    return {name: compare(plans["base"], plans[name]) for name in CHANGES}


def make_plans(tmp_path_factory: pytest.TempPathFactory, present: dict[str, Any]) -> dict[str, plan.Plan]:
    """The plan of the files as they are, and of each change as the update after it."""
    base = plan.of("prod", *from_files(ROOT, "prod"), present)
    roots: dict[str, Path] = {}
    for name, change in CHANGES.items():
        roots[name] = tree(tmp_path_factory.mktemp(name))
        change(roots[name])
    graphs = record([(root, "prod", plan.after(base)) for root in roots.values()])
    made = [
        plan.of("prod", *from_files(root, "prod"), graph) for root, graph in zip(roots.values(), graphs, strict=True)
    ]
    return {"base": base, **dict(zip(roots, made, strict=True))}


@pytest.mark.parametrize("name", CHANGES)
def test_the_comment_reads_as_intended(name: str, compared: dict[str, Difference], golden: Golden) -> None:
    golden.check(f"plan-{name}.md", markdown.render(compared[name]))


def test_fewer_partitions_lose_data_and_the_first_lines_say_so(compared: dict[str, Difference]) -> None:
    head = markdown.render(compared["fewer-partitions"]).splitlines()[:4]
    assert "data would be lost" in head[1]
    assert "`raw-event-headers-topic` would be replaced because of partitionsCount" in head[2]


def test_a_filter_replaces_one_statement_and_nothing_else(compared: dict[str, Difference]) -> None:
    steps = compared["filter"].steps
    assert [(s.name, s.action) for s in steps] == [("routing-event-headers", "replace")]
    assert set(steps[0].replaces) >= {"statement", "statementName"}
    assert "continues where the old one stops" in steps[0].note


def test_an_instance_class_changes_in_place_and_costs(compared: dict[str, Difference]) -> None:
    found = compared["instance-class"]
    assert {(s.name, s.action) for s in found.steps} == {("database-0", "update"), ("database-1", "update")}
    assert found.dollars > 100


def test_a_renamed_connector_is_another_one(compared: dict[str, Difference]) -> None:
    (step,) = [s for s in compared["renamed-connector"].steps if s.type == "connector"]
    assert (step.action, step.replaces) == ("replace", ("configNonsensitive",))


def test_a_secret_in_plain_is_a_finding_and_its_value_is_not_shown(compared: dict[str, Difference]) -> None:
    found = compared["secret-in-plain"]
    assert [f.rule for f in found.new_findings] == ["CDC-04"]
    assert "hunter2" not in markdown.render(found)


def test_a_comment_is_never_too_long(compared: dict[str, Difference]) -> None:
    found = compared["new-route"]
    long = Difference(found.base, found.head, found.steps, [], [("SQL of x", "+" + "y" * 50_000)] * 3, [])
    text = markdown.render(long, "plan.md")
    assert len(text) <= markdown.LIMIT
    assert markdown.render(long, limit=None).count("y" * 50_000) == 3
    assert "2 section(s) were too long for a comment: plan.md" in text


def test_the_same_change_gives_the_same_bytes(compared: dict[str, Difference]) -> None:
    assert markdown.render(compared["filter"]) == markdown.render(
        compare(compared["filter"].base, compared["filter"].head)
    )


def test_an_unknown_base_is_said() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cli", "plan", "prod", "--base", "no-such-ref", "--format", "markdown"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (1, 2)
    assert "no-such-ref" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
