"""From routes to SQL: golden text, the operation guard, names that follow the text."""

from typing import Any

import jinja2
import jinja2.meta
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stacks.errors import CdcError
from stacks.naming import STATEMENT_LIMIT
from stacks.routes import conditions, sql
from stacks.routes import model as routes
from stacks.routes.conditions import Comparison
from stacks.routes.model import Routes
from stacks.statements import render, sets
from tests.support.business import COLUMNS, business
from tests.support.golden import Golden


def built(changed: Routes | None = None) -> render.Statement:
    return render.build(sets.pack(changed or business()), "cdc-prod", "cdc-prod", "events")[0]


def with_route(**change: Any) -> Routes:
    original = business()
    first = original.routes[0].model_copy(update=change)
    return original.model_copy(update={"routes": [first, *original.routes[1:]]})


def test_golden_sql(golden: Golden) -> None:
    golden.check("routing-event-headers.sql", built().text)


def test_one_set_reads_the_source_for_all_routes_and_the_rest() -> None:
    text = built().text
    assert text.count("INSERT INTO") == len(business().routes) + 1
    assert text.startswith("EXECUTE STATEMENT SET\nBEGIN\n")
    assert text.rstrip().endswith("END;")


def test_the_operation_guard_stays_outside_of_the_condition() -> None:
    any_of = conditions.AnyOf(
        any=[Comparison(field="event_type", equals="A"), Comparison(field="event_type", equals="B")]
    )
    text = built(with_route(when=any_of)).text
    assert "WHERE `__op` IN ('c', 'r') AND ((`event_type` = 'A' OR `event_type` = 'B'));" in text


def test_operations_that_a_route_asks_for() -> None:
    text = built(with_route(on=["delete"])).text
    assert "WHERE `__op` IN ('d') AND (`event_type` = 'CarCreated');" in text
    assert "CASE WHEN `__op` IN ('c', 'r', 'd') THEN" in text


def test_the_unrouted_insert_takes_what_is_unknown_too() -> None:
    last = built().text.split("INSERT INTO `unrouted-event-headers`")[1]
    assert last.rstrip().removesuffix("END;").rstrip().endswith(") IS NOT TRUE;")


def test_the_name_follows_text_and_properties() -> None:
    name = built().name()
    assert len(name) <= STATEMENT_LIMIT
    assert built().name() == name
    assert built().name("other") != name
    assert built(with_route(topic="filtered-other")).name() != name
    assert render.build(sets.pack(business()), "cdc-prod", "cdc-prod", "other")[0].name() != name


def test_a_statement_that_is_too_long_is_refused() -> None:
    original = business()
    many = tuple(original.routes[0].model_copy(update={"name": f"r{n}", "topic": f"filtered-{n}"}) for n in range(400))
    group = sets.Group("event-headers", original.sources[0], many, many, None)
    with pytest.raises(CdcError, match="characters; Flink takes 131072"):
        render.statement(group, "cdc-prod", {})


def test_the_template_uses_exactly_what_it_is_given() -> None:
    source = (render.TEMPLATES / "routing.sql.j2").read_text()
    assert jinja2.meta.find_undeclared_variables(render.engine().parse(source)) == {"source", "inserts"}


@given(st.text(max_size=40))
def test_any_text_survives_as_a_literal(value: str) -> None:
    quoted = sql.literal(value)
    assert quoted[0] == quoted[-1] == "'"
    assert quoted[1:-1].replace("''", "'") == value
    assert "'" not in quoted[1:-1].replace("''", "")


def test_a_back_tick_never_becomes_a_name() -> None:
    with pytest.raises(ValueError, match="back-tick"):
        sql.identifier("a`b")


