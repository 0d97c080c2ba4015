"""The migrator and the events API's writes on a real PostgreSQL: applied once, refused when edited, all or nothing."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from events_api import database
from events_api.database import Away, Database, Duplicate
from migrator import handler, migrations
from migrator.migrations import Refused
from migrator.schema import Dsn, connect

from cli.traffic.events import TYPES, Factory
from tests.support import postgres
from tests.support.paths import ROOT

DDL = ROOT / "schemas" / "postgres"
SECRETS = {
    "cdc": {"username": "cdc", "password": "of-the-connector"},
    "api": {"username": "events_api", "password": "of-the-api"},
}


@pytest.fixture(scope="module")
def server() -> Iterator[Dsn]:
    with postgres.serve() as dsn:
        yield dsn


@pytest.fixture
def empty(server: Dsn, request: pytest.FixtureRequest) -> Dsn:
    """A database of its own."""
    name = request.node.name.replace("[", "_").replace("]", "")[:60]
    with connect(server) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return replace(server, database=name)


@pytest.fixture
def secrets(server: Dsn, monkeypatch: pytest.MonkeyPatch) -> None:
    known = {**SECRETS, "owner": {"username": server.user, "password": server.password}}
    monkeypatch.setattr(handler, "secret", known.__getitem__)
    sign_in = {"user": "events_api", "password": "of-the-api", "sslmode": "disable"}
    monkeypatch.setattr(database, "credentials", lambda environment: sign_in)


def run(dsn: Dsn, *tables: str) -> dict[str, Any]:
    environment = {
        "OWNER_SECRET": "owner", "CDC_SECRET": "cdc", "EVENTS_API_SECRET": "api", "DATABASE_HOST": dsn.host,
        "DATABASE_PORT": str(dsn.port), "DATABASE_NAME": dsn.database, "DATABASE_SSL_MODE": "disable",
    }  # fmt: skip
    event = {"publication": "p", "tables": tables or ("public.event_headers",), "sources": []}
    return handler.make(environment)(event, None)


def rows(dsn: Dsn, query: str) -> list[tuple[Any, ...]]:
    with connect(dsn) as connection:
        return connection.execute(query.encode()).fetchall()


def test_every_file_is_applied_once(empty: Dsn, secrets: None) -> None:
    names = sorted(file.name for file in DDL.glob("[0-9]*.sql"))
    assert run(empty)["applied"] == names
    assert run(empty)["applied"] == []
    assert [name for (name,) in rows(empty, "SELECT file FROM schema_migrations ORDER BY file")] == names


def test_the_publication_is_made_as_wanted_each_time(empty: Dsn, secrets: None) -> None:
    query = "SELECT schemaname || '.' || tablename FROM pg_publication_tables WHERE pubname = 'p' ORDER BY 1"
    run(empty, "public.event_headers", "public.cdc_heartbeat")
    assert rows(empty, query) == [("public.cdc_heartbeat",), ("public.event_headers",)]
    run(empty, "public.event_headers")
    assert rows(empty, query) == [("public.event_headers",)]


PARTITIONED = {
    "list": ("PARTITION BY LIST (tenant)", "FOR VALUES IN ('a')", "FOR VALUES IN ('b')"),
    "range": ("PARTITION BY RANGE (tenant)", "FOR VALUES FROM ('a') TO ('b')", "FOR VALUES FROM ('b') TO ('c')"),
    "hash": (
        "PARTITION BY HASH (tenant)",
        "FOR VALUES WITH (MODULUS 2, REMAINDER 0)",
        "FOR VALUES WITH (MODULUS 2, REMAINDER 1)",
    ),
    "default": ("PARTITION BY LIST (tenant)", "FOR VALUES IN ('a')", "DEFAULT"),
}


@pytest.mark.parametrize("kind", PARTITIONED)
def test_a_partitioned_table_is_published_as_itself(kind: str, empty: Dsn, secrets: None) -> None:
    """Also with partitions that are attached later, and by a publication that was made without the option."""
    by, first, later = PARTITIONED[kind]
    run(empty)
    with connect(empty) as connection:
        connection.execute("DROP PUBLICATION p")
        connection.execute("CREATE PUBLICATION p FOR TABLE event_headers")
        connection.execute(f"CREATE TABLE tenants (tenant text, id bigint, PRIMARY KEY (tenant, id)) {by}".encode())
        connection.execute(f"CREATE TABLE tenants_1 PARTITION OF tenants {first}".encode())
    run(empty, "public.event_headers", "public.tenants")
    with connect(empty) as connection:
        connection.execute("CREATE TABLE tenants_2 (tenant text NOT NULL, id bigint NOT NULL)")
        connection.execute(f"ALTER TABLE tenants ATTACH PARTITION tenants_2 {later}".encode())
    query = "SELECT tablename FROM pg_publication_tables WHERE pubname = 'p' ORDER BY 1"
    assert rows(empty, query) == [("event_headers",), ("tenants",)]


def test_roles_sign_in_with_their_new_passwords_only(empty: Dsn, secrets: None) -> None:
    run(empty)
    for user, password in (("cdc", "of-the-connector"), ("events_api", "of-the-api")):
        with connect(replace(empty, user=user, password=password)) as connection:
            assert connection.execute("SELECT current_user").fetchone() == (user,)
    assert not postgres.answers(replace(empty, user="cdc", password="old"))  # noqa: S106


def test_an_edited_file_is_refused_and_the_next_good_one_goes_on(empty: Dsn, tmp_path: Path) -> None:
    folder = tmp_path / "ddl"
    shutil.copytree(DDL, folder)
    migrations.migrate(empty, folder)
    original = (folder / "002_events.sql").read_text()
    (folder / "002_events.sql").write_text(original + "-- edited\n")
    with pytest.raises(Refused, match=r"002_events\.sql changed after it was applied"):
        migrations.migrate(empty, folder)
    (folder / "002_events.sql").write_text(original)
    (folder / "900_more.sql").write_text("CREATE TABLE more (id int);\n")
    assert migrations.migrate(empty, folder) == ["900_more.sql"]


def test_a_file_that_fails_leaves_nothing_of_itself(empty: Dsn, tmp_path: Path) -> None:
    (tmp_path / "1_half.sql").write_text("CREATE TABLE half (id int); SELECT no_such_function();")
    with pytest.raises(Exception, match="no_such_function"):
        migrations.migrate(empty, tmp_path)
    assert rows(empty, "SELECT to_regclass('half')") == [(None,)]
    (tmp_path / "1_half.sql").write_text("CREATE TABLE half (id int);")
    assert migrations.migrate(empty, tmp_path) == ["1_half.sql"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("CREATE TABLE more (id int);\n\nSELEC 1;", r"schemas/postgres/2_bad\.sql:3: syntax error"),
        ("SELECT 1 / 0;", r"schemas/postgres/2_bad\.sql: division by zero"),
        ("CREATE INDEX CONCURRENTLY i ON good (id);", r"2_bad\.sql: .*transaction block: give it a file of its own"),
        (
            "-- no transaction\nCREATE TABLE more (id int); CREATE INDEX CONCURRENTLY i ON good (id);",
            r"2_bad\.sql: .*transaction",
        ),
        (b"SELECT '\xff';", r"2_bad\.sql is not UTF-8: byte 8"),
    ],
)
def test_good_bad_good(empty: Dsn, tmp_path: Path, text: str | bytes, said: str) -> None:
    """The files before the bad one stay, nothing of it does, and it can be mended."""
    (tmp_path / "1_good.sql").write_text("CREATE TABLE good (id int);")
    (tmp_path / "2_bad.sql").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(Refused, match=said):
        migrations.migrate(empty, tmp_path)
    assert rows(empty, "SELECT to_regclass('good') IS NOT NULL, to_regclass('more')") == [(True, None)]
    (tmp_path / "2_bad.sql").write_text("-- no transaction\nCREATE INDEX CONCURRENTLY i ON good (id);")
    assert migrations.migrate(empty, tmp_path) == ["2_bad.sql"]
    assert rows(empty, "SELECT to_regclass('i') IS NOT NULL") == [(True,)]


def test_nine_comes_before_ten(empty: Dsn, tmp_path: Path) -> None:
    (tmp_path / "10_second.sql").write_text("ALTER TABLE first ADD COLUMN more int;")
    (tmp_path / "9_first.sql").write_text("CREATE TABLE first (id int);")
    assert migrations.migrate(empty, tmp_path) == ["9_first.sql", "10_second.sql"]


def api(dsn: Dsn) -> Database:
    place = {"DATABASE_HOST": dsn.host, "DATABASE_PORT": str(dsn.port), "DATABASE_NAME": dsn.database}
    return Database({**place, "DATABASE_USER": "events_api", "DATABASE_AUTH": "iam"})


def test_an_event_is_stored_whole_and_once(empty: Dsn, secrets: None) -> None:
    run(empty)
    writer, factory = api(empty), Factory(seed=1)
    writer.ping()
    events = [event.body for event in factory.mixed(len(TYPES))]
    for event in events:
        writer.write(event)
    with pytest.raises(Duplicate):
        writer.write(events[0])
    assert rows(empty, "SELECT count(*) FROM business_events") == [(len(TYPES),)]
    stored = rows(empty, "SELECT id, header_data FROM event_headers ORDER BY id")
    assert stored == sorted((e["eventHeader"]["uuid"], e["eventHeader"]) for e in events)
    tables = ("car_entities", "loan_entities", "loan_payment_entities", "service_record_entities")
    written = sum(rows(empty, f"SELECT count(*) FROM {table}")[0][0] for table in tables)  # noqa: S608
    assert written == sum(len(event["entities"]) for event in events)


def test_an_older_event_does_not_undo_what_a_newer_one_said(empty: Dsn, secrets: None) -> None:
    run(empty)
    writer = api(empty)
    older, newer = (event.body for event in Factory(seed=2).mixed(2, ("CarCreated",)))
    for event, stamp in ((older, "2026-01-01T00:00:00Z"), (newer, "2026-02-01T00:00:00Z")):
        event["entities"][0]["entityHeader"] |= {"entityId": "CAR-1", "updatedAt": stamp}
    for event in (newer, older):
        writer.write(event)
    ((data,),) = rows(empty, "SELECT entity_data FROM car_entities WHERE entity_id = 'CAR-1'")
    assert data == json.loads(json.dumps(newer["entities"][0]))


def test_a_lost_connection_is_replaced_and_a_lost_server_is_away(empty: Dsn, secrets: None) -> None:
    run(empty)
    writer, factory = api(empty), Factory(seed=3)
    events = [event.body for event in factory.mixed(2, ("LoanCreated",))]
    writer.write(events[0])
    with connect(empty) as connection:
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'events_api'")
    writer.write(events[1])
    assert rows(empty, "SELECT count(*) FROM business_events") == [(2,)]
    nobody = api(replace(empty, port=postgres.free_port()))
    with pytest.raises(Away):
        nobody.ping()
    with pytest.raises(Away):
        nobody.write(events[0])
