"""Routes stay in their statements: a change of one touches one set, among a thousand."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stacks.errors import CdcError
from stacks.routes.conditions import Comparison
from stacks.routes.model import Route, Routes
from stacks.statements import render, sets
from tests.support.business import business

SESSION = ("cdc-prod", "cdc-prod", "events")


def route(number: int, **change: object) -> Route:
    values = {
        "name": f"route-{number}",
        "source": "event-headers",
        "topic": f"filtered-{number}",
        "when": Comparison(field="event_type", equals=f"Type{number}"),
    }
    return Route(**{**values, **change})


def project(routes: list[Route]) -> Routes:
    return business().model_copy(update={"routes": routes, "consumers": []})


def built(routes: list[Route], recorded: dict[str, tuple[str, ...]] | None = None) -> dict[str, render.Statement]:
    groups = sets.pack(project(routes), recorded, limit=100)
    return {found.key: found for found in render.build(groups, *SESSION)}


def recorded(found: dict[str, render.Statement]) -> dict[str, tuple[str, ...]]:
    return {key: statement.routes for key, statement in found.items()}


def touched(before: dict[str, render.Statement], after: dict[str, render.Statement]) -> set[str]:
    names = {key: s.name() for key, s in before.items()}
    return {key for key in set(before) | set(after) if key not in after or names.get(key) != after[key].name()}


THOUSAND = [route(n) for n in range(1000)]


def test_a_thousand_routes_are_ten_sets_and_the_rest() -> None:
    found = built(THOUSAND)
    assert sorted(len(s.routes) for s in found.values()) == [0, *[100] * 10]
    assert all(len(s.text) <= render.TEXT_LIMIT for s in found.values())
    assert {name for s in found.values() for name in s.routes} == {r.name for r in THOUSAND}


@pytest.mark.parametrize("place", [0, 499, 1000])
def test_a_new_route_touches_one_set_wherever_it_stands_in_the_file(place: int) -> None:
    others = [r for r in THOUSAND if r.name != "route-500"]
    before = built(others)
    after = built([*others[:place], route(5000), *others[place:]], recorded(before))
    assert touched(before, after) - {"event-headers.unrouted"} == {"event-headers.10"}


def test_a_changed_condition_touches_its_set_and_the_rest() -> None:
    before = built(THOUSAND)
    changed = [
        route(437, when=Comparison(field="event_type", equals="Other")) if r.name == "route-437" else r
        for r in THOUSAND
    ]
    assert touched(before, built(changed, recorded(before))) == {"event-headers.5", "event-headers.unrouted"}


def test_other_columns_touch_one_set_only() -> None:
    from stacks.routes.model import Choice

    before = built(THOUSAND)
    changed = [
        r.model_copy(update={"columns": Choice(drop=["saved_date"])}) if r.name == "route-437" else r for r in THOUSAND
    ]
    assert touched(before, built(changed, recorded(before))) == {"event-headers.5"}


@settings(deadline=None)
@given(st.integers())
def test_no_route_ever_moves(seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311
    routes, previous, next_number = [route(n) for n in range(120)], {}, 120
    where: dict[str, str] = {}
    for _ in range(12):
        found = {g.key: g for g in sets.pack(project(routes), previous, limit=20)}
        for key, group in found.items():
            assert len(group.routes) <= 20
            for member in group.routes:
                assert where.setdefault(member.name, key) == key
        previous = {key: tuple(r.name for r in group.routes) for key, group in found.items()}
        for _ in range(dice.randint(1, 15)):
            if dice.random() < 0.5 and len(routes) > 20:
                gone = routes.pop(dice.randrange(len(routes)))
                where.pop(gone.name, None)
            else:
                routes.insert(dice.randint(0, len(routes)), route(next_number))
                next_number += 1


def test_a_few_routes_share_one_statement_with_the_rest() -> None:
    (only,) = sets.pack(project(THOUSAND[:5]))
    assert only.key == "event-headers"
    assert only.rest == only.routes


@pytest.mark.parametrize(
    "change", [{"isolation": "dedicated"}, {"start": "earliest"}, {"start": "2026-01-31T10:00:00Z"}]
)
def test_a_route_with_a_start_or_alone_has_its_own_statement(change: dict[str, str]) -> None:
    groups = sets.pack(project([*THOUSAND[:3], route(3, **change)]))
    assert [g.key for g in groups] == ["event-headers", "event-headers.route-3", "event-headers.unrouted"]
    assert [g.carries for g in groups] == [True, True, False]
    assert groups[1].start == change.get("start")
    assert groups[2].rest is not None
    assert len(groups[2].rest) == 4


def test_a_route_cannot_move_between_statements() -> None:
    previous = {"event-headers": ("route-0", "route-1"), "event-headers.route-2": ("route-2",)}
    with pytest.raises(
        CdcError, match="route-1 runs in the statement event-headers and cannot move to a statement of its"
    ):
        sets.pack(project([route(0), route(1, start="earliest")]), previous)
    with pytest.raises(
        CdcError, match=r"route-2 runs in the statement event-headers\.route-2 and cannot move to the sh"
    ):
        sets.pack(project([route(0), route(1), route(2)]), previous)


def test_large_conditions_fill_a_set_earlier() -> None:
    large = [
        route(n, when=Comparison(field="event_type", in_=[f"{n}-{m}-{'x' * 40}" for m in range(100)]))
        for n in range(20)
    ]
    found = built(large)
    assert len(found) > 2
    assert all(len(s.text) <= render.TEXT_LIMIT for s in found.values())


def test_disabled_and_retired_routes_take_nothing() -> None:
    groups = sets.pack(project([route(0), route(1, status="disabled"), route(2, retire=True)]))
    assert [r.name for g in groups for r in g.routes] == ["route-0"]
