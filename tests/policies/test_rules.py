"""The pack finds nothing in dev and prod, and every rule finds what breaks it."""

import copy
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from policies.graph import UNKNOWN, Graph, Resource, from_recorded
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


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every place in a resource's inputs, at every depth."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in inner:
        yield (*path, key)
        yield from places(below, (*path, key))


def with_unknown(inputs: Any, path: tuple[str | int, ...]) -> dict[str, Any]:
    changed = copy.deepcopy(inputs)
    place: Any = changed
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = UNKNOWN
    return changed


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_every_rule_survives_every_property_being_unknown(stack: str, graphs: dict[str, Any]) -> None:
    """As in a first preview on new accounts: no rule ends in an error, and none finds what is not decided yet.

    In each round, one property of every resource: each of every type of resource, until all had their turn.
    """
    graph, tried = from_recorded(graphs[stack]), set[tuple[Any, ...]]()
    while turn := {name: found for name, one in graph.resources.items() if (found := untried(one, tried))}:
        changed = {
            name: replace(graph.resources[name], props=with_unknown(graph.resources[name].props, path))
            for name, path in turn.items()
        }
        assert [str(f) for f in evaluate(Graph({**graph.resources, **changed}, graph.exports))] == [], turn
    assert len(tried) > 200


def untried(resource: Resource, tried: set[tuple[Any, ...]]) -> tuple[str | int, ...]:
    """A property that no resource of this type had its turn with; empty when all had."""
    for path in places(resource.props):
        shape = (resource.token, *("#" if isinstance(key, int) else key for key in path))
        if shape not in tried:
            tried.add(shape)
            return path
    return ()


def test_what_is_known_is_still_found_beside_what_is_not(prod: Graph) -> None:
    """An unknown property of another resource, or another property of the same one, hides nothing of a rule by resource."""
    for rule in ("RDS-01", "FUN-02", "CON-09"):
        broken = MUTANTS[rule](prod)
        (finding, *_) = BY_ID[rule].findings(broken)
        bad = broken.resources[finding.resource]
        props = {**bad.props, "tags": UNKNOWN, "description": UNKNOWN}
        beside = Graph({**broken.resources, bad.name: replace(bad, props=props)}, broken.exports)
        assert [f.resource for f in BY_ID[rule].findings(beside)] == [f.resource for f in BY_ID[rule].findings(broken)]
