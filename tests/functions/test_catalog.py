"""The database's catalog against what is declared: every difference is seen, on a real PostgreSQL, and nothing else."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from migrator import catalog, migrations, schema
from migrator.catalog_columns import PUBLISHES_GENERATED
from migrator.difference import Unfit
from migrator.schema import Dsn, connect

from cli.commands.routes import catalog as routes_catalog
from stacks.errors import CdcError
from stacks.files.yaml_document import read
from stacks.routes.expectations import expected
from stacks.routes.load import load
from tests.support import postgres
from tests.support.paths import ROOT

PLAIN = (
    "CREATE TABLE t (id bigint PRIMARY KEY, name text NOT NULL, amount numeric); ALTER TABLE t REPLICA IDENTITY FULL"
)
COLUMNS = [("id", "long", False, True), ("name", "string", False, False), ("amount", "decimal", True, False)]
FULL = "; ALTER TABLE t REPLICA IDENTITY FULL"


@pytest.fixture(scope="module")
def server() -> Iterator[Dsn]:
    with postgres.serve() as dsn:
        with connect(dsn) as connection:
            connection.execute("CREATE ROLE cdc LOGIN")
        yield dsn


@pytest.fixture
def database(server: Dsn, request: pytest.FixtureRequest) -> Dsn:
    """A database of its own."""
    name = f"c{abs(hash(request.node.name))}"
    with connect(server) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    return replace(server, database=name)


def declared(*columns: tuple[str, str, bool, bool], identity: str = "full") -> dict[str, Any]:
    names, more = ("name", "type", "nullable", "key"), {"values": ["a", "b"], "precision": 6}
    listed = [
        {**more, "values": more["values"] if column[1] == "enum" else [], **dict(zip(names, column, strict=True))}
        for column in columns or COLUMNS
    ]
    return {"table": "public.t", "replicaIdentity": identity, "columns": listed}


def version(dsn: Dsn) -> int:
    with connect(dsn) as connection:
        return connection.info.server_version


def look(dsn: Dsn, ddl: str, source: dict[str, Any], grant: bool = True) -> dict[str, bool]:
    """Rules that find something → does it stop? Without those of the test's server."""
    with connect(dsn) as connection:
        connection.execute(ddl.encode())
        if grant:
            connection.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO cdc")
        found = catalog.differences(connection, "p", [source])
    return {one.rule: one.stops for one in found if one.rule != "slot-keeps-everything"}


def test_what_fits_is_silent(database: Dsn) -> None:
    assert look(database, PLAIN, declared()) == {}


ALL_TYPES = {
    "a": ("varchar(20)", "string"), "b": ("uuid", "uuid"), "c": ("integer", "int"), "d": ("double precision", "double"),
    "e": ("boolean", "boolean"), "f": ("timestamptz", "timestamp"), "g": ("jsonb", "json"), "h": ("char(3)", "string"),
    "i": ("positive", "long"), "j": ("pairs", "decimal"), "k": ("smallint", "smallint"), "l": ("real", "float"),
    "m": ("bytea", "bytes"), "n": ("date", "date"), "o": ("time", "time"), "p": ("timestamp", "local_timestamp"),
    "q": ("interval", "interval"), "r": ("text[]", "string[]"), "s": ("bigint[]", "long[]"), "t": ("varchar(3)[]", "string[]"),
    "u": ("letter", "enum"), "v": ("letters", "enum"), "w": ("inet", "string"), "x": ("moment", "local_timestamp"),
}  # fmt: skip


def test_all_types_and_domains_of_domains_fit(database: Dsn) -> None:
    columns = ", ".join(f"{name} {real}" for name, (real, _) in ALL_TYPES.items())
    ddl = f"CREATE DOMAIN positive AS bigint; CREATE DOMAIN pair AS numeric; CREATE DOMAIN pairs AS pair; CREATE TYPE letter AS ENUM ('a', 'b'); CREATE DOMAIN letters AS letter; CREATE DOMAIN moment AS timestamp(5); CREATE TABLE t (id bigint PRIMARY KEY, {columns})"
    listed = [("id", "long", False, True), *((name, kind, True, False) for name, (_, kind) in ALL_TYPES.items())]
    assert look(database, ddl + FULL, declared(*listed)) == {}


