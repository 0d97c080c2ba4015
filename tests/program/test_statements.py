"""From routes to SQL: golden text, the operation guard, names that follow the text."""

from pathlib import Path
from typing import Any

import jinja2
import jinja2.meta
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stacks import predicates, routes, statements
from stacks.errors import CdcError
from stacks.naming import STATEMENT_LIMIT
from stacks.predicates import Test as Condition
from stacks.routes import Routes
from tests.conftest import Golden

ROOT = Path(__file__).parents[2]


def business() -> Routes:
    loaded, faults = routes.load(ROOT / "routes.yaml")
    assert loaded is not None
    assert faults == []
    return loaded


def built(changed: Routes | None = None) -> statements.Statement:
    return statements.build(changed or business(), "cdc-prod", "cdc-prod", "events")[0]


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
    any_of = predicates.AnyOf(
        any=[Condition(field="event_type", equals="A"), Condition(field="event_type", equals="B")]
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
    name = built().name
    assert len(name) <= STATEMENT_LIMIT
    assert built().name == name
    assert built(with_route(topic="filtered-other")).name != name
    assert statements.build(business(), "cdc-prod", "cdc-prod", "other")[0].name != name


def test_a_statement_that_is_too_long_is_refused() -> None:
    original = business()
    many = [original.routes[0].model_copy(update={"name": f"r{n}", "topic": f"filtered-{n}"}) for n in range(400)]
    with pytest.raises(CdcError, match="characters; Flink takes 131072"):
        built(original.model_copy(update={"routes": many}))


def test_the_template_uses_exactly_what_it_is_given() -> None:
    source = (statements.TEMPLATES / "routing.sql.j2").read_text()
    assert jinja2.meta.find_undeclared_variables(statements.engine().parse(source)) == {"source", "inserts"}


@given(st.text(max_size=40))
def test_any_text_survives_as_a_literal(value: str) -> None:
    quoted = predicates.literal(value)
    assert quoted[0] == quoted[-1] == "'"
    assert quoted[1:-1].replace("''", "'") == value
    assert "'" not in quoted[1:-1].replace("''", "")


def test_a_back_tick_never_becomes_a_name() -> None:
    with pytest.raises(ValueError, match="back-tick"):
        predicates.identifier("a`b")


@pytest.mark.parametrize(
    ("test", "sql"),
    [
        ({"equals": "x"}, "`f` = 'x'"),
        ({"equals": 5}, "`f` = 5"),
        ({"equals": True}, "`f` = TRUE"),
        ({"notEquals": "x"}, "`f` <> 'x'"),
        ({"in": ["a", "b"]}, "`f` IN ('a', 'b')"),
        ({"notIn": ["a"]}, "`f` NOT IN ('a')"),
        ({"isNull": True}, "`f` IS NULL"),
        ({"isNotNull": True}, "`f` IS NOT NULL"),
        ({"equals": "O'Hara"}, "`f` = 'O''Hara'"),
    ],
)
def test_every_operator(test: dict[str, Any], sql: str) -> None:
    assert predicates.sql(Condition.model_validate({"field": "f", **test})) == sql


def test_not_binds_its_whole_part() -> None:
    inner = predicates.AllOf(all=[Condition(field="a", equals=1), Condition(field="b", equals=2)])
    assert predicates.sql(predicates.Not(not_=inner)) == "NOT (`a` = 1 AND `b` = 2)"
    assert predicates.sql(predicates.Not(not_=Condition(field="a", equals=1))) == "NOT (`a` = 1)"
