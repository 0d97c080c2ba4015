"""What the database really has, against what routes.yaml declares. Looked at before publication and connector are touched.

A source is expected as `{"table": "public.t", "replicaIdentity": "full" | "default", "columns": [{"name", "type", "nullable",
"key", "values", "precision"}, …]}`. What would lose or invent data stops; the rest warns. Rules: PostgreSQL's documentation of publications and of REPLICA
IDENTITY, Debezium's of its PostgreSQL connector.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import psycopg
from psycopg.rows import dict_row

from migrator import catalog_columns
from migrator.catalog_queries import COLUMNS, SERVER, TABLE
from migrator.difference import Difference, Expected, Rows, quoted

OLDEST = 140_000
KINDS = {"v": "a view", "m": "a materialized view", "f": "a foreign table", "S": "a sequence", "c": "a composite type"}


def differences(
    connection: psycopg.Connection, publication: str, sources: Sequence[Expected], reader: str = "cdc"
) -> list[Difference]:
    """Every difference, the server's first. `connection` is the owner's; `reader` the role that captures."""
    with connection.cursor(row_factory=dict_row) as cursor:

        def ask(query: str, **parameters: Any) -> Rows:
            return cursor.execute(query.encode(), parameters).fetchall()

        found = list(server(ask(SERVER, publication=publication)[0]))
        for source in sources:
            found += table(ask, publication, source, reader)
    return found


def server(has: Mapping[str, Any]) -> Iterator[Difference]:
    """Version and settings."""

    def one(rule: str, problem: str, hint: str, stops: bool = True) -> Difference:
        return Difference(rule, "", "", problem, hint, stops)

    if has["version"] < OLDEST:
        yield one("server-version", f"PostgreSQL {has['version'] // 10_000} is too old", "14 is the oldest that works")
    if has["wal_level"] != "logical":
        yield one(
            "wal-level",
            f"wal_level is {has['wal_level']}",
            "set it to logical (RDS: rds.logical_replication) and restart",
        )
    for what, setting in (("free_slots", "max_replication_slots"), ("free_senders", "max_wal_senders")):
        if has[what] < 1 and not has["running"]:
            yield one("no-free-slot", f"{setting} is used up", "raise it, or drop what nobody reads")
    if has["keeps"] == "-1":
        hint = "set max_slot_wal_keep_size: a connector that is away for days fills the disk"
        yield one("slot-keeps-everything", "a slot may keep WAL without limit", hint, stops=False)


def table(ask: Callable[..., Rows], publication: str, source: Expected, reader: str) -> list[Difference]:
    """One source's table and columns."""
    schema, _, name = source["table"].partition(".")
    wanted = {"full": "f", "default": "d"}[source["replicaIdentity"]]
    rows = ask(TABLE, schema=schema, name=name, reader=reader, publication=publication, identity=wanted)
    if not rows:
        return [Difference("no-table", source["table"], "", "does not exist", "correct the name, or add a migration")]
    has = rows[0]
    if has["kind"] not in ("r", "p"):
        problem = f"is {KINDS.get(has['kind'], 'no table')}"
        return [Difference("not-a-table", source["table"], "", problem, "only tables have changes to capture")]
    columns = ask(COLUMNS, oid=has["oid"])
    return [
        *relation(source, has, columns),
        *identity(source, has, columns),
        *reading(source, has),
        *catalog_columns.check(source, columns),
    ]


def relation(source: Expected, has: Mapping[str, Any], columns: Rows) -> Iterator[Difference]:
    """What is it, and can its changes be captured?"""

    def one(rule: str, problem: str, hint: str, stops: bool = True) -> Difference:
        return Difference(rule, source["table"], "", problem, hint, stops)

    if has["persistence"] != "p":
        yield one("not-logged", "is unlogged or temporary: its changes are in no log", "ALTER TABLE … SET LOGGED")
    if has["running"] and not has["published"] and has["estimate"]:
        problem = f"about {has['estimate']:,} rows are there already, and the connector runs"
        hint = "./cdc up has them read; elsewhere: ./cdc audit SOURCE --repair afterwards"
        yield one("rows-before", problem, hint, stops=False)
    key, declared = ([c["name"] for c in rows if c["key"]] for rows in (columns, source["columns"]))
    if not key:
        problem = "has no primary key: its records have no key, and their order is not kept"
        yield one("no-key", problem, "add a primary key", stops=False)
    elif set(key) != set(declared):
        problem = f"its primary key is ({', '.join(key)}), routes.yaml says ({', '.join(declared)})"
        yield one("key-differs", problem, "set key: true on these columns, and on no other")


def identity(source: Expected, has: Mapping[str, Any], columns: Rows) -> Iterator[Difference]:
    """Do updates and deletes carry what is declared, and can the application still make them?"""
    full = f"ALTER TABLE {quoted(source['table'])} REPLICA IDENTITY FULL"

    def one(rule: str, problem: str, hint: str) -> Difference:
        return Difference(rule, source["table"], "", problem, hint)

    real, wanted = has["identity"], source["replicaIdentity"]
    if real == "n" or (real == "d" and not any(c["key"] for c in columns)):
        problem = "has no replica identity: once it is published, its own UPDATEs and DELETEs fail"
        yield one("no-identity", problem, f"add a primary key, or {full}")
    elif wanted == "full" and real != "f" and has["kind"] == "r":
        problem = "has replica identity default, routes.yaml says full: deletes and old values would be invented"
        yield one("identity-differs", problem, f"{full}, or replica_identity: default")
    if has["others"]:
        listed = ", ".join(has["others"][:5])
        yield one("identity-differs", f"partitions with another replica identity: {listed}", "ALTER TABLE each of them")
    virtual = [c["name"] for c in columns if c["generated"] == "v"]
    if virtual and real == "f":
        problem = f"generated column {', '.join(virtual)} is virtual: with replica identity full its own UPDATEs fail"
        yield one("virtual-column", problem, "make it STORED, or use replica identity default")


def reading(source: Expected, has: Mapping[str, Any]) -> Iterator[Difference]:
    """May the connector's role read every row for a snapshot?"""
    if has["readable"] is False:
        hint = f"GRANT SELECT ON {quoted(source['table'])} TO cdc"
        yield Difference("not-granted", source["table"], "", "the connector's role may not read it", hint)
    if has["row_security"] and not has["bypasses"]:
        problem = "has row-level security: a snapshot would see a part of its rows"
        yield Difference("row-security", source["table"], "", problem, "ALTER ROLE cdc BYPASSRLS, or a policy for it")
