"""Conditions of routes: what a product team writes, and the one place where it becomes SQL.

A condition is a test of one field (`{field: event_type, equals: CarCreated}`) or a combination (`all`, `any`, `not`).
SQL's three-valued logic holds: a test of a NULL is unknown, and a route takes only rows whose condition is true.
"""

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag, model_validator

from stacks.models import ColumnName, Model

Value = str | int | bool
Values = Annotated[list[Value], Field(min_length=1)]
OPERATORS = ("equals", "not_equals", "in_", "not_in", "is_null", "is_not_null")


class Test(Model):
    """A test of one field with exactly one operator."""

    field: ColumnName
    equals: Value | None = None
    not_equals: Value | None = None
    in_: Annotated[Values | None, Field(alias="in")] = None
    not_in: Values | None = None
    is_null: Annotated[bool, Field(strict=True)] | None = None
    is_not_null: Annotated[bool, Field(strict=True)] | None = None

    @model_validator(mode="after")
    def one_operator(self) -> "Test":
        given = [name for name in OPERATORS if name in self.model_fields_set]
        if len(given) != 1:
            names = ", ".join(operator_name(name) for name in OPERATORS)
            raise ValueError(f"a test needs exactly one operator of {names}; found {len(given)}")
        if getattr(self, given[0]) is None or getattr(self, given[0]) is False:
            raise ValueError(f"{operator_name(given[0])} needs a value; use isNull: true or isNotNull: true for NULL")
        return self

    @property
    def operator(self) -> str:
        """The operator's attribute name."""
        return next(name for name in OPERATORS if name in self.model_fields_set)

    @property
    def values(self) -> list[Value]:
        """The values compared with; empty for the two tests of NULL."""
        value: Any = getattr(self, self.operator)
        if self.operator in ("is_null", "is_not_null"):
            return []
        return value if isinstance(value, list) else [value]


class AllOf(Model):
    """True when every part is true."""

    all: Annotated[list["Condition"], Field(min_length=1)]


class AnyOf(Model):
    """True when at least one part is true."""

    any: Annotated[list["Condition"], Field(min_length=1)]


class Not(Model):
    """True when the part is false; unknown stays unknown."""

    not_: Annotated["Condition", Field(alias="not")]


def kind(value: Any) -> str:
    """Which form a condition has, so that a fault is reported once and not per form."""
    names = set(value) if isinstance(value, dict) else set(getattr(value, "model_fields_set", ()))
    return next((name for name in ("all", "any", "not") if {name, name + "_"} & names), "test")


Condition = Annotated[
    Annotated[Test, Tag("test")]
    | Annotated[AllOf, Tag("all")]
    | Annotated[AnyOf, Tag("any")]
    | Annotated[Not, Tag("not")],
    Discriminator(kind),
]


def operator_name(attribute: str) -> str:
    """The operator as it is written in files."""
    return {"in_": "in"}.get(attribute, "".join(p.title() if n else p for n, p in enumerate(attribute.split("_"))))


def tests(condition: Any) -> Iterator[Test]:
    """Every test in a condition, left to right."""
    match condition:
        case Test():
            yield condition
        case AllOf(all=parts) | AnyOf(any=parts):
            for part in parts:
                yield from tests(part)
        case Not(not_=part):
            yield from tests(part)
        case _:
            raise TypeError(f"not a condition: {condition!r}")


def identifier(name: str) -> str:
    """A quoted SQL name. Flink on Confluent cannot escape a back-tick, so the models refuse it; this is the second lock."""
    if "`" in name:
        raise ValueError(f"a name cannot hold a back-tick: {name!r}")
    return f"`{name}`"


def literal(value: Value) -> str:
    """A typed SQL literal."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return str(value)
    return "'" + value.replace("'", "''") + "'"


def sql(condition: Any) -> str:
    """The condition as a SQL expression, safe to put beside AND and OR."""
    match condition:
        case AllOf(all=parts):
            return "(" + " AND ".join(sql(part) for part in parts) + ")"
        case AnyOf(any=parts):
            return "(" + " OR ".join(sql(part) for part in parts) + ")"
        case Not(not_=part):
            return f"NOT {sql(part)}" if isinstance(part, AllOf | AnyOf) else f"NOT ({sql(part)})"
        case _:
            return test_sql(condition)


def test_sql(test: Test) -> str:
    """One test as SQL."""
    field, values = identifier(test.field), [literal(value) for value in test.values]
    forms = {
        "equals": f"{field} = {''.join(values[:1])}",
        "not_equals": f"{field} <> {''.join(values[:1])}",
        "in_": f"{field} IN ({', '.join(values)})",
        "not_in": f"{field} NOT IN ({', '.join(values)})",
        "is_null": f"{field} IS NULL",
        "is_not_null": f"{field} IS NOT NULL",
    }
    return forms[test.operator]


for model in (AllOf, AnyOf, Not):
    model.model_rebuild()
