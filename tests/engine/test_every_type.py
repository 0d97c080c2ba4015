"""Columns of every type, from PostgreSQL to a routed record; and one meaning of a condition, whoever judges.

The second arm of the differential proof: rows that a database made, captured by the connector, judged by Flink on the raw topic, by
the evaluator on what the topic holds, and by the evaluator on the row as PostgreSQL shows it (`row_to_json`).
"""

import json
import random
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from psycopg import sql as query
from pydantic import TypeAdapter

from bench.ledger.checkout import Checkout
from cli.client import kafka, registry, wait
from cli.client.stack import Stack, local_dsn
from local.confluent.flink.inferred_tables import flink_type
from local.environment import Instance
from stacks.routes import avro, sql, written
from stacks.routes.conditions import Condition, comparisons
from stacks.routes.evaluate import compiled
from stacks.routes.lint.conditions import CONDITION_LIMIT
from stacks.routes.model import Source
from tests.support import postgres_values, sql_gateway
from tests.support.cases import OPERATORS, TEXTS, Cases
from tests.support.changes import apply, document

pytestmark = pytest.mark.engine
ROWS, CONDITIONS, AT_ONCE, SEED = 2_000, 200, 70, 20261127
LETTERS = {True: "t", False: "f", None: "u"}
ADAPTER = TypeAdapter(Condition)
SOURCE = Source.model_validate(
    {
        "name": "every",
        "table": "public.every",
        "topic": "raw-every",
        "unroutedTopic": "unrouted-every",
        "deadLetterTopic": "dead-letter-every",
        "columns": [{"name": "id", "type": "long", "key": True}, *postgres_values.columns()],
    }
)


@pytest.fixture(scope="module")
def routed(running: Stack, checkout: Checkout) -> Iterator[Stack]:
    """The table is a source, and has its rows."""
    with psycopg.connect(local_dsn(running, "postgres"), autocommit=True) as connection:
        connection.execute(postgres_values.DDL.encode())
    business = document(checkout)
    business["sources"].append(SOURCE.model_dump(by_alias=True, exclude_defaults=True))
    when = {"field": "id", "gte": 0}
    business["routes"].append({"name": "every", "source": "every", "topic": "filtered-every", "when": when})
    changed = apply(checkout, business)
    dice = random.Random(SEED)  # noqa: S311 - test data
    with psycopg.connect(local_dsn(running, "postgres")) as connection, connection.cursor() as cursor:
        for number in range(ROWS):
            row = {"id": str(number), **postgres_values.row(dice)}
            names, values = map(query.Identifier, row), map(query.Literal, row.values())
            cursor.execute(
                query.SQL("INSERT INTO every ({}) VALUES ({})").format(
                    query.SQL(", ").join(names), query.SQL(", ").join(values)
                )
            )
    yield changed
    with psycopg.connect(local_dsn(running, "postgres"), autocommit=True) as connection:
        connection.execute(postgres_values.DROP.encode())


def records(running: Stack, topic: str) -> dict[int, dict[str, Any]]:
    """By id, once all are there."""
    decoder = registry.Decoder(running, "operator")

    def read() -> dict[int, dict[str, Any]]:
        decoded = (decoder.decode(message)[1] for message in kafka.read_all(running, "operator", [topic], 60))
        return {value["id"]: value for value in decoded}

    wait.wait_for(lambda: len(read()) >= ROWS, 120, f"{ROWS} rows on {topic}")
    return read()


@pytest.fixture(scope="module")
def raw(routed: Stack) -> dict[int, dict[str, Any]]:
    return records(routed, SOURCE.topic)


def test_the_schema_is_the_declared_one(routed: Stack, raw: dict[int, dict[str, Any]]) -> None:
    """The connector registered no other version, of keys or of values."""
    known = registry.client(routed, "operator")
    for side, declared in zip(("key", "value"), avro.raw(SOURCE), strict=True):
        subject = f"{SOURCE.topic}-{side}"
        assert known.get_versions(subject) == [1]
        assert json.loads(schema_of(routed, subject)) == json.loads(declared.text)


def test_a_routed_record_has_the_values_of_the_raw_one(routed: Stack, raw: dict[int, dict[str, Any]]) -> None:
    found = records(routed, "filtered-every")
    names = [column.name for column in SOURCE.columns]
    different = [
        (number, name, raw[number][name], record[name])
        for number, record in found.items()
        for name in names
        if repr(record[name]) != repr(raw[number][name])  # NaN, and -0.0
    ]
    assert different[:5] == []


def test_a_null_stays_null_where_a_column_has_a_default(raw: dict[int, dict[str, Any]]) -> None:
    nulls = [value for value in raw.values() if value["with_default"] is None]
    assert len(nulls) > ROWS / 20
    assert {value["with_default"] for value in raw.values()} > {None, "a"}


