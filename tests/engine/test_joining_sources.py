"""Sources that join a running stack under load: their earlier rows come, each once; and what became of rows is audited.

Two tables that the project does not know: one in partitions with a key of two columns, one with replica identity default.
"""

import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from bench.ledger.checkout import Checkout
from cli.client import kafka, registry, wait
from cli.client.stack import Stack, local_dsn
from tests.support.changes import apply, document

pytestmark = pytest.mark.engine
ROWS = 5_000
TABLES = """
CREATE TABLE accounts (id bigint PRIMARY KEY, name text NOT NULL, note text, balance numeric(12, 2) NOT NULL);
CREATE TABLE tenants (tenant text NOT NULL, id bigint NOT NULL, note text, PRIMARY KEY (tenant, id)) PARTITION BY LIST (tenant);
CREATE TABLE tenants_a PARTITION OF tenants FOR VALUES IN ('a');
CREATE TABLE tenants_b PARTITION OF tenants DEFAULT;
ALTER TABLE tenants_a REPLICA IDENTITY FULL;
ALTER TABLE tenants_b REPLICA IDENTITY FULL;
ALTER TABLE tenants REPLICA IDENTITY FULL;
GRANT SELECT ON accounts, tenants TO cdc;
"""
LARGE = "(SELECT string_agg(md5(random()::text), '') FROM generate_series(1, 1000))"  # stored out of line
BEFORE = (
    f"INSERT INTO accounts SELECT n, 'before', CASE WHEN n = 1 THEN {LARGE} ELSE 'x' END, n FROM generate_series(1, {ROWS}) n",  # noqa: S608
    f"INSERT INTO tenants SELECT CASE WHEN n % 2 = 0 THEN 'a' ELSE 'b''s' END, n, 'before' FROM generate_series(1, {ROWS}) n",  # noqa: S608
)
UNDER_LOAD = (
    "INSERT INTO accounts VALUES (%(new)s, 'after', 'y', 1)",
    "UPDATE accounts SET balance = balance + 1 WHERE id = 2 + %(old)s",
    "INSERT INTO tenants VALUES ('c', %(new)s, 'after')",
    "UPDATE tenants SET note = 'changed' WHERE id = %(old)s",
    "DELETE FROM tenants WHERE tenant = 'c' AND id = %(new)s - 7",
)
SOURCES: list[dict[str, Any]] = [
    {
        "name": "accounts",
        "table": "public.accounts",
        "replicaIdentity": "default",
        "columns": [
            {"name": "id", "type": "long", "key": True},
            {"name": "name", "type": "string"},
            {"name": "note", "type": "string", "nullable": True},
            {"name": "balance", "type": "decimal"},
        ],
    },
    {
        "name": "tenants",
        "table": "public.tenants",
        "columns": [
            {"name": "tenant", "type": "string", "key": True},
            {"name": "id", "type": "long", "key": True},
            {"name": "note", "type": "string", "nullable": True},
        ],
    },
]


def topics(name: str) -> dict[str, str]:
    return {"topic": f"raw-{name}", "unroutedTopic": f"unrouted-{name}", "deadLetterTopic": f"dead-letter-{name}"}


def route(source: str, name: str, operations: list[str]) -> dict[str, Any]:
    when = {"field": "id", "gte": 0}
    return {"name": name, "source": source, "topic": f"filtered-{name}", "on": operations, "when": when}


