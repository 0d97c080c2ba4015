"""From routes to Flink statements: an EXECUTE STATEMENT SET per group of routes, so that its source is read once."""

import functools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from stacks import naming
from stacks.errors import CdcError
from stacks.routes import sql, unavailable
from stacks.routes.avro import Selected
from stacks.routes.columns import METADATA
from stacks.routes.conditions import alternatives
from stacks.routes.model import OP_CODES, Route, Source
from stacks.routes.records import REASON, everything, selection
from stacks.statements.sets import Group

TEMPLATES = Path(__file__).parents[2] / "sql_templates"
TEXT_LIMIT = 128 * 1024  # characters the Flink API takes


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement to submit.

    `key` is what it is for, whatever its text (see packing.Group). `start` is where it begins when there is nothing to
    continue from (None: the earliest record). `topics`: what it reads (first) and writes.
    """

    key: str
    environment: str
    text: str
    properties: dict[str, str]
    source: str
    topics: tuple[str, ...]
    routes: tuple[str, ...]
    start: str | None
    carries: bool

    def name(self, carried_from: str = "", start: str = "") -> str:
        """Its name: another one for each text, and for each statement that it continues from.

        So a change that is taken back half-way does not meet the statement that is still there.
        """
        identity = self.text + json.dumps(self.properties, sort_keys=True) + carried_from + start
        return naming.statement(self.environment, self.key.replace(".", "-"), identity)


@dataclass(frozen=True, slots=True)
class Insert:
    """One INSERT of a set: target topic, its columns, the expressions they are filled with, and the condition."""

    topic: str
    columns: list[str]
    expressions: list[str]
    where: str


@functools.cache
def engine() -> Environment:
    """Jinja with the two filters that templates may use."""
    jinja = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # noqa: S701 - SQL, not HTML; the filters quote
    )
    jinja.filters |= {"ident": sql.identifier, "literal": sql.literal}
    return jinja


def guard(source: Source, routes: Sequence[Route]) -> str:
    """The operation guard, outside the routes' own conditions: `op AND (a OR b)`. The routes have the same operations."""
    codes = ", ".join(sql.literal(OP_CODES[operation]) for operation in routes[0].on)
    conditions = [f"({sql.condition(source.columns, one)})" for one in alternatives(route.when for route in routes)]
    wanted = sql.joined(conditions, "OR")
    return f"`__op` IN ({codes}) AND {wanted if len(conditions) == 1 else f'({wanted})'}"


def insert(source: Source, route: Route) -> Insert:
    """A route's INSERT."""
    return Insert(route.topic, *filled(source, selection(source, route)), guard(source, [route]))


def filled(source: Source, chosen: Sequence[Selected]) -> tuple[list[str], list[str]]:
    """Columns and their expressions."""
    columns, expressions = [one.name for one in chosen], [shown(source, one) for one in chosen]
    names = unavailable.names(chosen)
    return [*columns, *[unavailable.FIELD for _ in names]], [*expressions, *names]


def shown(source: Source, choice: Selected) -> str:
    """A column's value, masked where the route says so."""
    name = unavailable.known(choice)
    match choice.mask:
        case "hash":
            return f"SHA256({name})"
        case "redact":
            return f"CASE WHEN {name} IS NOT NULL THEN '***' END"
        case "null":
            column = source.column(choice.origin)
            kind = column.mapping.sql if column else type_of(choice.origin)
            return f"CAST(NULL AS {kind})"
        case _:
            return name


def type_of(metadata: str) -> str:
    """The SQL type of a field that the connector adds."""
    return "BIGINT" if METADATA[metadata] == "integer" else "STRING"


def unrouted(source: Source, routes: Sequence[Route]) -> Insert:
    """The INSERT of what no route takes: also where every condition is unknown."""
    columns, expressions = filled(source, everything(source))
    taken = sorted({code for route in routes for code in route.on}, key=list(OP_CODES).index)
    codes = ", ".join(sql.literal(OP_CODES[operation]) for operation in taken)
    no_match, other = sql.literal("no route matches"), sql.literal("no route takes this operation")
    reason = f"CASE WHEN `__op` IN ({codes}) THEN {no_match} ELSE {other} END" if taken else no_match
    where = " OR ".join(f"({guard(source, alike)})" for alike in by_operations(routes)) or "FALSE"
    return Insert(source.unrouted_topic, [*columns, REASON["name"]], [*expressions, reason], f"({where}) IS NOT TRUE")


def by_operations(routes: Sequence[Route]) -> list[list[Route]]:
    """Routes that take the same operations, together."""
    found: dict[tuple[str, ...], list[Route]] = {}
    for route in routes:
        found.setdefault(tuple(route.on), []).append(route)
    return list(found.values())


def properties(catalog: str, database: str) -> dict[str, str]:
    """Session properties of a routing statement. Routers need no watermarks, so their alignment is off."""
    return {
        "sql.current-catalog": catalog,
        "sql.current-database": database,
        "sql.tables.scan.watermark-alignment.max-allowed-drift": "0",
    }


def build(groups: Sequence[Group], environment: str, catalog: str, database: str) -> list[Statement]:
    """Every statement of an environment. Raises CdcError when one would be longer than Flink takes."""
    return [statement(group, environment, properties(catalog, database)) for group in groups]


def statement(group: Group, environment: str, session: dict[str, str]) -> Statement:
    """The statement of a group of routes."""
    source = group.source
    inserts = [insert(source, route) for route in group.routes]
    if group.rest is not None:
        inserts.append(unrouted(source, group.rest))
    text = render("routing.sql.j2", {"source": source.topic, "inserts": inserts})
    if len(text) > TEXT_LIMIT:
        raise CdcError(
            f"the statement {group.key} has {len(text)} characters; Flink takes {TEXT_LIMIT}", shorter(group)
        )
    routes = tuple(route.name for route in group.routes)
    topics = (source.topic, *(one.topic for one in inserts))
    return Statement(group.key, environment, text, session, source.name, topics, routes, group.start, group.carries)


def shorter(group: Group) -> str:
    """What helps against a statement that is too long."""
    if group.routes:
        return "lower flink.routesPerStatement, or give large routes isolation: dedicated"
    return "it repeats the condition of every route of its source: shorten them, or give some of the tables a topic of their own"


def render(template: str, values: dict[str, Any]) -> str:
    """A template's text."""
    return engine().get_template(template).render(values)
