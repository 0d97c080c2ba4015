"""Changed routes and columns on real engines: backfill of one route, evolution with old and new readers, lost statements."""

import io
import json
import time
from collections import Counter
from typing import Any

import fastavro
import httpx2
import psycopg
import pytest
import yaml

from bench.ledger.checkout import Checkout
from cli.client import kafka, registry, rest, wait
from cli.client import stack as stacks
from cli.client.stack import Stack, local_dsn
from tests.support import ledger
from tests.support.bulk import commit, rows
from tests.support.changes import apply, counts, document

pytestmark = pytest.mark.engine
RAW, SERVICE = "raw-event-headers", "filtered-service-events"


def test_a_backfill_of_one_route_is_exact_and_touches_no_other(running: Stack, checkout: Checkout) -> None:
    made = rows(3000, f"backfill-{time.time_ns()}-", ("BackfillA", "BackfillB", "CarCreated"))
    commit(running, made)
    ledger.all_arrived(running, {identity for identity, *_ in made}, 60)
    before = counts(running, ledger.routed_topics(running))
    business = document(checkout)
    topic = "filtered-backfilled"
    route = {"name": "backfilled", "source": "event-headers", "topic": topic, "start": "earliest"}
    business["routes"].append({**route, "when": {"field": "event_type", "equals": "BackfillA"}})
    changed = apply(checkout, business)
    assert set(changed.contract.flink.statements) == {
        "event-headers", "event-headers.backfilled", "event-headers.unrouted",
    }  # fmt: skip
    wanted = {identity for identity, kind, _ in made if kind == "BackfillA"}
    wait.wait_for(lambda: wanted <= set(counts(changed, [topic])[topic]), 60, "the backfill")
    after = counts(changed, ledger.routed_topics(changed))
    assert after[topic] == Counter(wanted)
    for name, seen in before.items():
        if name != "unrouted-event-headers":
            assert after[name] == seen, name
    more = rows(300, f"backfill-more-{time.time_ns()}-", ("BackfillA", "BackfillB", "CarCreated"))
    commit(changed, more)
    new = {identity for identity, kind, _ in more if kind == "BackfillA"}
    wait.wait_for(lambda: new <= set(counts(changed, [topic])[topic]), 60, "later events")
    assert counts(changed, [topic])[topic] == Counter(wanted | new)


def test_columns_come_and_are_renamed_with_old_and_new_readers_at_once(running: Stack, checkout: Checkout) -> None:
    old_reader = reader_schema(running)
    ddl = checkout.root / "schemas" / "postgres"
    (ddl / "006_channel.sql").write_text("ALTER TABLE event_headers ADD COLUMN channel varchar(20);\n")
    business = document(checkout)
    columns = business["sources"][0]["columns"]
    columns.append({"name": "channel", "type": "string", "nullable": True})
    with_column = apply(checkout, business)
    write(with_column, "evolved-1", "channel", "web")
    record = routed(with_column, "evolved-1")
    assert decoded(record, old_reader)["id"] == "evolved-1"
    assert decoded(record, reader_schema(with_column))["channel"] == "web"
    assert versions(with_column, f"{RAW}-value") == [1, 2]

    (ddl / "007_medium.sql").write_text("ALTER TABLE event_headers RENAME COLUMN channel TO medium;\n")
    columns[-1]["name"] = "medium"
    renamed = apply(checkout, business)
    write(renamed, "evolved-2", "medium", "phone")
    latest = reader_schema(renamed)
    assert decoded(routed(renamed, "evolved-2"), latest)["medium"] == "phone"
    assert decoded(routed(renamed, "evolved-2"), old_reader)["id"] == "evolved-2"
    assert decoded(routed(renamed, "evolved-1"), latest)["medium"] is None
    assert versions(renamed, f"{RAW}-value") == [1, 2, 3]


def reader_schema(running: Stack) -> Any:
    schemas = registry.client(running, "operator")
    text = schemas.get_latest_version(f"{SERVICE}-value").schema.schema_str
    return fastavro.parse_schema(json.loads(text or ""))


def versions(running: Stack, subject: str) -> list[int]:
    return sorted(registry.client(running, "operator").get_versions(subject))


def write(running: Stack, identity: str, column: str, value: str) -> None:
    with psycopg.connect(local_dsn(running, "events_api")) as connection:
        row = (identity, "evolution", "CarServiceDone", "{}")
        connection.execute(
            "INSERT INTO business_events (id, event_name, event_type, event_data) VALUES (%s,%s,%s,%s)", row
        )
        names = f"id, event_name, event_type, header_data, {column}"
        connection.execute(f"INSERT INTO event_headers ({names}) VALUES (%s,%s,%s,%s,%s)", (*row, value))  # noqa: S608


def routed(running: Stack, identity: str) -> bytes:
    """The routed record of an id, once it is there."""
    found: list[bytes] = []

    def there() -> bool:
        for message in kafka.read_all(running, "operator", [SERVICE], 60):
            value = message.value()
            if identity.encode() in (message.key() or b"") and isinstance(value, bytes):
                found.append(value)
        return bool(found)

    wait.wait_for(there, 60, identity)
    return found[0]


def decoded(record: bytes, reader: Any) -> Any:
    """As a program sees it that was built with the reader's schema."""
    schemas = registry.client(stacks.load("local"), "operator")
    written = schemas.get_schema(int.from_bytes(record[1:5], "big")).schema_str
    writer = fastavro.parse_schema(json.loads(written or ""))
    return fastavro.schemaless_reader(io.BytesIO(record[5:]), writer, reader)


def test_a_statement_that_is_gone_asks_for_a_start(running: Stack, checkout: Checkout) -> None:
    current = stacks.load("local")
    key, contract = current.keys["operator"]["flink"], current.contract
    base = f"{contract.flink.rest_endpoint}/sql/v1/organizations/{contract.flink.organization_id}/environments/{contract.environment_id}"
    name = contract.flink.statements["event-headers"]
    with httpx2.Client(base_url=base, auth=(key["key"], key["secret"]), trust_env=False, timeout=60) as http:
        assert http.delete(f"/statements/{name}").status_code == 202
    business = document(checkout)
    next(r for r in business["routes"] if r["name"] == "service-done")["when"] = {
        "field": "event_type",
        "like": "CarService%",
    }
    (checkout.root / "routes.yaml").write_text(yaml.safe_dump(business, sort_keys=False))
    refused = checkout.cdc("up")
    assert refused.returncode == 1
    assert f"{name} is GONE, so its offsets are lost" in refused.stderr
    assert "start: earliest, latest or a time" in refused.stderr
    assert "pulumi refresh" in refused.stderr
    assert "Traceback" not in refused.stderr
    business["sources"][0]["start"] = "latest"
    # The provider cannot delete what is gone: the message says to refresh first.
    refreshed = checkout.cdc("pulumi", "refresh", "-s", "local", "--yes", "--non-interactive")
    assert refreshed.returncode == 0, refreshed.stdout
    changed = apply(checkout, business)
    assert rest.statement(changed, changed.contract.flink.statements["event-headers"])["status"]["phase"] == "RUNNING"
    identity = f"after-{time.time_ns()}"
    write(changed, identity, "medium", "x")
    assert routed(changed, identity)
