"""A span of a route's past as a route of its own: into a side topic, with a consumer, by the program's own rights and SQL.

Why a route: nobody but the statements' account may write routed topics, on Confluent as here; and a route is seen in the plan.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import yaml

from cli.planning.routes_text import span_of, trimmed
from stacks.errors import CdcError
from stacks.routes.model import Consumer, Route, Routes

SUFFIX = "-replay"
RETIRED = "retire: true"
COMMITTED = "__source_ts_ms"  # the commit's time in the database, in milliseconds


@dataclass(frozen=True, slots=True)
class Span:
    """From (inclusive) to (exclusive), Unix milliseconds."""

    begin: int
    end: int

    @classmethod
    def of(cls, begin: str, end: str) -> "Span":
        """Two UTC times like 2026-01-31T10:00:00Z. CdcError for others, and for an end before its beginning."""
        found = cls(milliseconds("--from", begin), milliseconds("--to", end))
        if found.begin >= found.end:
            raise CdcError(f"--to {end} is not after --from {begin}", "the end is not part of the span")
        return found


def milliseconds(option: str, text: str) -> int:
    """A time as a number. CdcError when it is none, or has no zone."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise CdcError(f"{option} {text!r} is no time with a zone", f"write it like {option} 2026-01-31T10:00:00Z")
    return int(moment.timestamp() * 1000)


def instant(value: int) -> str:
    """As routes.yaml writes it."""
    moment = datetime.fromtimestamp(value / 1000, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{value % 1000:03d}Z"


def route_named(routes: Routes, name: str) -> Route:
    """A route that takes events. CdcError when there is none of that name."""
    found = next((route for route in routes.routes if route.name == name and route.taking), None)
    if found is None:
        known = ", ".join(route.name for route in routes.routes if route.taking)
        raise CdcError(f"there is no active route {name}", f"known: {known}")
    return found


def replay(routes: Routes, route: Route, span: Span, topic: str | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """The route and its consumer, as routes.yaml writes them. CdcError when the file has them already."""
    name = f"{route.name}{SUFFIX}"
    if any(other.name == name for other in routes.routes):
        raise CdcError(
            f"routes.yaml has a route {name} already", f"end that one first: ./cdc replay {route.name} --end"
        )
    written = route.model_dump(mode="json", by_alias=True, exclude_unset=True)
    within = [{"field": COMMITTED, "gte": span.begin}, {"field": COMMITTED, "lt": span.end}]
    kept = {key: written[key] for key in ("source", "owner", "on", "columns", "tags", "partitions") if key in written}
    made = {
        "name": name,
        "description": f"{route.name} again, {instant(span.begin)} to {instant(span.end)}",
        **kept,
        "topic": topic or f"{routes.topic_prefix}{name}",
        "start": instant(span.begin),
        "when": {"all": [written["when"], *within]},
    }
    return made, {"name": f"{name}-consumer", "group": name, "routes": [name]}


def checked(routes: Routes, made: dict[str, Any], consumer: dict[str, Any]) -> Route:
    """The new route as the program reads it: bounds belong to the commit's time."""
    Consumer.model_validate(consumer)
    found = Route.model_validate(made)
    if not found.topic.startswith(routes.topic_prefix):
        raise CdcError(
            f"--to-topic {found.topic} does not begin with {routes.topic_prefix}",
            "statements may write topics with this prefix, and no others",
        )
    return found


def block(item: dict[str, Any], comment: str = "") -> str:
    """An item of a list in routes.yaml."""
    lines = yaml.safe_dump(item, sort_keys=False, allow_unicode=True, width=110).splitlines()
    head = [f"  # {comment}"] if comment else []
    return "\n".join([*head, f"  - {lines[0]}", *(f"    {line}" for line in lines[1:])]) + "\n"


def ended(text: str, route: str) -> tuple[str, bool]:
    """The text with the replay retired and without its consumer; with a retired one taken out (True: it is gone now).

    Two updates, as for every route that somebody reads: the program refuses to delete a topic with consumers.
    """
    name = f"{route}{SUFFIX}"
    span = span_of(text, "routes", name)
    if span is None:
        raise CdcError(f"routes.yaml has no replay of {route}", "nothing was changed")
    lines = text.splitlines(keepends=True)
    begin, end = span[0], trimmed(lines, span[1])
    if any(line.strip() == RETIRED for line in lines[begin:end]):
        begin -= lines[begin - 1].lstrip().startswith("# Replay")
        return "".join(lines[:begin] + lines[end:]), True
    lines.insert(end, f"    {RETIRED}\n")
    return without_consumer("".join(lines), f"{name}-consumer"), False


def without_consumer(text: str, name: str) -> str:
    """The text without a consumer."""
    span, lines = span_of(text, "consumers", name), text.splitlines(keepends=True)
    return text if span is None else "".join(lines[: span[0]] + lines[trimmed(lines, span[1]) :])
