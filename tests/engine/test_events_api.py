"""The events API on real engines: every status code, the documentation's own commands, a database that is away."""

import json
import os
import re
import subprocess
import time
from pathlib import Path
from typing import Any

import httpx2
import psycopg
import pytest

from cli.client import kafka, registry
from cli.client.stack import Stack, local_aws, local_dsn
from cli.traffic.api import Signer
from cli.traffic.events import Factory
from local.engines import client
from local.environment import Instance
from tests.support import ledger
from tests.support.paths import ROOT

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def api(running: Stack) -> "Api":
    return Api(running)


class Api:
    """Signed calls."""

    def __init__(self, stack: Stack) -> None:
        assert stack.contract.events_api is not None
        own = local_aws()
        self.url = f"{stack.contract.events_api.url}/api/v1/events"
        self.signer = Signer(own["accessKeyId"], own["secretAccessKey"])

    def post(self, body: Any, path: str = "", raw: bytes | None = None) -> httpx2.Response:
        data = json.dumps(body).encode() if raw is None else raw
        url = self.url + path
        return httpx2.post(
            url, content=data, headers=self.signer.headers("POST", url, data), trust_env=False, timeout=30
        )

    def health(self) -> httpx2.Response:
        url = f"{self.url}/health"
        return httpx2.get(url, headers=self.signer.headers("GET", url, b""), trust_env=False, timeout=30)


def event(seed: int, kind: str = "LoanPaymentSubmitted") -> dict[str, Any]:
    return next(iter(Factory(seed).mixed(1, (kind,)))).body


def rows(stack: Stack, identity: str) -> list[int]:
    """How many rows of the event each table has."""
    with psycopg.connect(local_dsn(stack, "postgres")) as connection:
        return [
            connection.execute(f"SELECT count(*) FROM {table} WHERE {column} = %s", (identity,)).fetchone()[0]  # noqa: S608
            for table, column in (
                ("business_events", "id"),
                ("event_headers", "id"),
                ("loan_payment_entities", "event_id"),
            )
        ]


