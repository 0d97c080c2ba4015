"""Conditions of routes: what a product team writes.

A condition is a comparison of one field (`{field: event_type, equals: CarCreated}`), of a path in a JSON column
(`{field: header_data, path: $.customer.tier, equals: gold}`), or a combination (`all`, `any`, `not`). SQL's three-valued
logic holds: a test of a NULL is unknown, and a route takes only rows whose condition is true. docs/routes.md defines
each operator; sql.py and evaluate.py beside this file say the same in SQL and in Python.
"""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag, field_validator, model_validator

from stacks.errors import Place
from stacks.files.base import ColumnName, Model
from stacks.routes.columns import JsonPath
from stacks.routes.regex import checked, like_parts

Value = str | int | bool | float
Text = Annotated[str, Field(min_length=1, max_length=1000)]
Values = Annotated[list[Value], Field(min_length=1, max_length=10_000)]
FILE = {
    "type": "object",
    "properties": {"file": {"type": "string"}},
    "required": ["file"],
    "additionalProperties": False,
}
Flag = Annotated[bool, Field(strict=True)]
ALIASES = {"in": "in_"}
ORDERING = ("gt", "gte", "lt", "lte", "between")
TEXTUAL = ("matches", "like", "starts_with", "contains")
NULLNESS = ("is_null", "is_not_null", "exists")
OPERATORS = ("equals", "not_equals", "in_", "not_in", *ORDERING, *TEXTUAL, *NULLNESS)


def or_file(schema: dict[str, Any]) -> None:
    """For editors: a list, or a file that holds it (value_files.py puts it in place)."""
    schema["anyOf"] = [*schema["anyOf"], FILE]


class Comparison(Model):
    """One field and exactly one operator."""

    field: ColumnName
    path: JsonPath | None = None
    equals: Value | None = None
    not_equals: Value | None = None
    in_: Annotated[Values | None, Field(alias="in", json_schema_extra=or_file)] = None
    not_in: Annotated[Values | None, Field(json_schema_extra=or_file)] = None
    gt: Value | None = None
    gte: Value | None = None
    lt: Value | None = None
    lte: Value | None = None
    between: Annotated[list[Value], Field(min_length=2, max_length=2)] | None = None
    matches: Text | None = None
    like: Text | None = None
    starts_with: Text | None = None
    contains: Text | None = None
    is_null: Flag | None = None
    is_not_null: Flag | None = None
    exists: Flag | None = None

    @field_validator("matches")
    @classmethod
    def readable_everywhere(cls, value: str | None) -> str | None:
        return None if value is None else checked(value)

    @field_validator("like")
    @classmethod
    def unambiguous(cls, value: str | None) -> str | None:
        if value is not None:
            like_parts(value)
        return value

    @model_validator(mode="after")
    def one_operator(self) -> "Comparison":
        given = [name for name in OPERATORS if name in self.model_fields_set]
        if len(given) != 1:
            names = ", ".join(operator_name(name) for name in OPERATORS)
            raise ValueError(f"a comparison needs exactly one operator of {names}; found {len(given)}")
        if getattr(self, given[0]) is None or (getattr(self, given[0]) is False and given[0] in NULLNESS):
            raise ValueError(f"{operator_name(given[0])} needs a value; use isNull: true or isNotNull: true for NULL")
        return self

    @property
    def operator(self) -> str:
        """The operator's attribute name."""
        return next(name for name in OPERATORS if name in self.model_fields_set)

    @property
    def values(self) -> list[Value]:
        """The values compared with; empty for the operators of NULL and of existence."""
        value: Any = getattr(self, self.operator)
        if self.operator in NULLNESS:
            return []
        return value if isinstance(value, list) else [value]

    def __str__(self) -> str:
        where = f"{self.field} {self.path}" if self.path else self.field
        shown = "" if self.operator in NULLNESS else f" {getattr(self, self.operator)!r}"
        return f"{where} {operator_name(self.operator)}{shown}"


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
    """Which form a condition has, so that a finding is reported once and not per form."""
    names = set(value) if isinstance(value, dict) else set(getattr(value, "model_fields_set", ()))
    return next((name for name in ("all", "any", "not") if {name, name + "_"} & names), "test")


Condition = Annotated[
    Annotated[Comparison, Tag("test")]
    | Annotated[AllOf, Tag("all")]
    | Annotated[AnyOf, Tag("any")]
    | Annotated[Not, Tag("not")],
    Discriminator(kind),
]


def operator_name(attribute: str) -> str:
    """The operator as it is written in files."""
    return {"in_": "in"}.get(attribute, "".join(p.title() if n else p for n, p in enumerate(attribute.split("_"))))


def alternatives(conditions: Iterable[Condition]) -> list[Condition]:
    """Conditions of which one must be true, with the plain values of each field gathered into one `in`."""
    kept: list[Condition | tuple[str, str | None]] = []
    gathered: dict[tuple[str, str | None], list[Comparison]] = {}
    for one in conditions:
        if not isinstance(one, Comparison) or one.operator not in ("equals", "in_"):
            kept.append(one)
            continue
        place = (one.field, one.path)
        if place not in gathered:
            kept.append(place)
        gathered.setdefault(place, []).append(one)
    return [one_of(gathered[item]) if isinstance(item, tuple) else item for item in kept]


def one_of(tests: list[Comparison]) -> Comparison:
    """One comparison with the values of several of one field."""
    if len(tests) == 1:
        return tests[0]
    values = list(dict.fromkeys(value for test in tests for value in test.values))
    place = {"field": tests[0].field, "path": tests[0].path}
    return Comparison.model_construct(
        {"field", "path", "in_"}, **place, in_=values
    )  # may have more values than one may write


def comparisons(condition: Condition, place: Place = ()) -> Iterator[tuple[Place, Comparison]]:
    """Every comparison in a condition with its place (`("all", 0)`), left to right."""
    match condition:
        case Comparison():
            yield place, condition
        case AllOf(all=inner) | AnyOf(any=inner):
            name = "all" if isinstance(condition, AllOf) else "any"
            for number, part in enumerate(inner):
                yield from comparisons(part, (*place, name, number))
        case Not(not_=part):
            yield from comparisons(part, (*place, "not"))


for model in (AllOf, AnyOf, Not):
    model.model_rebuild()