@pytest.mark.parametrize(
    ("test", "wanted"),
    [
        ({"field": "f", "equals": "x"}, "`f` = 'x'"),
        ({"field": "n", "equals": 5}, "`n` = 5"),
        ({"field": "b", "equals": True}, "`b` = TRUE"),
        ({"field": "f", "notEquals": "x"}, "`f` <> 'x'"),
        ({"field": "f", "in": ["a", "b"]}, "`f` IN ('a', 'b')"),
        ({"field": "f", "notIn": ["a"]}, "`f` NOT IN ('a')"),
        ({"field": "f", "isNull": True}, "`f` IS NULL"),
        ({"field": "f", "isNotNull": True}, "`f` IS NOT NULL"),
        ({"field": "f", "equals": "O'Hara"}, "`f` = 'O''Hara'"),
        ({"field": "n", "gt": 5}, "`n` > 5"),
        (
            {"field": "d", "gte": 5},
            "CASE WHEN ABS(`d`) <= 1.7976931348623157E308 THEN CAST(`d` AS DOUBLE) END >= 5.0E0",
        ),
        (
            {"field": "d", "lt": 1e-7},
            "CASE WHEN ABS(`d`) <= 1.7976931348623157E308 THEN CAST(`d` AS DOUBLE) END < 1E-07",
        ),
        (
            {"field": "m", "lte": 2.5},
            "({d} <= 2.5E0 AND ({d} < 2.5E0 OR TRY_CAST(`m` AS DECIMAL(38, 36)) <= CAST('2.5' AS DECIMAL(38, 36))))".replace(
                "{d}", "TRY_CAST(REPLACE(`m`, 'NaN', 'x') AS DOUBLE)"
            ),
        ),
        (
            {"field": "m", "in": [9007199254740993, "0.1"]},
            "(TRY_CAST(REPLACE(`m`, 'NaN', 'x') AS DOUBLE) IN (9007199254740992.0E0, 0.1E0) AND TRY_CAST(`m` AS DECIMAL(38, 21)) IN (CAST('9007199254740993' AS DECIMAL(38, 21)), CAST('0.1' AS DECIMAL(38, 21))))",
        ),
        ({"field": "f", "like": r"50\%_!"}, r"`f` LIKE '50!%_!!' ESCAPE '!'"),
        ({"field": "f", "like": r"a\\b%"}, r"`f` LIKE 'a\b%' ESCAPE '!'"),
        ({"field": "n", "between": [1, 2]}, "`n` BETWEEN 1 AND 2"),
        ({"field": "f", "like": "a%"}, "`f` LIKE 'a%'"),
        ({"field": "f", "matches": "^a.$"}, r"REGEXP(`f`, '^a[^\n]\z')"),
        ({"field": "f", "startsWith": "ab"}, "LEFT(`f`, 2) = 'ab'"),
        ({"field": "f", "contains": "a"}, "POSITION('a' IN `f`) > 0"),
        ({"field": "j", "path": "$.a", "exists": True}, "JSON_EXISTS(`j`, 'lax $.a')"),
        (
            {"field": "j", "path": "$.a", "equals": "x"},
            "JSON_VALUE(`j`, 'lax $.a' NULL ON EMPTY NULL ON ERROR) = 'x'",
        ),
        (
            {"field": "j", "path": "$.n", "gt": 1},
            "({d} >= 1.0E0 AND ({d} > 1.0E0 OR TRY_CAST(REGEXP_REPLACE({j}, '[eE]-[0-9]{4,}', 'e-999') AS DECIMAL(38, 36)) > CAST('1' AS DECIMAL(38, 36))))".replace(
                "{d}", "TRY_CAST(REPLACE({j}, 'NaN', 'x') AS DOUBLE)"
            ).replace("{j}", "JSON_VALUE(`j`, 'lax $.n' NULL ON EMPTY NULL ON ERROR)"),
        ),
        (
            {"field": "j", "path": "$.b[0].c", "equals": False},
            "CASE JSON_VALUE(`j`, 'lax $.b[0].c' NULL ON EMPTY NULL ON ERROR) "
            "WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END = FALSE",
        ),
    ],
)
def test_every_operator(test: dict[str, Any], wanted: str) -> None:
    assert sql.condition(COLUMNS, Comparison.model_validate(test)) == wanted


def test_times_are_compared_as_digits() -> None:
    text = sql.condition(COLUMNS, Comparison(field="t", gt="2026-01-31T10:00:00.5Z"))
    assert text.startswith("CASE WHEN REGEXP(`t`, '^[1-9]")
    assert text.endswith("RPAD(REPLACE(REPLACE(`t`, 'Z', ''), '.', ''), 28, '0') END > '2026-01-31T10:00:00500000000'")


def test_not_binds_its_whole_part() -> None:
    inner = conditions.AllOf(all=[Comparison(field="n", equals=1), Comparison(field="n", equals=2)])
    assert sql.condition(COLUMNS, conditions.Not(not_=inner)) == "NOT (`n` = 1 AND `n` = 2)"
    assert sql.condition(COLUMNS, conditions.Not(not_=Comparison(field="n", equals=1))) == "NOT (`n` = 1)"


def test_columns_are_dropped_renamed_and_masked() -> None:
    choice = routes.Choice(
        drop=["saved_date"],
        rename={"event_name": "name"},
        mask={"event_type": "hash", "created_date": "redact", "header_data": "null"},
    )
    text = built(with_route(columns=choice)).text.split("INSERT INTO")[1]
    assert "(\n  `id`, `name`, `event_type`, `created_date`, `header_data`, `__op`" in text
    assert (
        "`id`, `event_name`, SHA256(`event_type`), CASE WHEN `created_date` IS NOT NULL THEN '***' END, "
        "CAST(NULL AS STRING), `__op`" in text
    )
