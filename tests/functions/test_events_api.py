"""The handler without a database: routes, bodies, problems by path. tests/engine has the rest."""

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from events_api import validation
from events_api.database import Away, Duplicate
from events_api.handler import EventsApi

from cli.traffic.events import TYPES, Factory
from tests.support.paths import ROOT


class Memory:
    """Keeps what is written; refuses what it is told to."""

    def __init__(self) -> None:
        self.events: dict[str, Any] = {}
        self.away = False
        self.tries = 0

    def ping(self) -> None:
        if self.away:
            raise Away("connection refused")

    def write(self, event: Mapping[str, Any]) -> None:
        self.tries += 1
        self.ping()
        if event["eventHeader"]["uuid"] in self.events:
            raise Duplicate
        self.events[event["eventHeader"]["uuid"]] = event


@pytest.fixture
def database() -> Memory:
    return Memory()


def call(
    database: Memory, method: str, path: str, body: Any = None, mode: str = "entities", **more: Any
) -> tuple[int, dict[str, Any]]:
    text = body if isinstance(body, str) else json.dumps(body)
    event = {"requestContext": {"http": {"method": method}}, "rawPath": path, "body": text, **more}
    answer = EventsApi(database, mode)(event)  # pyright: ignore[reportArgumentType]
    assert len(answer["body"]) < 100_000
    return answer["statusCode"], json.loads(answer["body"])


@pytest.mark.parametrize("kind", TYPES)
def test_every_type_of_event_is_stored(kind: str, database: Memory) -> None:
    body = next(iter(Factory(1).mixed(1, (kind,)))).body
    assert call(database, "POST", "/api/v1/events", body)[0] == 200
    assert list(database.events.values()) == [body]


def test_a_base64_body_is_read(database: Memory) -> None:
    body = next(iter(Factory(2).mixed(1))).body
    text = base64.b64encode(json.dumps(body).encode()).decode()
    assert call(database, "POST", "/api/v1/events", text, isBase64Encoded=True)[0] == 200
    assert call(database, "POST", "/api/v1/events", "%%%", isBase64Encoded=True)[0] == 400


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        (("eventHeader", "uuid"), "", "/eventHeader/uuid"),
        (("eventHeader", "uuid"), "a" * 900_000, "/eventHeader/uuid"),
        (("eventHeader", "eventName"), "a\0b", "/eventHeader/eventName"),
        (("entities", 0, "x\ud800y"), 1, "/entities/0/x?y"),
        (("entities", 0, "id"), "x\ud800y", "/entities/0/id"),
        (("entities", 0, "more"), [{"deep": "a\0"}], "/entities/0/more/0/deep"),
        (("eventHeader", "createdDate"), "2026-01-01T00:00:00-24:00", "/eventHeader/createdDate"),
        (("eventHeader", "createdDate"), "0000-01-01T00:00:00Z", "/eventHeader/createdDate"),
        (("eventHeader", "createdDate"), "9999-12-31T23:59:59-10:00", "/eventHeader/createdDate"),
        (("eventHeader", "createdDate"), f"2026-01-01T00:00:00.{'1' * 900_000}Z", "/eventHeader/createdDate"),
        (("entities", 0, "entityHeader", "updatedAt"), "2026-01-01", "/entities/0/entityHeader/updatedAt"),
        (("entities", 0, "entityHeader", "entityType"), [], "/entities/0/entityHeader/entityType"),
        (("eventHeader", "eventType"), "Nonsense", "/eventHeader/eventType"),
        (("eventHeader", "savedDate"), "2026-02-30", "/eventHeader/savedDate"),
        (("entities",), [], "/entities"),
        (("entities", 0, "amount"), "much", "/entities/0/amount"),
        (("entities", 0, "entityHeader", "entityType"), "Boat", "/entities/0/entityHeader/entityType"),
        (("entities", 0, "entityHeader"), None, "/entities/0/entityHeader"),
    ],
)
def test_a_problem_names_its_place(path: tuple[Any, ...], value: Any, where: str, database: Memory) -> None:
    body = next(iter(Factory(3).mixed(1, ("LoanPaymentSubmitted",)))).body
    place = body
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = value
    status, answer = call(database, "POST", "/api/v1/events", body)
    assert status == 422
    assert [e["path"] for e in answer["errors"]] == [where]
    assert database.events == {}


@pytest.mark.parametrize("body", [None, 1, "text", [], {"eventHeader": None}, {"entities": {}}])
def test_any_json_gets_an_answer(body: Any, database: Memory) -> None:
    assert call(database, "POST", "/api/v1/events", json.dumps(body))[0] == 422


def test_an_away_database_is_asked_once_per_bulk_request(database: Memory) -> None:
    database.away = True
    events = [e.body for e in Factory(4).mixed(50)]
    status, answer = call(database, "POST", "/api/v1/events/bulk", {"events": events})
    assert status == 503
    assert {r["status"] for r in answer["results"]} == {503}
    assert len(answer["results"]) == 50
    assert database.tries == 1


