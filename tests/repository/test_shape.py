"""The shape of the house: what every file of it keeps to."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.paths import ROOT

MOST_PARAMETERS = 5
MOST_LINES = 300
ROOMS = ("stacks", "plugins", "local", "cli", "policies", "functions", "bench", "examples")


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).exists()]


SOURCES = tracked("*.py")


def name(file: Path) -> str:
    return str(file.relative_to(ROOT))


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Without the command's own subcommands: their parameters are its options."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            decorators = {ast.unparse(d.func if isinstance(d, ast.Call) else d) for d in node.decorator_list}
            if not decorators & {"app.command"}:
                yield node


@pytest.mark.parametrize("file", SOURCES, ids=name)
def test_no_function_takes_more_than_five_parameters(file: Path) -> None:
    for function in functions(ast.parse(file.read_text())):
        arguments = function.args
        names = [a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
        own = [n for n in names if n not in ("self", "cls")]
        assert len(own) <= MOST_PARAMETERS, f"{name(file)}:{function.lineno} {function.name} takes {len(own)}: {own}"


def test_the_counter_counts() -> None:
    """The test above could not fail if it found no functions."""
    (found,) = functions(ast.parse("def f(a, b, /, c, *, d, e, g): ..."))
    assert len(found.args.posonlyargs) + len(found.args.args) + len(found.args.kwonlyargs) == MOST_PARAMETERS + 1


@pytest.mark.parametrize("file", SOURCES, ids=name)
def test_files_are_rooms_not_halls(file: Path) -> None:
    assert len(file.read_text().splitlines()) <= MOST_LINES, name(file)


@pytest.mark.parametrize("file", [f for f in SOURCES if name(f).split("/")[0] in ROOMS], ids=name)
def test_whether_something_is_local_is_never_guessed_from_an_address(file: Path) -> None:
    assert not re.search(r"""["'](127\.0\.0\.1|localhost)["']\s+(not\s+)?in\b""", file.read_text()), name(file)


def linked(page: Path) -> Iterator[str]:
    """Relative links of a page, outside of code."""
    text = re.sub(r"`[^`\n]*`", "", page.read_text())
    for target in re.findall(r"\]\(([^)#\s]+)", text):
        if not re.match(r"[a-z]+:", target):
            yield target


@pytest.mark.parametrize("page", tracked("*.md"), ids=name)
def test_documents_that_are_linked_exist(page: Path) -> None:
    missing = [target for target in linked(page) if not (page.parent / target).exists()]
    assert missing == [], name(page)


# Folders and files that a text may name: `stacks/routes/model.py`, `docs/runbooks/slot.md`.
NAMED = re.compile(
    r"(?<![\w/.-])((?:stacks|plugins|local|cli|policies|functions|docs|schemas|tests|bench)/[\w./-]+\.(?:py|md|toml|yaml|json|sql))"
)


MADE_BY_READERS = {"schemas/events/order.json"}


@pytest.mark.parametrize("file", [*SOURCES, *tracked("*.md", "*.toml", "*.yml")], ids=name)
def test_files_that_a_text_names_exist(file: Path) -> None:
    text = file.read_text()
    missing = sorted({n for n in NAMED.findall(text) if n not in MADE_BY_READERS and not (ROOT / n).exists()})
    assert missing == [], name(file)


@pytest.mark.parametrize("file", [*SOURCES, *tracked("*.md")], ids=name)
def test_nothing_refers_to_documents_that_are_not_here(file: Path) -> None:
    elsewhere = r"\bfacts? [A-Z]\d\d|\bfacts/|\bdesign\.md|\bstyle\.md|\b(reliability|confluent) facts\b"
    if file != Path(__file__):
        assert re.findall(elsewhere, file.read_text()) == [], name(file)


def test_a_route_s_way_to_sql_is_as_written() -> None:
    """docs/architecture.md names four files; each exists, and is handed on to by the next."""
    text = (ROOT / "docs" / "architecture.md").read_text().split("## A route's way to SQL")[1]
    way = re.findall(r"^\d\. \[(stacks/[\w/]+\.py)\]", text, flags=re.M)
    rooms = ["routes/model", "statements/sets", "statements/render", "routes/sql"]
    assert way == [f"stacks/{room}.py" for room in rooms]
    model, sets, render, _ = [(ROOT / file).read_text() for file in way]
    assert "class Route(" in model
    assert "from stacks.routes.model import" in sets
    assert "from stacks.statements.sets import" in render
    assert "from stacks.routes import sql" in render
    assert "sql.condition(" in render
