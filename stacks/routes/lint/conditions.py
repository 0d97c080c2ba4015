"""Conditions against the columns they test."""

from collections.abc import Iterator

from stacks.errors import Finding, Place
from stacks.routes import sql, written
from stacks.routes.column_types import LARGE, Family
from stacks.routes.columns import METADATA, operand
from stacks.routes.conditions import ORDERING, TEXTUAL, Comparison, comparisons, operator_name
from stacks.routes.lint.literals import check as check_literals
from stacks.routes.model import Route, Routes, Source

EQUALITY = {"equals", "not_equals"}
MEMBERSHIP = {"in_", "not_in"}
NULLS = {"is_null", "is_not_null"}
OPERATORS: dict[Family, set[str]] = {
    "string": EQUALITY | MEMBERSHIP | set(ORDERING) | set(TEXTUAL) | NULLS,
    "number": EQUALITY | MEMBERSHIP | set(ORDERING) | NULLS,
    "integer": EQUALITY | MEMBERSHIP | set(ORDERING) | NULLS,
    "timestamp": EQUALITY | MEMBERSHIP | set(ORDERING) | NULLS,
    "local_timestamp": EQUALITY | MEMBERSHIP | set(ORDERING) | NULLS,
    "date": EQUALITY | MEMBERSHIP | set(ORDERING) | NULLS,
    "time": EQUALITY | MEMBERSHIP | set(ORDERING) | NULLS,
    "enum": EQUALITY | MEMBERSHIP | set(TEXTUAL) | NULLS,
    "boolean": EQUALITY | NULLS,
    "list": {"contains"} | NULLS,
    "opaque": NULLS,
    "json": NULLS,
}
SOURCE_LIMIT = 120 * 1024  # characters of all conditions of a source: its unrouted statement has them all
CONDITION_LIMIT = 56 * 1024  # characters: a route's text is in its INSERT and in the unrouted one


def check(routes: Routes) -> Iterator[Finding]:
    """Every route's condition and examples."""
    sources = {source.name: source for source in reversed(routes.sources)}
    sizes = dict.fromkeys(sources, 0)
    for n, route in enumerate(routes.routes):
        if source := sources.get(route.source):
            place: Place = ("routes", n)
            found = [
                problem
                for where, comparison in comparisons(route.when)
                for problem in tested(source, place, where, comparison)
            ]
            yield from found
            yield from toast(source, place, route)
            yield from examples(source, place, route)
            length = 0 if found else len(sql.condition(source.columns, route.when))
            sizes[source.name] += length * route.taking
            if length > CONDITION_LIMIT:
                hint = "split it into two routes, or test a column that says the same in fewer words"
                problem = f"longer than {CONDITION_LIMIT} characters of SQL"
                yield Finding("condition-too-large", (*place, "when"), problem, hint=hint)
    for n, source in enumerate(routes.sources):
        if sizes[source.name] > SOURCE_LIMIT:
            problem = f"its routes' conditions have {sizes[source.name]} characters of SQL; {SOURCE_LIMIT} fit"
            hint = "what no route takes is found by one statement that has them all: shorten them, or merge routes"
            yield Finding("source-too-large", ("sources", n), problem, source.name, hint)


def tested(source: Source, place: Place, where: Place, comparison: Comparison) -> Iterator[Finding]:
    """One comparison: its field, its operator, its literals."""
    here = (*place, "when", *where)
    what = operand(source.columns, comparison.field, comparison.path)
    if what is None:
        yield unknown(source, here, comparison)
        return
    name = operator_name(comparison.operator)
    if comparison.operator == "exists" and comparison.path:
        return
    if comparison.operator not in OPERATORS[what.family]:
        allowed = ", ".join(operator_name(o) for o in sorted(OPERATORS[what.family]))
        column = source.column(comparison.field)
        kind = column.type if column and not what.path else what.family
        hint = f"a {kind} has {allowed}" + ("; declare a path and test that" if what.family == "json" else "")
        yield Finding("operator-type", (*here, name), f"{what.label} is a {kind}", name, hint)
        return
    yield from check_literals(source, here, comparison, what)


def unknown(source: Source, here: Place, comparison: Comparison) -> Finding:
    """A field or a path that is not declared."""
    column = source.column(comparison.field)
    if column is None and comparison.field not in METADATA:
        known = ", ".join([*(c.name for c in source.columns), *METADATA])
        return Finding(
            "unknown-field", (*here, "field"), "the record has no such field", comparison.field, f"known: {known}"
        )
    declared = ", ".join(column.paths) if column and column.paths else "none"
    hint = f"declare it with its type in the source's column (declared: {declared})"
    return Finding("undeclared-path", (*here, "path"), f"{comparison.field} has no such path", comparison.path, hint)


def toast(source: Source, place: Place, route: Route) -> Iterator[Finding]:
    """An update that leaves a large column alone does not carry it, unless the table's replica identity is full."""
    if source.replica_identity == "full" or not {"update", "delete"} & set(route.on):
        return
    for where, comparison in comparisons(route.when):
        column = source.column(comparison.field)
        if column and not column.key and ("delete" in route.on or column.type in LARGE):
            problem = (
                f"updates and deletes may come without {comparison.field}: the table's replica identity is not full"
            )
            hint = "ALTER TABLE … REPLICA IDENTITY FULL in a numbered DDL file, and replicaIdentity: full here"
            yield Finding("toast", (*place, "when", *where, "field"), problem, comparison.field, hint)


def examples(source: Source, place: Place, route: Route) -> Iterator[Finding]:
    """Columns of examples, and their values."""
    known = {*(c.name for c in source.columns), *METADATA}
    for n, example in enumerate(route.examples):
        for name in example.event:
            if name not in known:
                hint = f"known: {', '.join(sorted(known))}"
                here = (*place, "examples", n, "event", name)
                yield Finding("example-field", here, "the record has no such field", name, hint)
        for name, value, expected in written.bad_values(source, {k: v for k, v in example.event.items() if k in known}):
            here = (*place, "examples", n, "event", name)
            yield Finding("example-value", here, f"no row has this value: {name} is {expected}", value)
