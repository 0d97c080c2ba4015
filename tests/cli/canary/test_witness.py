"""An event for a route: from its examples or its condition, and always one that the route takes."""

import re
import uuid
from typing import Any

import pytest

from cli.canary import insert, watch, witness
from stacks import naming
from stacks.errors import CdcError
from stacks.routes import matching, written
from stacks.routes.columns import Column
from stacks.routes.model import Example, Route, Source
from tests.support.business import business


def source(**changes: Any) -> Source:
    """Columns that must have a value, and one that an enum, a path or a number decides."""
    columns = [
        Column(name="id", type="uuid", key=True),
        Column(name="state", type="enum", values=["new", "done"]),
        Column(name="amount", type="decimal"),
        Column(name="at", type="timestamp"),
        Column(name="note", type="string", nullable=True),
        Column(name="doc", type="json", paths={"$.customer.tier": "string", "$.lines[0].sku": "string"}),
    ]
    return (
        business()
        .sources[0]
        .model_copy(update={"name": "orders", "table": "public.orders", "columns": columns, **changes})
    )


def route(when: dict[str, Any], examples: list[Example] | None = None, **more: Any) -> Route:
    return Route.model_validate(
        {"name": "some", "source": "orders", "topic": "filtered-some", "when": when, **more, "examples": examples or []}
    )


@pytest.mark.parametrize(
    "when",
    [
        {"field": "state", "equals": "done"},
        {"field": "state", "in": ["done"]},
        {"field": "amount", "gte": 100},
        {"field": "note", "startsWith": "urgent"},
        {"field": "note", "isNull": True},
        {"field": "note", "isNotNull": True},
        {"field": "doc", "path": "$.customer.tier", "equals": "gold"},
        {
            "all": [
                {"field": "state", "equals": "done"},
                {"any": [{"field": "note", "matches": "x+"}, {"field": "amount", "lte": 5}]},
            ]
        },
    ],
)
def test_made_from_the_condition(when: dict[str, Any]) -> None:
    where, made = source(), route(when)
    found = witness.event(where, made)
    assert matching.taker(where, made)(written.row_of(where, found))
    assert not list(written.bad_values(where, found))


@pytest.mark.parametrize(
    "when",
    [
        {"field": "note", "matches": "[0-9]{7}"},
        {"not": {"field": "state", "equals": "new"}},
        {"field": "doc", "path": "$.lines[0].sku", "equals": "A-1"},
        {"all": [{"field": "state", "equals": "done"}, {"field": "state", "equals": "new"}]},
    ],
)
def test_what_cannot_be_guessed_asks_for_an_example(when: dict[str, Any]) -> None:
    with pytest.raises(CdcError) as refused:
        witness.event(source(), route(when))
    assert "add an example with `taken: true` to route some" in refused.value.hint


def test_an_example_is_better_than_a_guess() -> None:
    example = {"state": "done", "note": "1234567", "doc": {"lines": [{"sku": "A-1"}]}}
    made = route(
        {"field": "note", "matches": "[0-9]{7}"},
        [Example(event={"note": "x"}, taken=False), Example(event=example, taken=True)],
    )
    found = witness.event(source(), made)
    assert found["note"] == "1234567"
    assert found["amount"] == "0"


def test_ids_are_marked_and_new() -> None:
    found = {witness.marked_id() for _ in range(200)}
    assert len(found) == 200
    for identity in found:
        assert identity.startswith(naming.CANARY_ID_PREFIX)
        assert uuid.UUID(identity).variant == uuid.RFC_4122
        assert uuid.UUID(identity).version == 8


@pytest.mark.parametrize("keys", [["long"], ["string", "string"], []])
def test_keys_that_hold_no_mark(keys: list[str]) -> None:
    columns = [Column(name=f"k{number}", type=kind, key=True) for number, kind in enumerate(keys)]  # pyright: ignore[reportArgumentType]
    with pytest.raises(CdcError, match="a canary's mark needs one column of type string or uuid"):
        witness.event(source(columns=[*columns, Column(name="v", type="int")]), route({"field": "v", "equals": 1}))


def test_every_committed_route_has_a_business_event() -> None:
    known = business()
    for each in known.routes:
        where = known.source(each.source)
        row = witness.event(where, each)
        made = insert.business_event(where, each, row, row["id"])
        assert made.id == row["id"] == made.body["eventHeader"]["uuid"]


def test_a_type_that_the_api_does_not_know() -> None:
    known = business()
    unknown = known.routes[0].model_copy(update={"when": route({"field": "event_type", "equals": "ShipSunk"}).when})
    with pytest.raises(CdcError, match=re.escape("of which schemas/events knows no entity")):
        insert.business_event(known.sources[0], unknown, witness.event(known.sources[0], unknown), "x")


def test_where_a_canary_was_lost() -> None:
    assert watch.Outcome("r", "1", 0.1, 0.2, 0.3).lost_at is None
    assert watch.Outcome("r", "1", 0.1, 0.2).lost_at == "readable"
    assert watch.Outcome("r", "1").lost_at == "captured"


@pytest.mark.parametrize(
    ("seen", "took", "lost_at"),
    [
        ((101.0, 102.0, 103.0), (1.0, 2.0, 3.0), None),
        ((101.0, None, 103.0), (1.0, 3.0, 3.0), None),  # readable before the other reader looked
        ((None, None, 103.0), (3.0, 3.0, 3.0), None),
        ((101.0, 104.0, 103.0), (1.0, 3.0, 3.0), None),
        ((99.0, 102.0, 103.0), (0.0, 2.0, 3.0), None),
        ((101.0, 102.0, None), (1.0, 2.0, None), "readable"),
        ((101.0, None, None), (1.0, None, None), "routed"),
        ((None, None, None), (None, None, None), "captured"),
    ],
)
def test_what_is_at_a_stage_was_at_those_before(seen: Any, took: Any, lost_at: str | None) -> None:
    found = watch.reached(100.0, seen)
    assert tuple(found.values()) == took
    assert watch.Outcome("r", "id", **found).lost_at == lost_at


def test_routes_by_name() -> None:
    known = business()
    assert [one.name for one in watch.chosen(known, ["service-done"])] == ["service-done"]
    assert len(watch.chosen(known, [])) == len(known.routes)
    with pytest.raises(CdcError, match="there is no active route nothing"):
        watch.chosen(known, ["nothing"])
