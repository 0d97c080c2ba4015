"""Events are checked before they are written: what PostgreSQL and JSON can hold, then JSON Schemas (2020-12), all problems at once.

`header`: the event's header, and of each entity its own header. `entities`: also each entity by the schema of its type. A schema of
schemas/events that fixes `entityHeader.entityType` is a type's own; the event types it belongs to stand in its `x-eventTypes`.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

from events_api import values

MOST_PROBLEMS = 20
MOST_TEXT = 200  # characters of a problem, a path or an id that are repeated to the caller
Problem = dict[str, str]


def schemas() -> Path:
    """schemas/events: beside the packages in the archive, in the project's root otherwise."""
    here = Path(__file__).resolve()
    return next(folder for up in (1, 2) if (folder := here.parents[up] / "schemas" / "events").is_dir())


@cache
def documents() -> dict[str, Any]:
    """The schemas by file name."""
    return {file.stem: json.loads(file.read_text()) for file in sorted(schemas().glob("*.json"))}


def compiled(schema: Any) -> Any:
    """A validator that finds what the schema refers to."""
    registry = jsonschema_rs.Registry([(known["$id"], known) for known in documents().values()])
    return jsonschema_rs.validator_for(schema, registry=registry, validate_formats=True)


@cache
def validator() -> Any:
    """The compiled schema of an event: its header, and its entities' headers."""
    return compiled(documents()["event"])


@cache
def by_entity_type() -> dict[str, Any]:
    """The schema documents of entity types, by type."""
    found: dict[str, Any] = {}
    for schema in documents().values():
        header = schema.get("properties", {}).get("entityHeader", {})
        for part in header.get("allOf", []):
            if kind := part.get("properties", {}).get("entityType", {}).get("const"):
                found[kind] = schema
    return found


@cache
def entity_validators() -> dict[str, Any]:
    """The compiled schemas of entity types."""
    return {kind: compiled(schema) for kind, schema in by_entity_type().items()}


@cache
def event_types() -> frozenset[str]:
    """The event types that the schemas of entities name."""
    return frozenset(kind for schema in by_entity_type().values() for kind in schema.get("x-eventTypes", []))


def identity(event: Any) -> str | None:
    """The event's id, if it says one."""
    header = event.get("eventHeader") if isinstance(event, dict) else None
    value = header.get("uuid") if isinstance(header, dict) else None
    return cut(value) if isinstance(value, str) else None


def problems(event: Any, mode: str = "header") -> list[Problem]:
    """Every problem as {path, problem}; paths are JSON Pointers (RFC 6901). Empty for a valid event."""
    found = [problem(path, text) for path, text in values.unstorable(event)]
    if not found and not validator().is_valid(event):
        found = [problem(pointer(e.instance_path), e.message) for e in validator().iter_errors(event)]
    if not found:
        found = [problem(path, text) for path, text in values.bad_times(event)]
    if not found and mode == "entities":
        found = typed(event)
    return found[:MOST_PROBLEMS]


def typed(event: Mapping[str, Any]) -> list[Problem]:
    """What is wrong by the types of the event and of its entities."""
    found: list[Problem] = []
    if event["eventHeader"].get("eventType") not in event_types():
        found.append(problem("/eventHeader/eventType", f"must be one of {', '.join(sorted(event_types()))}"))
    known = entity_validators()
    for number, entity in enumerate(event["entities"]):
        kind, path = entity["entityHeader"]["entityType"], f"/entities/{number}"
        if kind not in known:
            found.append(problem(f"{path}/entityHeader/entityType", f"must be one of {', '.join(sorted(known))}"))
            continue
        found += [problem(path + pointer(e.instance_path), e.message) for e in known[kind].iter_errors(entity)]
    return found


def problem(path: str, text: str) -> Problem:
    """One problem, of bounded size: an answer must stay below Lambda's 6 MB whatever was sent."""
    return {"path": cut(path) or "/", "problem": cut(text)}


def cut(text: str) -> str:
    """The text's beginning, of characters that every reader of JSON takes."""
    shown = text if len(text) <= MOST_TEXT else f"{text[:MOST_TEXT]}…"
    return shown.encode("utf-8", "replace").decode()


def pointer(path: list[Any]) -> str:
    """A JSON Pointer."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)
