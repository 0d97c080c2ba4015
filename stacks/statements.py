"""From routes to Flink statements: one EXECUTE STATEMENT SET per source, so that the source is read once."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from stacks import avro, naming, predicates
from stacks.errors import CdcError
from stacks.routes import OP_CODES, Route, Routes, Source

TEMPLATES = Path(__file__).parents[1] / "sql_templates"
TEXT_LIMIT = 128 * 1024  # characters the Flink API takes
REASON = {"name": "reason", "type": "string", "doc": "Why no route took the row."}


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement to submit: its name (a hash of text and properties), text, properties, and the routes it serves."""

    name: str
    text: str
    properties: dict[str, str]
    source: str
    routes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Insert:
    """One INSERT of a set: target topic, condition, and the expressions of columns that the source does not have."""

    topic: str
    columns: list[str]
    expressions: list[str]
    where: str


def engine() -> Environment:
    """Jinja with the two filters that templates may use."""
    jinja = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # noqa: S701 - SQL, not HTML; the filters quote
    )
    jinja.filters |= {"ident": predicates.identifier, "literal": predicates.literal}
    return jinja


def guard(route: Route) -> str:
    """The operation guard, outside the route's own condition: `op AND (a OR b)`."""
    codes = ", ".join(predicates.literal(OP_CODES[operation]) for operation in route.on)
    return f"`__op` IN ({codes}) AND ({predicates.sql(route.when)})"


def insert(route: Route) -> Insert:
    """A route's INSERT."""
    columns = avro.routed(route.source)[1].columns
    return Insert(route.topic, columns, [predicates.identifier(c) for c in columns], guard(route))


def unrouted(source: Source, routes: list[Route]) -> Insert:
    """The INSERT of what no route takes: also where every condition is unknown."""
    columns = avro.routed(source.name)[1].columns
    taken = sorted({code for route in routes for code in route.on}, key=list(OP_CODES).index)
    codes = ", ".join(predicates.literal(OP_CODES[operation]) for operation in taken)
    no_match, other = (
        predicates.literal("no route matches"),
        predicates.literal("no route takes this operation"),
    )
    reason = f"CASE WHEN `__op` IN ({codes}) THEN {no_match} ELSE {other} END" if taken else no_match
    where = " OR ".join(f"({guard(route)})" for route in routes) or "FALSE"
    expressions = [*(predicates.identifier(c) for c in columns), reason]
    return Insert(source.unrouted_topic, [*columns, "reason"], expressions, f"({where}) IS NOT TRUE")


def properties(catalog: str, database: str) -> dict[str, str]:
    """Session properties of a routing statement. Routers need no watermarks, so their alignment is off."""
    return {
        "sql.current-catalog": catalog,
        "sql.current-database": database,
        "sql.tables.scan.watermark-alignment.max-allowed-drift": "0",
    }


def build(routes: Routes, environment: str, catalog: str, database: str) -> list[Statement]:
    """Every statement of an environment. Raises CdcError when one would be longer than Flink takes."""
    return [
        statement(source, routes.of(source), environment, properties(catalog, database)) for source in routes.sources
    ]


def statement(source: Source, routes: list[Route], environment: str, session: dict[str, str]) -> Statement:
    """The statement of one source."""
    inserts = [*(insert(route) for route in routes), unrouted(source, routes)]
    text = render("routing.sql.j2", {"source": source.topic, "inserts": inserts})
    if len(text) > TEXT_LIMIT:
        message = f"the statement of source {source.name} has {len(text)} characters; Flink takes {TEXT_LIMIT}"
        raise CdcError(message, "split the source's routes")
    name = naming.statement(environment, source.name, text + json.dumps(session, sort_keys=True))
    return Statement(name, text, session, source.name, tuple(route.name for route in routes))


def render(template: str, values: dict[str, Any]) -> str:
    """A template's text."""
    return engine().get_template(template).render(values)