CASES: dict[str, tuple[str, dict[str, Any], dict[str, bool]]] = {
    "missing table": ("SELECT 1", declared(), {"no-table": True}),
    "view": ("CREATE VIEW t AS SELECT 1::bigint AS id, ''::text AS name, 1::numeric AS amount", declared(), {"not-a-table": True}),
    "unlogged": (PLAIN.replace("CREATE TABLE", "CREATE UNLOGGED TABLE"), declared(), {"not-logged": True}),
    "identity default": (PLAIN.split(";")[0], declared(), {"identity-differs": True}),
    "identity nothing": (PLAIN + "; ALTER TABLE t REPLICA IDENTITY NOTHING", declared(identity="default"), {"no-identity": True}),
    "no key, identity default": ("CREATE TABLE t (id bigint NOT NULL, name text NOT NULL, amount numeric)", declared(identity="default"),
                                 {"no-identity": True, "no-key": False}),
    "no key, identity full": (PLAIN.replace("PRIMARY KEY", "NOT NULL"), declared(), {"no-key": False}),
    "another key": (PLAIN.replace(" PRIMARY KEY", "").replace("amount numeric", "amount numeric, PRIMARY KEY (id, name)"), declared(), {"key-differs": True}),
    "no such column": (PLAIN.replace("name", "title"), declared(), {"no-column": True}),
    "wider type": (PLAIN.replace("name text", "name bigint"), declared(), {"type-differs": True}),
    "enum": ("CREATE TYPE mood AS ENUM ('a'); " + PLAIN.replace("name text", "name mood"), declared(), {"type-differs": True}),
    "values in another order": (
        "CREATE TYPE letter AS ENUM ('b', 'a'); CREATE TABLE t (id bigint PRIMARY KEY, l letter NOT NULL)" + FULL,
        declared(("id", "long", False, True), ("l", "enum", False, False)), {"values-differ": True}),
    "milliseconds": ("CREATE TABLE t (id bigint PRIMARY KEY, at timestamp(3) NOT NULL)" + FULL,
        declared(("id", "long", False, True), ("at", "local_timestamp", False, False)), {"precision-differs": True}),
    "smaller type": (PLAIN.replace("id bigint", "id smallint"), declared(), {"type-differs": True}),
    "array of another type": (PLAIN.replace("name text", "name text[]"), declared(("id", "long", False, True), ("name", "int[]", False, False)), {"type-differs": True}),
    "array": (PLAIN.replace("name text", "name text[]"), declared(), {"type-differs": True}),
    "nullable in the table": (PLAIN.replace("text NOT NULL", "text"), declared(), {"nullability-differs": True}),
    "not null in the table": (PLAIN.replace("amount numeric", "amount numeric NOT NULL"), declared(), {"nullability-differs": True}),
    "another order": ("CREATE TABLE t (name text NOT NULL, amount numeric, id bigint PRIMARY KEY)" + FULL, declared(), {"column-order": True}),
    "virtual column": (PLAIN.replace("amount numeric", "amount numeric GENERATED ALWAYS AS (id * 2) VIRTUAL"), declared(), {"virtual-column": True}),
    "row-level security": (PLAIN + "; ALTER TABLE t ENABLE ROW LEVEL SECURITY", declared(), {"row-security": True}),
    "a partition of another identity": (
        "CREATE TABLE t (id bigint PRIMARY KEY, name text NOT NULL, amount numeric) PARTITION BY HASH (id);"
        "CREATE TABLE t0 PARTITION OF t FOR VALUES WITH (MODULUS 2, REMAINDER 0);"
        "CREATE TABLE t1 PARTITION OF t FOR VALUES WITH (MODULUS 2, REMAINDER 1);"
        "ALTER TABLE t REPLICA IDENTITY FULL; ALTER TABLE t0 REPLICA IDENTITY FULL", declared(), {"identity-differs": True}),
    "rows from before": (
        PLAIN + "; CREATE PUBLICATION p; INSERT INTO t SELECT n, 'x' FROM generate_series(1, 7) n; ANALYZE t", declared(), {"rows-before": False}),  # noqa: S608
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_each_difference_is_seen(case: str, database: Dsn) -> None:
    ddl, source, found = CASES[case]
    if case == "virtual column" and version(database) < PUBLISHES_GENERATED:
        pytest.skip("this version has no virtual columns")
    assert look(database, ddl, source) == found


def test_a_role_that_may_not_read(database: Dsn) -> None:
    assert look(database, PLAIN, declared(), grant=False) == {"not-granted": True}


def test_nothing_is_published_while_something_stops(database: Dsn) -> None:
    """Bad, then mended, then good: and the application's own updates go on, generated column or not."""
    generated = "GENERATED ALWAYS AS (id * 2) STORED" if version(database) >= PUBLISHES_GENERATED else ""
    columns = f"id bigint PRIMARY KEY, name text NOT NULL, amount numeric {generated}"
    with connect(database) as connection:
        connection.execute(f"CREATE TABLE t ({columns}); GRANT SELECT ON t TO cdc".encode())
    with pytest.raises(Unfit, match=r"public\.t: has replica identity default") as refused:
        schema.look(database, "p", [declared()])
    assert "ALTER TABLE public.t REPLICA IDENTITY FULL" in str(refused.value)
    with connect(database) as connection:
        connection.execute("ALTER TABLE t REPLICA IDENTITY FULL")
    assert [one.rule for one in schema.look(database, "p", [declared()])] == ["slot-keeps-everything"]
    schema.ensure_publication(database, "p", ["public.t"])
    with connect(database) as connection:
        connection.execute("INSERT INTO t (id, name) VALUES (1, 'a')")
        connection.execute("UPDATE t SET name = 'b'")
        row = connection.execute("SELECT * FROM pg_publication_tables").fetchone()
        assert row is not None
        assert ["id", "name", "amount"] in row or connection.info.server_version < 150_000  # 14 publishes every column


def test_the_routes_of_this_project_fit_its_own_migrations(database: Dsn) -> None:
    migrations.migrate(database, ROOT / "schemas" / "postgres")
    routes, _ = load(ROOT / "routes.yaml")
    assert routes is not None
    with connect(database) as connection:
        found = catalog.differences(connection, "p", [expected(source) for source in routes.sources])
    assert [str(one) for one in found if one.stops] == []


def test_differences_stand_at_their_lines(database: Dsn, tmp_path: Path) -> None:
    migrations.migrate(database, ROOT / "schemas" / "postgres")
    with connect(database) as connection:
        connection.execute("ALTER TABLE event_headers ALTER COLUMN event_name DROP NOT NULL")
    file = tmp_path / "routes.yaml"
    file.write_text((ROOT / "routes.yaml").read_text())
    routes, _ = load(file)
    assert routes is not None
    dsn = f"postgresql://{database.user}:{database.password}@{database.host}:{database.port}/{database.database}"
    found = routes_catalog.findings(dsn, "p", routes, read(file))
    (one,) = [f for f in found if f.severity == "error"]
    line = int(one.where.split(":")[-2])
    assert "event_name" in file.read_text().splitlines()[line - 1]
    for wrong in ("not a dsn", "postgresql://nobody@127.0.0.1:1/x"):
        with pytest.raises(CdcError, match="the database cannot be asked"):
            routes_catalog.findings(wrong, "p", routes, read(file))
