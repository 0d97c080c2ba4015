"""Every `./cdc …` that a page, an alert or a probe tells people to type is a command with those options."""

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from cli.app import app
from cli.docs.troubleshooting_page import words as texts
from tests.support.paths import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "examples").rglob("*.yaml"))]
PROBES = sorted((ROOT / "cli" / "doctor" / "probes").glob("*.py"))
COMMAND = re.compile(r"\./cdc ((?:[^`\n&;|>\"'$]|\"[^\"\n]*\"|'[^'\n]*')+)")
# What stands for something else in a page, and a value of its kind.
VALUES = {"N": "1", "FILE": "/dev/null", "EVENT.json": "x.json", "event.json": "x.json"}
PROSE = re.compile(
    r"\s(#|:|\(|→|=|does|shows|says|has|sees|takes|what|whether|and|then|in|of|on|is|a|the|may|starts|for)\b.*|\s{2,}.*|[.,:;)]+$|\s#.*"
)


def commands(text: str) -> Iterator[list[str]]:
    """Commands as words, without what only explains them."""
    for found in COMMAND.finditer(text):
        line = PROSE.sub("", found[1]).strip().rstrip(".,:;)")
        if line and not re.search(r"[…\[{<]", line):
            yield [VALUES.get(word, word) for word in shlex.split(line)]


def parsed(words: list[str]) -> None:
    """Raises a usage error for what the command would refuse."""
    command, rest = typer.main.get_command(app), list(words)
    while isinstance(command, TyperGroup):
        name = rest.pop(0)
        assert name in command.commands, f"there is no ./cdc {' '.join(words)}"
        command = command.commands[name]
    command.make_context("cdc", rest)


def text_of(file: Path) -> str:
    """A page's text, or the texts in a module, a line each; what differs is a word."""
    if file.suffix != ".py":
        return file.read_text()
    whole = ast.parse(file.read_text())
    parts = {part for node in ast.walk(whole) if isinstance(node, ast.JoinedStr) for part in node.values}
    nodes = (node for node in ast.walk(whole) if isinstance(node, ast.Constant | ast.JoinedStr) and node not in parts)
    return "\n".join(texts(node).replace("…", "1") for node in nodes)


@pytest.mark.parametrize("file", [*PAGES, *PROBES], ids=lambda file: str(file.relative_to(ROOT)))
def test_commands_exist(file: Path) -> None:
    for words in commands(text_of(file)):
        try:
            parsed(words)
        except Exception as error:
            if type(error).__name__ == "MissingParameter" and len(words) == 1:
                continue  # a text that speaks of the command as such
            raise AssertionError(f"{file.name}: ./cdc {' '.join(words)}: {error}") from error


def test_wrong_ones_are_found() -> None:
    for words in (["nothing"], ["doctor", "--nothing"], ["canary", "twice"], ["tail"]):
        with pytest.raises(Exception):  # noqa: B017, PT011 - click's kinds differ
            parsed(words)
    parsed(["doctor", "-s", "prod"])
