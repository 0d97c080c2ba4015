"""Every example of docs/routes.md: files lint, conditions have the verdicts that the page says, commands exist."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import TypeAdapter
from typer.testing import CliRunner

from cli.app import app
from cli.docs.rules_table import page
from stacks.files.yaml_document import Loader
from stacks.routes import lint, matching, written
from stacks.routes import load as load_routes
from stacks.routes.conditions import Condition
from stacks.routes.evaluate import compiled
from stacks.routes.model import Source
from tests.support.paths import ROOT

PAGE = (ROOT / "docs" / "routes.md").read_text()
BLOCKS: list[dict[str, Any]] = [
    yaml.load(text, Loader)  # noqa: S506 - the project's own loader
    for text in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
]
SOURCES = next(block["sources"] for block in BLOCKS if "sources" in block)
VERDICTS = re.findall(r"^\| `(\{.*?\})` \| `(\{.*\})` \| (true|false|unknown) \|$", PAGE, re.MULTILINE)
COMMANDS = sorted(
    {tuple(line.split("  ")[0].split()[1:]) for line in re.findall(r"^\./cdc [^\n]*", PAGE, re.MULTILINE)}
)


@pytest.mark.parametrize("block", [b for b in BLOCKS if "routes" in b], ids=lambda b: b["routes"][0]["name"])
def test_examples_are_routes_that_lint(block: dict[str, Any], tmp_path: Path) -> None:
    listed = [{"columns": {"drop": ["email"]}, **route} for route in block["routes"]]
    document = {
        "version": 1,
        "topicPrefix": "filtered-",
        "sources": SOURCES,
        "consumers": [],
        **block,
        "routes": listed,
    }
    file = tmp_path / "routes.yaml"
    file.write_text(yaml.safe_dump(document, sort_keys=False))
    place, loaded, findings = load_routes.parsed(file)
    assert loaded is not None, findings
    assert [str(f) for f in lint.check(loaded, place) if f.severity == "error"] == []
    for route in loaded.routes:
        assert list(matching.failed_examples(loaded.source(route.source), route)) == []


@pytest.mark.parametrize(("condition", "row", "wanted"), VERDICTS)
def test_verdicts_are_as_the_page_says(condition: str, row: str, wanted: str) -> None:
    source = Source.model_validate(SOURCES[0])
    check = compiled(source.columns, TypeAdapter(Condition).validate_python(yaml.load(condition, Loader)))  # noqa: S506
    found = check(written.row_of(source, yaml.load(row, Loader)))  # noqa: S506
    assert found is {"true": True, "false": False, "unknown": None}[wanted]


def test_there_are_examples() -> None:
    assert len(VERDICTS) >= 18
    assert len(BLOCKS) >= 3
    assert len(COMMANDS) >= 8


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_commands_exist_with_their_options(command: tuple[str, ...]) -> None:
    words = [word for word in command if not word.startswith("-")]
    name = words[:2] if words[0] in ("routes", "dead-letters") else words[:1]
    shown = CliRunner().invoke(app, [*name, "--help"], env={"COLUMNS": "200", "TERM": "dumb"})
    assert shown.exit_code == 0, shown.output
    for option in (word for word in command if word.startswith("--")):
        assert option in shown.output


def test_the_table_of_rules_is_current() -> None:
    assert page(PAGE) == PAGE
