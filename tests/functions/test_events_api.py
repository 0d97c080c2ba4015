"""The handler without a database: routes, bodies, problems by path. tests/engine has the rest."""

import base64
import json
from collections.abc import Mapping
from typing import Any

import pytest
from events_api import validation
from events_api.database import Away, Duplicate
from events_api.handler import EventsApi

from cli.traffic.events import TYPES, Factory


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


def call(database: Memory, method: str, path: str, body: Any = None, **more: Any) -> tuple[int, dict[str, Any]]:
    text = body if isinstance(body, str) else json.dumps(body)
    event = {"requestContext": {"http": {"method": method}}, "rawPath": path, "body": text, **more}
    answer = EventsApi(database)(event)  # pyright: ignore[reportArgumentType]
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
        (("eventHeader", "uuid"), "no-uuid", "/eventHeader/uuid"),
        (("eventHeader", "eventType"), "Nonsense", "/eventHeader/eventType"),
        (("eventHeader", "savedDate"), "2026-02-30", "/eventHeader/savedDate"),
        (("eventHeader", "extra"), 1, "/eventHeader"),
        (("entities",), [], "/entities"),
        (("entities", 0, "amount"), "much", "/entities/0/amount"),
        (("entities", 0, "entityHeader", "entityType"), "Boat", "/entities/0/entityHeader/entityType"),
        (("entities", 0, "entityHeader"), None, "/entities/0/entityHeader/entityType"),
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