def test_503_says_when_to_come_back(database: Memory) -> None:
    database.away = True
    event = {"requestContext": {"http": {"method": "GET"}}, "rawPath": "/api/v1/events/health"}
    answer = EventsApi(database)(event)  # pyright: ignore[reportArgumentType]
    assert (answer["statusCode"], answer["headers"]["retry-after"]) == (503, "5")


def test_problems_are_limited() -> None:
    assert len(validation.problems({"eventHeader": {}, "entities": [{}] * 60})) <= validation.MOST_PROBLEMS


SAMPLES = sorted((ROOT / "tests" / "corpus" / "events").glob("*.json"))


@pytest.mark.parametrize("mode", ["header", "entities"])
@pytest.mark.parametrize("file", SAMPLES, ids=lambda file: file.stem)
def test_events_of_the_system_that_is_replaced_are_stored(file: Path, mode: str, database: Memory) -> None:
    """15 shaped like its samples, 4 like its load client's: amounts as texts, ids that are no UUID, objects for owners."""
    assert call(database, "POST", "/api/v1/events", json.loads(file.read_text()), mode)[0] == 200
    assert len(SAMPLES) == 19


def test_by_header_only_headers_are_looked_at(database: Memory) -> None:
    body = next(iter(Factory(5).mixed(1, ("LoanPaymentSubmitted",)))).body
    body["entities"][0] |= {"amount": "much", "nested": {"terms": [1, {"a": None}]}}
    body["eventHeader"] |= {"eventType": "SomethingNew", "source": "elsewhere"}
    body["entities"].append({"entityHeader": {"entityId": "b", "entityType": "Boat"}})
    assert call(database, "POST", "/api/v1/events", body, "header")[0] == 200
    refused = call(database, "POST", "/api/v1/events", body)[1]["errors"]
    assert [e["path"] for e in refused] == [
        "/eventHeader/eventType", "/entities/0/amount", "/entities/1/entityHeader/entityType",
    ]  # fmt: skip
    for missing in ("uuid", "eventName"):
        broken = {**body, "eventHeader": {k: v for k, v in body["eventHeader"].items() if k != missing}}
        assert call(database, "POST", "/api/v1/events", broken, "header")[0] == 422


def test_a_uuid_is_one_in_any_case_and_a_time_in_any_zone(database: Memory) -> None:
    body = next(iter(Factory(6).mixed(1))).body
    identity = body["eventHeader"]["uuid"]
    body["eventHeader"] |= {"uuid": identity.upper(), "createdDate": "2026-01-01T01:30:00.125+02:00"}
    status, answer = call(database, "POST", "/api/v1/events", body)
    assert (status, answer["eventId"]) == (200, identity)
    stored = database.events[identity]["eventHeader"]
    assert (stored["uuid"], stored["createdDate"]) == (identity, "2025-12-31T23:30:00.125Z")
    body["eventHeader"]["uuid"] = identity
    assert call(database, "POST", "/api/v1/events", body)[0] == 409


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("[" * 900_000, 400),
        ('{"a":' * 150_000, 400),
        ("[" * 255 + "]" * 255, 400),
        ("NaN", 400),
        ('{"eventHeader": Infinity}', 400),
        ("1" * 5000, 400),
        ("\ud800", 400),
        ('"\\ud800"', 422),
        ("{", 400),
        ("", 400),
        ("1e999", 422),
        ('{"a": 1e999}', 422),
        ("x" * 1_000_001, 413),
    ],
    ids=range(13),
)
def test_what_is_hardly_json_gets_an_answer(text: str, status: int, database: Memory) -> None:
    assert call(database, "POST", "/api/v1/events", text)[0] == status
    inside = call(database, "POST", "/api/v1/events/bulk", '{"events": [' + text + "]}")[0]
    assert inside in ((200, 413) if status in (422, 413) else (400,)) or text.startswith("[" * 255 + "]")


def test_bulk_answers_per_event_whatever_is_among_them(database: Memory) -> None:
    good = [event.body for event in Factory(7).mixed(3)]
    deep: Any = "x"
    for _ in range(200):
        deep = [deep]
    bad = [
        None,
        {"eventHeader": {"uuid": "a\0"}},
        deep,
        {**good[0], "entities": [{"entityHeader": {"entityType": []}}]},
    ]
    events = [good[0], bad[0], good[1], bad[1], bad[2], good[2], bad[3]]
    status, answer = call(database, "POST", "/api/v1/events/bulk", {"events": events})
    assert status == 200
    assert [r["status"] for r in answer["results"]] == [200, 422, 200, 422, 400, 200, 422]
    assert set(database.events) == {body["eventHeader"]["uuid"] for body in good}
