"""Are the schemas of events usable? A team writes its own into schemas/events."""

import json
from functools import cache
from typing import Any

import jsonschema_rs
from events_api import validation

from stacks.errors import CdcError

UNUSABLE = (ValueError, jsonschema_rs.ReferencingError)
HINT = "schemas/events holds JSON Schemas (2020-12), each with an $id that others may refer to"


@cache
def check() -> None:
    """CdcError that names the file which is no JSON Schema, or refers to what is not there."""
    folder = validation.schemas()
    documents: dict[str, dict[str, Any]] = {}
    for file in sorted(folder.glob("*.json")):
        try:
            found = json.loads(file.read_text())
        except (OSError, ValueError) as error:
            raise CdcError(f"{folder.name}/{file.name}: not JSON: {error}", HINT) from error
        if not isinstance(found, dict) or not isinstance(found.get("$id"), str):
            raise CdcError(f"{folder.name}/{file.name}: not a schema with an $id", HINT)
        documents[file.name] = found
    try:
        compiled(documents)
    except UNUSABLE as error:
        raise CdcError(f"{folder.name}/{culprit(documents)}: {str(error).splitlines()[0]}", HINT) from error


def compiled(documents: dict[str, dict[str, Any]]) -> None:
    """Each, with the others by their ids. One of UNUSABLE for one that is no schema, or refers to what is not there."""
    registry = jsonschema_rs.Registry([(one["$id"], one) for one in documents.values()])
    for one in documents.values():
        jsonschema_rs.validator_for(one, registry=registry)


def culprit(documents: dict[str, dict[str, Any]]) -> str:
    """The first file without which the others refer to nothing that is missing, or that is no schema itself."""
    for name in documents:
        rest = {other: one for other, one in documents.items() if other != name}
        try:
            compiled(rest)
        except UNUSABLE:
            continue
        return name
    return "*.json"
