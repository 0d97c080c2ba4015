"""Subjects of Avro, JSON Schema and Protobuf. Apicurio fixes a subject's format for its life and guesses it from the text.

Confluent's registry takes the format from `schemaType`, and lets a subject whose versions were all deleted begin again in
another one.
"""

import json
from typing import Any
from urllib.parse import quote

from local.confluent.context import Cloud
from local.confluent.errors import ApiError
from local.confluent.registry.apicurio import engine

DRAFT = "http://json-schema.org/draft-07/schema#"  # Confluent's default draft


def format_of(schema: dict[str, Any]) -> str:
    """AVRO where nothing is said, as in Confluent's API."""
    return schema.get("schemaType") or "AVRO"


def for_engine(sent: dict[str, Any]) -> dict[str, Any]:
    """What Apicurio is sent: it refuses a JSON Schema that does not show by itself what it is."""
    wanted = {key: value for key, value in sent.items() if key in ("schema", "schemaType", "references") and value}
    if format_of(sent) != "JSON":
        return wanted
    try:
        schema = json.loads(sent["schema"])
    except ValueError as error:
        raise ApiError(422, f"Invalid schema: not JSON ({error})", 42201) from error
    if isinstance(schema, dict) and "$schema" not in schema:
        wanted["schema"] = json.dumps({"$schema": DRAFT, **schema})
    return wanted


async def beside(cloud: Cloud, subject: str, sent: dict[str, Any]) -> str | None:
    """Why a schema cannot stand beside the subject's live versions: they are of another format. None where it can."""
    status, live = await engine(cloud, "GET", f"/subjects/{quote(subject, safe='')}/versions/latest")
    if status != 200 or (kept := kept_format(cloud, subject, live)) == format_of(sent):
        return None
    return f"the subject's versions are of format {kept}, the new schema is {format_of(sent)}"


async def make_room(cloud: Cloud, subject: str, sent: dict[str, Any]) -> None:
    """Before a version is registered: ApiError 409 beside live versions of another format; deleted ones go for good."""
    if why := await beside(cloud, subject, sent):
        earlier = f"Schema being registered is incompatible with an earlier schema for subject {subject!r}"
        raise ApiError(409, f"{earlier}: {why}", 409)
    formats = {format_of(text) for text in texts(cloud, subject).values()} or {"AVRO"}
    if formats - {format_of(sent)}:  # of versions that are deleted, since none is live
        await engine(cloud, "DELETE", f"/subjects/{quote(subject, safe='')}?permanent=true")
        forget(cloud, subject)


def kept_format(cloud: Cloud, subject: str, shown: dict[str, Any]) -> str:
    """The format a version was registered with: Apicurio's answers do not always say it."""
    return format_of({**shown, **(cloud.store.get("schema-text", f"{subject}#{shown['id']}") or {})})


def texts(cloud: Cloud, subject: str) -> dict[str, dict[str, Any]]:
    """What was registered under the subject, by `SUBJECT#ID`."""
    keys = [key for key in cloud.store.keys("schema-text") if key.rpartition("#")[0] == subject]
    return {key: kept for key in keys if (kept := cloud.store.get("schema-text", key))}


def forget(cloud: Cloud, subject: str) -> None:
    """The subject was deleted for good: nothing of it may show in a later one of its name."""
    for key in texts(cloud, subject):
        cloud.store.delete("schema-text", key)


def by_number(cloud: Cloud, number: str) -> dict[str, dict[str, Any]]:
    """What was registered as schema `number`, by subject."""
    keys = [key for key in cloud.store.keys("schema-text") if key.rpartition("#")[2] == number]
    return {key.rpartition("#")[0]: kept for key in keys if (kept := cloud.store.get("schema-text", key))}
