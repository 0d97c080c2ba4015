"""The pack finds nothing in dev and prod, and every rule finds what breaks it."""

import re
from typing import Any

import pytest

from policies.graph import Graph, from_recorded
from policies.rules import RULES, evaluate
from tests.policies.mutants import MUTANTS

BY_ID = {rule.id: rule for rule in RULES}


@pytest.fixture(scope="session")
def prod(graphs: dict[str, Any]) -> Graph:
    return from_recorded(graphs["prod"])


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_nothing_breaks_a_rule(stack: str, graphs: dict[str, Any]) -> None:
    assert [str(f) for f in evaluate(from_recorded(graphs[stack]))] == []


def test_every_rule_has_a_mutant_and_an_id_of_its_own() -> None:
    assert len(BY_ID) == len(RULES) >= 80
    assert set(MUTANTS) == set(BY_ID)


@pytest.mark.parametrize("rule", sorted(MUTANTS))
def test_a_mutant_is_found_and_the_message_says_how_to_fix_it(rule: str, prod: Graph) -> None:
    assert list(BY_ID[rule].findings(prod)) == []
    found = list(BY_ID[rule].findings(MUTANTS[rule](prod)))
    assert found
    assert all(len(f.fix) > 8 and f.message and f.resource for f in found)


def test_rules_of_prod_leave_dev_alone(graphs: dict[str, Any]) -> None:
    dev = from_recorded(graphs["dev"])
    assert [r for r in RULES if r.prod]
    assert not dev.protected
    assert all(list(r.findings(dev)) == [] for r in RULES if r.prod)


def test_ids_name_their_area() -> None:
    assert all(re.fullmatch(r"[A-Z]{3}-\d\d", rule.id) for rule in RULES)
