"""Bodies that nobody thought of, callers at once, and a domain that the project does not know: the events API on a real database."""

import json
import random
import shutil
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from events_api import database, validation
from events_api.database import Database
from events_api.handler import EventsApi
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from migrator import migrations
from migrator.schema import Dsn, connect

from cli.traffic.events import Factory
from tests.support import postgres
from tests.support.paths import ROOT

pytestmark = pytest.mark.engine
EXPECTED = {200, 400, 409, 413, 422}
TEXTS = st.text(st.characters(codec=None), max_size=30) | st.sampled_from(["\0", "\ud800", "a\udfff", "é", "🚗"])
TIMES = st.sampled_from(
    [
        "2026-01-01T00:00:00Z",
        "2026-01-01T00:00:00-16:00",
        "0000-01-01T00:00:00Z",
        "2026-02-30T00:00:00Z",
        "x",
        "",
        "infinity",
    ]
) | st.datetimes().map(lambda moment: moment.isoformat() + "Z")
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS | TIMES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@pytest.fixture(scope="module")
def server() -> Iterator[Dsn]:
    with postgres.serve() as dsn:
        migrations.migrate(dsn, ROOT / "schemas" / "postgres")
        yield dsn


@pytest.fixture(scope="module")
def api(server: Dsn) -> Iterator[EventsApi]:
    patch = pytest.MonkeyPatch()
    owner = {"user": server.user, "password": server.password, "sslmode": "disable"}
    patch.setattr(database, "credentials", lambda environment: owner)
    place = {"DATABASE_HOST": server.host, "DATABASE_PORT": str(server.port), "DATABASE_NAME": server.database}
    yield EventsApi(Database(place))
    patch.undo()


def post(api: EventsApi, body: Any, path: str = "events") -> tuple[int, dict[str, Any]]:
    text = body if isinstance(body, str) else json.dumps(body)
    event = {"requestContext": {"http": {"method": "POST"}}, "rawPath": f"/api/v1/{path}", "body": text}
    answer = api(event)
    return answer["statusCode"], json.loads(answer["body"])


def rows(server: Dsn, query: str) -> list[tuple[Any, ...]]:
    with connect(server) as connection:
        return connection.execute(query.encode()).fetchall()


@st.composite
def bodies(draw: st.DrawFn) -> Any:
    """Good events with some of their parts changed into something else; and anything."""
    if draw(st.integers(0, 9)) == 0:
        return draw(VALUES)
    body = next(iter(Factory(draw(st.integers(0, 10_000))).mixed(1))).body
    body["eventHeader"]["uuid"] = draw(st.uuids().map(str) | st.uuids().map(lambda one: str(one).upper()) | TEXTS)
    for _ in range(draw(st.integers(0, 3))):
        place: Any = body
        path = draw(st.sampled_from([("eventHeader",), ("entities", 0), ("entities", 0, "entityHeader")]))
        for part in path:
            place = place[part] if isinstance(place, dict | list) else {}
        if isinstance(place, dict):
            place[draw(st.sampled_from([*place, "more"]) if place else st.just("more"))] = draw(VALUES)
    return body


@settings(max_examples=2000, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(body=bodies(), bulk=st.booleans())
def test_no_body_ends_in_a_500_and_rows_are_there_for_200_only(
    api: EventsApi, server: Dsn, body: Any, bulk: bool
) -> None:
    with connect(server) as connection:
        before = connection.execute("SELECT count(*) FROM event_headers").fetchone()
        good = next(iter(Factory(random.randrange(10**9)).mixed(1))).body  # noqa: S311
        good["eventHeader"]["uuid"] = str(uuid.uuid4())
        sent = {"events": [body, good]} if bulk else body
        status, answer = post(api, sent, "events/bulk" if bulk else "events")
        assert status in EXPECTED, answer
        results = answer.get("results", [{"status": status}])
        assert {one["status"] for one in results} <= EXPECTED, answer
        if bulk and status == 200:
            assert results[1]["status"] == 200
        after = connection.execute("SELECT count(*) FROM event_headers").fetchone()
        assert before is not None
        assert after is not None
        assert after[0] - before[0] == sum(one["status"] == 200 for one in results)


def test_events_about_the_same_entities_never_wait_for_each_other(api: EventsApi) -> None:
    """300 requests of 30 callers at once, 20 entities, half of them in reverse order."""
    parts = [{"entityHeader": {"entityId": f"shared-{n}", "entityType": "Car"}} for n in range(20)]

    def one(number: int) -> int:
        header = {"uuid": f"shared-{number}", "eventName": "shared"}
        return post(api, {"eventHeader": header, "entities": parts[:: 1 if number % 2 else -1]})[0]

    with ThreadPoolExecutor(30) as callers:
        assert Counter(callers.map(one, range(300))) == {200: 300}


ORDER = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "urn:cdc-streaming:events:order",
    "title": "An order",
    "x-eventTypes": ["OrderPlaced"],
    "type": "object",
    "properties": {
        "entityHeader": {
            "allOf": [
                {"$ref": "urn:cdc-streaming:events:entity-header"},
                {"properties": {"entityType": {"const": "PurchaseOrder"}}},
            ]
        },
        "total": {"type": "number"},
    },
    "required": ["entityHeader", "total"],
}


def test_a_domain_is_files_and_no_code(
    api: EventsApi, server: Dsn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One JSON Schema, one numbered DDL file; another type has no table and is kept in its events."""
    shutil.copytree(validation.schemas(), tmp_path / "events")
    (tmp_path / "events" / "order.json").write_text(json.dumps(ORDER))
    shutil.copytree(ROOT / "schemas" / "postgres", tmp_path / "postgres")
    (tmp_path / "postgres" / "100_orders.sql").write_text(
        "CREATE TABLE purchase_order_entities (LIKE car_entities INCLUDING ALL);"
    )
    assert migrations.migrate(server, tmp_path / "postgres") == ["100_orders.sql"]
    monkeypatch.setattr(validation, "schemas", lambda: tmp_path / "events")
    caches = (validation.documents, validation.validator, validation.by_entity_type, validation.entity_validators)
    for cached in (*caches, validation.event_types):
        cached.cache_clear()
    try:
        strict = EventsApi(Database(api.database.environment), "entities")
        header = {"uuid": "order-1", "eventName": "Order placed", "eventType": "OrderPlaced"}
        entity = {"entityHeader": {"entityId": "o-1", "entityType": "PurchaseOrder"}, "total": 9.5}
        assert post(strict, {"eventHeader": header, "entities": [{**entity, "total": "much"}]})[0] == 422
        assert post(strict, {"eventHeader": header, "entities": [entity]})[0] == 200
        assert rows(server, "SELECT entity_data ->> 'total' FROM purchase_order_entities") == [("9.5",)]
        other = {"entityHeader": {"entityId": "b-1", "entityType": "Boat"}}
        assert post(api, {"eventHeader": {**header, "uuid": "boat-1"}, "entities": [other]})[0] == 200
        assert rows(server, "SELECT count(*) FROM event_headers WHERE id = 'boat-1'") == [(1,)]
    finally:
        for cached in (*caches, validation.event_types):
            cached.cache_clear()