@contextmanager
def load(running: Stack) -> Iterator[None]:
    """Inserts, updates and deletes, a transaction each, until the end of the block."""
    ended = threading.Event()

    def write() -> None:
        with psycopg.connect(local_dsn(running, "postgres"), autocommit=True) as connection:
            number = 0
            while not ended.is_set():
                number += 1
                values = {"new": 1_000_000 + number, "old": number % (ROWS - 10) + 1}
                for statement in UNDER_LOAD:
                    connection.execute(statement.encode(), values)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def execute(running: Stack, *statements: str) -> None:
    with psycopg.connect(local_dsn(running, "postgres"), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def read(running: Stack, topic: str) -> list[tuple[str, dict[str, Any]]]:
    """Key as JSON, and value, of each record."""
    decoder = registry.Decoder(running, "operator")
    decoded = (decoder.decode(message) for message in kafka.read_all(running, "operator", [topic], 60))
    return [(json.dumps(key, sort_keys=True), value) for key, value in decoded]


def ids(running: Stack, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(local_dsn(running, "postgres")) as connection:
        return connection.execute(query.encode()).fetchall()


@pytest.fixture(scope="module")
def joined(running: Stack, checkout: Checkout) -> Iterator[Stack]:
    execute(running, TABLES, *BEFORE)
    business = document(checkout)
    business["sources"] += [{**source, **topics(source["name"])} for source in SOURCES]
    for source in SOURCES:
        name = source["name"]
        business["routes"] += [
            route(name, f"{name}-there", ["create", "snapshot"]),
            route(name, f"{name}-changed", ["update", "delete"]),
        ]
    with load(running):
        changed = apply(checkout, business)
    yield changed
    execute(running, "DROP TABLE accounts, tenants CASCADE")


def settled(checkout: Checkout, source: str) -> dict[str, Any]:
    """What the audit says, and that it is content."""
    done = checkout.cdc("audit", source, "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", ["accounts", "tenants"])
def test_rows_from_before_come_once_under_load(joined: Stack, checkout: Checkout, name: str) -> None:
    """Each row that a consumer should have once: those from before, and those that came meanwhile."""
    seen = settled(checkout, name)
    keys = "id" if name == "accounts" else "id, tenant"
    wanted = {
        json.dumps(dict(zip(keys.split(", "), row, strict=True)), sort_keys=True)
        for row in ids(joined, f"SELECT {keys} FROM {name}")  # noqa: S608
    }
    assert (seen["missing"], seen["extra"], seen["rows"]) == (0, 0, len(wanted))
    assert len(wanted) > ROWS

    def arrived() -> bool:
        return wanted <= {key for key, _ in read(joined, f"filtered-{name}-there")}

    wait.wait_for(arrived, 60, "every row on its topic")
    counted = Counter(key for key, _ in read(joined, f"filtered-{name}-there"))
    assert [key for key, times in counted.items() if times > 1] == []
    gone = {key for key, value in read(joined, f"filtered-{name}-changed") if value["__op"] == "d"}
    assert set(counted) - wanted <= gone


def test_what_the_log_does_not_hold_is_null(joined: Stack, checkout: Checkout) -> None:
    """An update that leaves a large value alone, and a deletion, under replica identity default."""
    execute(joined, "UPDATE accounts SET name = 'changed' WHERE id = 1", "DELETE FROM accounts WHERE id = 1")

    def records() -> list[dict[str, Any]]:
        return [value for key, value in read(joined, "filtered-accounts-changed") if key == '{"id": 1}']

    wait.wait_for(lambda: len(records()) == 2, 60, "update and deletion")
    updated, deleted = records()
    assert (updated["__op"], updated["name"], updated["note"]) == ("u", "changed", None)
    assert updated["balance"] is not None
    assert updated["__unavailable"] == "note"
    assert (deleted["__op"], deleted["name"], deleted["note"], deleted["balance"]) == ("d", None, None, None)
    assert deleted["__unavailable"] == "name,note,balance"
    others = [value for _, value in read(joined, "filtered-accounts-there")]
    assert not any("__unavailable" in value for value in others)  # it takes neither updates nor deletions


@pytest.mark.parametrize("name", ["accounts", "tenants"])
def test_an_audit_finds_what_was_kept_away_and_repairs_it(joined: Stack, checkout: Checkout, name: str) -> None:
    publication = joined.contract.database.publication
    values = "n, 'kept away', NULL, 1" if name == "accounts" else "'z', n, 'kept away'"
    execute(
        joined,
        f"ALTER PUBLICATION {publication} DROP TABLE {name}",
        f"INSERT INTO {name} SELECT {values} FROM generate_series(2000001, 2000010) n",  # noqa: S608
        f"ALTER PUBLICATION {publication} ADD TABLE {name}",
    )
    wanted = [[str(n)] if name == "accounts" else ["z", str(n)] for n in range(2_000_001, 2_000_011)]
    found = checkout.cdc("audit", name, "--json")
    assert found.returncode == 1, found.stderr
    seen = json.loads(found.stdout)
    assert (seen["missing_keys"], seen["extra_keys"]) == (wanted, [])
    repaired = checkout.cdc("audit", name, "--repair", "--json")
    assert repaired.returncode == 0, repaired.stdout + repaired.stderr
    assert json.loads(repaired.stdout)["sent"] == 10
    assert settled(checkout, name)["missing"] == 0

    def arrived() -> int:
        return sum(1 for key, _ in read(joined, f"filtered-{name}-there") if json.loads(key)["id"] > 2_000_000)

    wait.wait_for(lambda: arrived() >= 10, 60, "the ten rows on the topic")
    assert arrived() == 10


def test_a_truncate_is_told_by_the_audit(joined: Stack, checkout: Checkout) -> None:
    """No record tells of it, so consumers still have the rows: the audit says which."""
    execute(joined, "CREATE TABLE kept AS SELECT * FROM accounts WHERE id > 100", "TRUNCATE accounts")
    found = checkout.cdc("audit", "accounts", "--json")
    assert found.returncode == 1, found.stderr
    seen = json.loads(found.stdout)
    assert (seen["rows"], seen["missing"]) == (0, 0)
    assert seen["extra"] > ROWS / 2
    execute(joined, "INSERT INTO accounts SELECT * FROM kept", "DROP TABLE kept")


def test_a_table_is_read_again(joined: Stack, checkout: Checkout) -> None:
    before = Counter(key for key, value in read(joined, "raw-tenants") if value["__op"] == "r")
    done = checkout.cdc("resnapshot", "tenants", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    rows = len(ids(joined, "SELECT 1 FROM tenants"))
    assert json.loads(done.stdout) == {"source": "tenants", "rows": rows, "sent": rows, "still_missing": 0}
    after = Counter(key for key, value in read(joined, "raw-tenants") if value["__op"] == "r")
    assert len(after - before) == rows
    assert set((after - before).values()) == {1}
    refused = checkout.cdc("resnapshot", "nobody")
    assert refused.returncode == 1
    assert "sources: event-headers, accounts, tenants" in refused.stderr
