"""Events of a domain that only its schemas describe."""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from events_api import validation
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.commands import generate, send
from cli.commands.send import Batch
from cli.traffic import domain, sizes
from cli.traffic.by_schema import Maker
from cli.traffic.domain import Domain
from cli.traffic.events import TYPES
from stacks.errors import CdcError
from tests.support.paths import ROOT

ORDER = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "urn:cdc-streaming:events:order",
    "x-eventTypes": ["OrderPlaced", "OrderCancelled"],
    "type": "object",
    "properties": {
        "entityHeader": {
            "allOf": [
                {"$ref": "urn:cdc-streaming:events:entity-header"},
                {"properties": {"entityType": {"const": "Order"}}},
            ]
        },
        "id": {"type": "string"},
        "total": {"type": "number", "exclusiveMinimum": 0, "maximum": 500, "multipleOf": 0.01},
        "currency": {"enum": ["EUR", "USD"]},
        "lines": {"type": "array", "minItems": 1, "items": {"$ref": "urn:cdc-streaming:events:line"}},
        "placed": {"type": "string", "format": "date-time"},
        "note": {"type": ["string", "null"], "maxLength": 3},
    },
    "required": ["entityHeader", "id", "total", "currency", "lines", "placed"],
}
LINE = {
    "$id": "urn:cdc-streaming:events:line",
    "type": "object",
    "properties": {"sku": {"type": "string", "pattern": "^[A-Z]{3}-\\d{4}$"}, "count": {"type": "integer", "minimum": 1}},
    "required": ["sku", "count"],
}  # fmt: skip
CACHED = ("documents", "validator", "by_entity_type", "entity_validators", "event_types")


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of schemas with a domain of its own beside ours."""
    folder = tmp_path / "events"
    folder.mkdir()
    for file in (ROOT / "schemas" / "events").glob("*.json"):
        (folder / file.name).write_text(file.read_text())
    quiet = {key: value for key, value in ORDER.items() if key != "x-eventTypes"} | {"$id": "urn:x:basket"}
    quiet = json.loads(json.dumps(quiet).replace('"Order"', '"Basket"'))  # an entity that no event tells of
    for name, schema in (("basket", quiet), ("order", ORDER), ("line", LINE)):
        (folder / f"{name}.json").write_text(json.dumps(schema))
    monkeypatch.setattr(validation, "schemas", lambda: folder)
    forget()
    yield folder
    monkeypatch.undo()
    forget()


def forget() -> None:
    for name in CACHED:
        getattr(validation, name).cache_clear()


def test_every_event_is_one_that_the_api_takes(shop: Path) -> None:
    made = list(Domain(1).mixed(200, ["OrderPlaced", "OrderCancelled", "CarCreated"]))
    assert [problem for one in made for problem in validation.problems(one.body, "entities")] == []
    orders = [one.body["entities"][0] for one in made if one.type == "OrderPlaced"]
    assert len({one["id"] for one in orders}) == len({one["total"] for one in orders}) == len(orders)
    assert {one["currency"] for one in orders} == {"EUR", "USD"}
    assert {"note" in one for one in orders} == {True, False}
    assert {len(one["lines"]) for one in orders} == {1, 2, 3}
    assert made[0].body["eventHeader"]["eventName"] == "Order Placed"


def test_the_same_seed_is_the_same_domain(shop: Path) -> None:
    def without_times(seed: int) -> list[str]:
        made = Domain(seed).mixed(20, ["OrderPlaced"])
        return [f"{one.id} {one.body['entities'][0]['total']} {one.body['entities'][0]['lines']}" for one in made]

    assert without_times(3) == without_times(3) != without_times(4)


def test_good_bad_good(shop: Path) -> None:
    assert next(Domain(1).mixed(1, ["OrderPlaced"])).type == "OrderPlaced"
    with pytest.raises(CdcError, match="unknown event type OrderLost") as caught:
        next(Domain(1).mixed(1, ["OrderLost"]))
    assert caught.value.hint.endswith("OrderCancelled, OrderPlaced")
    impossible = {**ORDER, "properties": {**ORDER["properties"], "note": {"not": {}}}, "required": ["note"]}
    (shop / "order.json").write_text(json.dumps(impossible))
    forget()
    with pytest.raises(CdcError, match=r"no OrderPlaced could be made from the schema of Order: /entities/0/note"):
        next(Domain(1).mixed(1, ["OrderPlaced"]))
    (shop / "order.json").write_text(json.dumps(ORDER))
    forget()
    assert next(Domain(1).mixed(1, ["OrderPlaced"])).type == "OrderPlaced"


SCALARS: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.builds(lambda a, n: {"type": "integer", "minimum": a, "maximum": a + n}, st.integers(-999, 999), st.integers(0, 99)),
    st.builds(lambda a, n: {"type": "number", "minimum": a, "maximum": a + n}, st.integers(-999, 999), st.integers(0, 99)),
    st.builds(lambda a, n: {"type": "integer", "minimum": a, "exclusiveMaximum": a + 1 + n}, st.integers(-9, 9), st.integers(0, 9)),
    st.builds(lambda a, n: {"type": "string", "minLength": a, "maxLength": a + n}, st.integers(0, 60), st.integers(0, 9)),
    st.sampled_from(["date-time", "date", "uuid", "email", "uri", "ipv4", "hostname"]).map(lambda f: {"type": "string", "format": f}),
    st.sampled_from([r"^[a-f]{4}$", r"^\d+(\.\d{1,2})?$", r"^(EU|US)-[0-9]+$"]).map(lambda p: {"type": "string", "pattern": p}),
    st.lists(st.one_of(st.integers(), st.text(), st.none()), min_size=1, max_size=4).map(lambda some: {"enum": some}),
    st.just({"type": "boolean"}),
    st.just({"type": ["string", "null"]}),
)  # fmt: skip
SCHEMAS = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.builds(lambda i, n: {"type": "array", "items": i, "minItems": n, "maxItems": n + 1}, inner, st.integers(0, 3)),
        st.builds(lambda p: {"type": "object", "properties": p, "required": sorted(p)[:2]}, st.dictionaries(st.sampled_from("abcd"), inner)),
        st.builds(lambda some: {"anyOf": some}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda one: {"allOf": [one]}, inner),
    ),
    max_leaves=8,
)  # fmt: skip


@settings(deadline=None)
@given(schema=SCHEMAS, seed=st.integers(0, 99))
def test_what_is_made_is_valid(schema: dict[str, Any], seed: int) -> None:
    value = Maker({}, random.Random(seed)).make(schema)  # noqa: S311 - sample data
    assert jsonschema_rs.is_valid(schema, value), value


@pytest.mark.parametrize(
    ("size", "least"), [("small", 300), ("medium", 2048), ("4k", 4096), ("large", 16384), ("9000", 9000)]
)
def test_sizes(size: str, least: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert generate.run(Batch(count=5, rate=0, kinds=[], seed=1), size) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [json.loads(line)["eventHeader"]["eventType"] for line in lines] == list(TYPES)
    assert all(least <= len(line) < least + 1200 for line in lines)
    assert all(validation.problems(json.loads(line), "entities") == [] for line in lines)


def test_a_size_that_is_none() -> None:
    with pytest.raises(CdcError, match="'huge' is no size"):
        sizes.bytes_of("huge")


@pytest.mark.parametrize(
    ("line", "problem"),
    [("{", "mine.jsonl:2: not JSON"), ("[]", 'mine.jsonl:2: /: [] is not of type "object"'), ('{"entities": []}', "mine.jsonl:2: /"), ("", "mine.jsonl:2: not JSON")],
)  # fmt: skip
def test_bodies_of_a_file(tmp_path: Path, line: str, problem: str) -> None:
    good = json.dumps(next(Domain(1).mixed(1)).body)
    file = tmp_path / "mine.jsonl"
    file.write_text(good)
    assert [one.body for one in send.bodies(str(file))] == [json.loads(good)]
    file.write_text(f"{good}\n{line}\n{good}\n")
    with pytest.raises(CdcError) as caught:
        list(send.bodies(str(file)))
    assert problem in caught.value.message
    with pytest.raises(CdcError, match="cannot be read"):
        list(send.bodies(str(tmp_path / "nowhere")))
    assert domain.types()[: len(TYPES)] == list(TYPES)
