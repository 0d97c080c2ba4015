"""Broken files: every marked problem is found on its line, and nothing else.

A line that ends in `# ✘ rule` is where that rule must complain (several marks: several complaints).
"""

from datetime import date
from pathlib import Path

import pytest

from stacks.errors import InvalidFiles
from stacks.routes import lint
from stacks.routes import load as load_routes
from stacks.routes.lint.rules import RULES
from tests.support import paths

CORPUS = paths.CORPUS / "routes"
FILES = sorted(CORPUS.glob("*.yaml"))
TODAY = date(2026, 1, 15)
# What cannot be told from a file alone has tests of its own (tests/cli/commands/test_routes.py).
QUIET = {"overlap"}


def marks(text: str) -> set[tuple[int, str]]:
    found: set[tuple[int, str]] = set()
    for number, line in enumerate(text.splitlines(), start=1):
        found |= {(number, rule.strip()) for rule in line.split("# ✘")[1:]}
    return found


def complaints(file: Path) -> set[tuple[int, str]]:
    try:
        document, loaded, findings = load_routes.parsed(file)
        if loaded is not None:
            findings = lint.check(loaded, document, TODAY)
    except InvalidFiles as error:  # a document that is not read any further
        findings = error.findings
    return {(finding.position[1], finding.rule) for finding in findings if finding.rule not in QUIET}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_problem_is_found_on_its_line(file: Path) -> None:
    assert complaints(file) == marks(file.read_text())


def test_the_corpus_is_large_and_knows_every_rule() -> None:
    assert len(FILES) > 150
    named = {rule for file in FILES for _, rule in marks(file.read_text())}
    assert named == set(RULES) - QUIET