def test_the_commands_of_the_documentation_run(running: Stack, tmp_path: Path) -> None:
    text = (ROOT / "docs" / "events-api.md").read_text()
    blocks = re.findall(r"```(sh|json)\n(.*?)```", text, re.DOTALL)
    script = "\necho ---\n".join(block.replace("./cdc", f"{ROOT}/cdc") for kind, block in blocks if kind == "sh")
    environment = {**os.environ, "CDC_PYTHON": os.environ.get("CDC_PYTHON", "python3")}
    done = subprocess.run(
        ["bash", "-euc", script], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    answers = [json.loads(part) for part in done.stdout.split("---\n")]
    wanted = [json.loads(block) for kind, block in blocks if kind == "json"]
    assert answers[:3] == wanted
    assert [r["status"] for r in answers[3]["results"]] == [409, 422]
    assert (answers[3]["processedCount"], answers[3]["failedCount"]) == (0, 2)


def test_a_stored_event_is_routed_with_the_header_as_it_was_sent(running: Stack, api: Api) -> None:
    body = event(101, "CarCreated")
    identity = body["eventHeader"]["uuid"]
    assert api.post(body).json() == {"success": True, "message": "the event was stored", "eventId": identity}
    ledger.all_arrived(running, {identity}, 60)
    decoder = registry.Decoder(running, "operator")
    found = [
        value
        for _, key, value in decoder.records(kafka.read_all(running, "operator", ["filtered-car-created-events"]))
        if key["id"] == identity
    ]
    assert [json.loads(v["header_data"]) for v in found] == [body["eventHeader"]]


def test_a_duplicate_changes_nothing(running: Stack, api: Api) -> None:
    body = event(102)
    assert api.post(body).status_code == 200
    assert api.post(body).status_code == 409
    assert rows(running, body["eventHeader"]["uuid"]) == [1, 1, 1]


def test_what_is_wrong_with_an_event_is_said_by_path(running: Stack, api: Api) -> None:
    body = event(103)
    del body["eventHeader"]["eventName"]
    body["entities"][0]["entityHeader"]["entityId"] = ""
    answer = api.post(body)
    assert answer.status_code == 422
    assert answer.json()["eventId"] == body["eventHeader"]["uuid"]
    assert {e["path"] for e in answer.json()["errors"]} == {
        "/eventHeader",
        "/entities/0/entityHeader/entityId",
    }
    assert rows(running, body["eventHeader"]["uuid"]) == [0, 0, 0]


@pytest.mark.parametrize(
    ("raw", "status", "words"),
    [
        (b"{", 400, "not valid JSON"),
        (b"\xff\xfe", 400, "not valid JSON"),
        (b'"' + b"x" * 1_000_001 + b'"', 413, "at most 1000000"),
        (b"[]", 422, "not valid"),
        (b"null", 422, "not valid"),
    ],
)
def test_bodies_that_are_no_event(api: Api, raw: bytes, status: int, words: str) -> None:
    answer = api.post(None, raw=raw)
    assert (answer.status_code, words in answer.json()["message"]) == (status, True)


def test_bulk_answers_per_event(running: Stack, api: Api) -> None:
    good = [event(seed) for seed in range(200, 203)]
    answer = api.post({"events": [*good, good[0], {"eventHeader": 1}]}, "/bulk")
    assert answer.status_code == 200
    assert [r["status"] for r in answer.json()["results"]] == [200, 200, 200, 409, 422]
    assert [r["index"] for r in answer.json()["results"]] == [0, 1, 2, 3, 4]
    assert (answer.json()["processedCount"], answer.json()["failedCount"]) == (3, 2)
    for body in ({"events": [good[0]] * 101}, {"events": []}, [], {}):
        assert api.post(body, "/bulk").status_code == 400


def test_entities_are_upserted_and_never_go_back(running: Stack, api: Api) -> None:
    first, second = event(301), event(302)
    second["entities"][0]["entityHeader"] |= {"entityId": first["entities"][0]["entityHeader"]["entityId"]}
    late = json.loads(json.dumps(second))
    late["eventHeader"]["uuid"] = event(303)["eventHeader"]["uuid"]
    second["entities"][0]["entityHeader"]["updatedAt"] = "2030-01-02T00:00:00Z"
    late["entities"][0]["entityHeader"]["updatedAt"] = "2030-01-01T00:00:00Z"
    assert [api.post(body).status_code for body in (first, second, late)] == [200, 200, 200]
    with psycopg.connect(local_dsn(running, "postgres")) as connection:
        found = connection.execute(
            "SELECT event_id FROM loan_payment_entities WHERE entity_id = %s",
            (first["entities"][0]["entityHeader"]["entityId"],),
        ).fetchall()
    assert found == [(second["eventHeader"]["uuid"],)]


def test_unsigned_and_wrongly_signed_requests_are_refused(api: Api) -> None:
    body = json.dumps(event(401)).encode()
    assert httpx2.post(api.url, content=body, trust_env=False, timeout=60).status_code == 403
    wrong = Signer("AKIAOTHER", "secret").headers("POST", api.url, body)
    assert httpx2.post(api.url, content=body, headers=wrong, trust_env=False, timeout=60).status_code == 403
    signed = api.signer.headers("POST", api.url, body)
    tampered = httpx2.post(api.url, content=body.replace(b"Loan", b"Lown"), headers=signed, trust_env=False, timeout=60)
    assert (tampered.status_code, "signature" in tampered.json()["message"]) == (403, True)


def test_other_paths_are_not_served(api: Api) -> None:
    assert api.post({}, "/other").status_code == 404


def test_a_database_that_is_away_gets_503_and_no_half_event(running: Stack, api: Api) -> None:
    """SIGSTOP would hang: the server is killed, and the supervisor needs a moment to bring it back."""
    before = next(e for e in client.engines(Instance.here()) or [] if e["name"] == "postgres")
    bodies = [event(seed) for seed in range(500, 560)]
    os.kill(before["pid"], 9)
    statuses: dict[str, int] = {}
    waited: list[str | None] = []
    deadline = time.monotonic() + 60
    while bodies and time.monotonic() < deadline:
        answer = api.post(bodies[0])
        if answer.status_code == 503:
            waited.append(answer.headers.get("retry-after"))
            continue
        statuses[bodies.pop(0)["eventHeader"]["uuid"]] = answer.status_code
    assert waited
    assert set(waited) == {"5"}
    assert bodies == []
    assert set(statuses.values()) <= {200, 409}  # 409: committed, and the answer was lost with the connection
    assert all(rows(running, identity) == [1, 1, 1] for identity in statuses)
    assert api.health().json() == {"status": "UP"}
    ledger.all_arrived(running, set(statuses), 120)
