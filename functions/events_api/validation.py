"""Events are checked against schemas/events (JSON Schema 2020-12), all problems at once."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

MOST_PROBLEMS = 20


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
    """The compiled schema of an event."""
    return compiled(documents()["event"])


@cache
def entity_validators() -> dict[str, Any]:
    """Per entity type, its own schema: `oneOf` alone could not say which field is wrong."""
    found: dict[str, Any] = {}
    for schema in documents().values():
        header = schema.get("properties", {}).get("entityHeader", {})
        for part in header.get("allOf", []):
            if kind := part.get("properties", {}).get("entityType", {}).get("const"):
                found[kind] = compiled(schema)
    return found


def identity(event: Any) -> str | None:
    """The event's id, if it says one."""
    header = event.get("eventHeader") if isinstance(event, dict) else None
    value = header.get("uuid") if isinstance(header, dict) else None
    return value if isinstance(value, str) else None


def problems(event: Any) -> list[dict[str, str]]:
    """Every problem as {path, problem}; paths are JSON Pointers (RFC 6901). Empty for a valid event."""
    if validator().is_valid(event):
        return []
    found: list[dict[str, str]] = []
    for error in validator().iter_errors(event):
        path = pointer(error.instance_path)
        inner = entity_problems(event, path)
        found += inner or [{"path": path or "/", "problem": error.message}]
    return found[:MOST_PROBLEMS]


def entity_problems(event: Any, path: str) -> list[dict[str, str]]:
    """For an entity that fits no type: what is wrong by the type that it claims."""
    parts = path.split("/")
    if len(parts) != 3 or parts[1] != "entities" or not parts[2].isdigit():
        return []
    entity = event["entities"][int(parts[2])]
    header = entity.get("entityHeader") if isinstance(entity, dict) else None
    kind = header.get("entityType") if isinstance(header, dict) else None
    known = entity_validators()
    if kind not in known:
        names = ", ".join(sorted(known))
        return [{"path": f"{path}/entityHeader/entityType", "problem": f"must be one of {names}"}]
    errors = known[kind].iter_errors(entity)
    return [{"path": path + pointer(error.instance_path), "problem": error.message} for error in errors]


def pointer(path: list[Any]) -> str:
    """A JSON Pointer."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)
