"""Broken files: every marked problem is found on its line, and nothing else.

A line that ends in `# ✘ rule` is where that rule must complain (several marks: several complaints).
"""

from datetime import date
from pathlib import Path

import pytest

from stacks.routes import lint
from stacks.routes import load as load_routes
from stacks.routes.lint.rules import RULES
from tests.support import paths

CORPUS = paths.CORPUS / "routes"
FILES = sorted(CORPUS.glob("*.yaml"))
TODAY = date(2026, 1, 15)
# What cannot be told from a file alone has tests of its own (tests/command/test_routes.py).
QUIET = {"overlap"}


def marks(text: str) -> set[tuple[int, str]]:
    found: set[tuple[int, str]] = set()
    for number, line in enumerate(text.splitlines(), start=1):
        found |= {(number, rule.strip()) for rule in line.split("# ✘")[1:]}
    return found


def complaints(file: Path) -> set[tuple[int, str]]:
    document, loaded, faults = load_routes.parsed(file)
    if loaded is not None:
        faults = lint.check(loaded, document, TODAY)
    return {(fault.place[1], fault.rule) for fault in faults if fault.rule not in QUIET}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_problem_is_found_on_its_line(file: Path) -> None:
    assert complaints(file) == marks(file.read_text())


def test_the_corpus_is_large_and_knows_every_rule() -> None:
    assert len(FILES) > 150
    named = {rule for file in FILES for _, rule in marks(file.read_text())}
    assert named == set(RULES) - QUIET
