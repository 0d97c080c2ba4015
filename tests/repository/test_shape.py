"""The shape of the house: what every file of it keeps to."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

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
TEXTS = {file: file.read_text() for file in [*SOURCES, *tracked("*.md", "*.toml", "*.yml")]}


def name(file: Path) -> str:
    return str(file.relative_to(ROOT))


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Without the command's own subcommands: their parameters are its options."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            decorators = {ast.unparse(d.func if isinstance(d, ast.Call) else d) for d in node.decorator_list}
            if not decorators & {"app.command"}:
                yield node


def long_signatures(source: str) -> Iterator[str]:
    """`line name takes parameters` of the functions that take too many."""
    for function in functions(ast.parse(source)):
        arguments = function.args
        names = [a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
        own = [n for n in names if n not in ("self", "cls")]
        if len(own) > MOST_PARAMETERS:
            yield f"{function.lineno} {function.name} takes {len(own)}: {own}"


def test_no_function_takes_more_than_five_parameters() -> None:
    assert [f"{name(file)}:{one}" for file in SOURCES for one in long_signatures(TEXTS[file])] == []


def test_the_counter_counts() -> None:
    """The test above could not fail if it found no functions."""
    assert list(long_signatures("def f(a, b, /, c, *, d, e): ...\ndef g(self, a, b, c, d, e): ...")) == []
    assert len(list(long_signatures("def f(a, b, /, c, *, d, e, g): ..."))) == 1


def test_files_are_rooms_not_halls() -> None:
    lines = {name(file): len(TEXTS[file].splitlines()) for file in SOURCES}
    assert {file: count for file, count in lines.items() if count > MOST_LINES} == {}


GUESSED = re.compile(r"""["'](127\.0\.0\.1|localhost)["']\s+(not\s+)?in\b""")


def test_whether_something_is_local_is_never_guessed_from_an_address() -> None:
    ours = [file for file in SOURCES if name(file).split("/")[0] in ROOMS]
    assert [name(file) for file in ours if GUESSED.search(TEXTS[file])] == []
    assert GUESSED.search('if "localhost" ' + "in url:")


def impatient(source: str) -> Iterator[int]:
    """Lines of HTTP calls that leave their timeout to httpx: its five seconds are less than a loaded machine needs."""
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.Call)
            and re.fullmatch(r"httpx2\.(\w*Client|get|post|put|patch|delete)", ast.unparse(node.func))
            and not {one.arg for one in node.keywords} & {"timeout", "transport"}
        ):
            yield node.lineno


def test_every_http_call_says_how_long_it_waits() -> None:
    found = [f"{name(file)}:{line}" for file in SOURCES if "httpx2." in TEXTS[file] for line in impatient(TEXTS[file])]
    assert found == []
    assert list(impatient("httpx2.get(url)\nhttpx2.Client(timeout=5)")) == [1]


def linked(page: Path) -> Iterator[str]:
    """Relative links of a page, outside of code."""
    text = re.sub(r"`[^`\n]*`", "", page.read_text())
    for target in re.findall(r"\]\(([^)#\s]+)", text):
        if not re.match(r"[a-z]+:", target):
            yield target


def test_documents_that_are_linked_exist() -> None:
    pages = tracked("*.md")
    assert [(name(page), to) for page in pages for to in linked(page) if not (page.parent / to).exists()] == []
    assert any(to for page in pages for to in linked(page))


# Folders and files that a text may name: `stacks/routes/model.py`, `docs/runbooks/slot.md`.
NAMED = re.compile(
    r"(?<![\w/.-])((?:stacks|plugins|local|cli|policies|functions|docs|schemas|tests|bench)/[\w./-]+\.(?:py|md|toml|yaml|json|sql))"
)


MADE_BY_READERS = {"schemas/events/order.json"}


def test_files_that_a_text_names_exist() -> None:
    named = {(name(file), one) for file, text in TEXTS.items() for one in NAMED.findall(text)}
    assert len(named) > 100
    assert sorted((file, one) for file, one in named if one not in MADE_BY_READERS and not (ROOT / one).exists()) == []


ELSEWHERE = re.compile(r"\bfacts? [A-Z]\d\d|\bfacts/|\bdesign\.md|\bstyle\.md|\b(reliability|confluent) facts\b")


def test_nothing_refers_to_documents_that_are_not_here() -> None:
    assert [name(file) for file, text in TEXTS.items() if ELSEWHERE.search(text)] == []
    assert ELSEWHERE.search("see design" + ".md")


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