def schema_of(running: Stack, subject: str) -> str:
    latest = registry.client(running, "operator").get_latest_version(subject)
    assert latest.schema is not None
    assert latest.schema.schema_str
    return latest.schema.schema_str


@pytest.fixture(scope="module")
def flink(routed: Stack) -> Iterator[sql_gateway.Gateway]:
    """A session that has the raw topic as a table, up to its present end."""
    running, instance = routed, Instance.here()
    schema = json.loads(schema_of(running, f"{SOURCE.topic}-value"))
    columns = ", ".join(f"`{field['name']}` {flink_type(field['type'])}" for field in schema["fields"])
    options = {
        "connector": "kafka",
        "topic": SOURCE.topic,
        "scan.startup.mode": "earliest-offset",
        "scan.bounded.mode": "latest-offset",
        "value.format": "avro-confluent",
        "value.avro-confluent.url": instance.url("registry") + "/apis/ccompat/v7",
        "value.avro-confluent.schema": json.dumps(schema),
        **sql_gateway.kafka_login(running),
    }
    settings = ", ".join(f"{sql.literal(name)} = {sql.literal(value)}" for name, value in options.items())
    found = sql_gateway.Gateway(instance, "batch")
    found.run(f"CREATE TABLE `raw` ({columns}) WITH ({settings})")
    yield found
    found.close()


def judged(flink: sql_gateway.Gateway, conditions: list[Any]) -> dict[int, str]:
    """Per row a letter a condition."""
    letters = [
        f"CASE WHEN ({text}) IS TRUE THEN 't' WHEN ({text}) IS FALSE THEN 'f' ELSE 'u' END"
        for text in (sql.condition(SOURCE.columns, condition) for condition in conditions)
    ]
    rows = flink.run(f"SELECT `id`, CONCAT({', '.join(letters)}) FROM `raw`")  # noqa: S608 - a test
    return {int(row[0]): row[1] for row in rows}


def test_a_list_may_be_long(flink: sql_gateway.Gateway, raw: dict[int, dict[str, Any]]) -> None:
    """As long as a condition may be, as a route has it and as its source's unrouted statement has it."""
    condition = ADAPTER.validate_python({"field": "f", "in": [*TEXTS, *(f"customer-{n}" for n in range(3400))]})
    text, check = sql.condition(SOURCE.columns, condition), compiled(SOURCE.columns, condition)
    assert CONDITION_LIMIT * 0.98 < len(text) < CONDITION_LIMIT
    taken = {number for number, row in raw.items() if check(row)}
    for where, wanted in ((text, taken), (f"({text}) IS NOT TRUE", set(raw) - taken)):
        assert {int(row[0]) for row in flink.run(f"SELECT `id` FROM `raw` WHERE {where}")} == wanted  # noqa: S608


def test_flink_and_the_evaluator_agree_on_what_a_database_made(
    routed: Stack, flink: sql_gateway.Gateway, raw: dict[int, dict[str, Any]]
) -> None:
    cases = Cases(SEED, SOURCE.columns[1:])
    shown = [cases.condition(operator) for operator in OPERATORS for _ in range(-(-CONDITIONS // len(OPERATORS)))]
    conditions = [ADAPTER.validate_python(condition) for condition in shown]
    answers = dict.fromkeys(raw, "")
    for start in range(0, len(conditions), AT_ONCE):
        for number, letters in judged(flink, conditions[start : start + AT_ONCE]).items():
            answers[number] += letters
    assert {len(letters) for letters in answers.values()} == {len(conditions)}
    with psycopg.connect(local_dsn(routed, "postgres")) as connection:
        rows = connection.execute("SELECT id, row_to_json(every)::text FROM every").fetchall()
    table = {number: written.row_of(SOURCE, json.loads(text, parse_float=Decimal)) for number, text in rows}
    assert [
        (number, name)
        for number, text in rows
        for name, _, _ in written.bad_values(SOURCE, json.loads(text, parse_float=Decimal))
    ][:5] == []
    tested = [{one.field for _, one in comparisons(condition)} for condition in conditions]
    checks = [compiled(SOURCE.columns, condition) for condition in conditions]
    different = [
        (
            shown[n],
            {name: (raw[number][name], table[number][name]) for name in tested[n]},
            f"topic {on_topic}, table {in_table}, flink {letters[n]}",
        )
        for number, letters in answers.items()
        for n, check in enumerate(checks)
        for on_topic, in_table in [(LETTERS[check(raw[number])], LETTERS[check(table[number])])]
        if not on_topic == in_table == letters[n]
    ]
    shortest = sorted(map(str, different), key=len)
    assert shortest[:5] == [], f"{len(different)} differences"
