"""/sr/ID: the Schema Registry. Apicurio answers; what its Confluent API lacks is added here, behind API keys and roles.

Added: authentication and subject roles, the schema text exactly as it was registered, `GET /schemas?subjectPrefix=`,
subject settings that do not fall back to the global one.
"""

import json
from typing import Any
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.confluent import auth, bodies
from local.confluent.context import Cloud
from local.confluent.errors import ApiError
from local.confluent.http import reply, route
from local.confluent.iam import rbac
from local.confluent.registry import formats, levels, paths
from local.confluent.registry.apicurio import engine
from local.confluent.registry.clusters import find_registry

MANAGES = {"DeveloperManage", "ResourceOwner"}


def parts_of(request: Request) -> list[str]:
    """The path below /sr/ID, split before it is unescaped, since subjects may contain `/`."""
    raw = request.scope["raw_path"].decode().split("?")[0]
    return [unquote(part) for part in raw.split("/")[3:] if part]


def subject_of(parts: list[str]) -> str | None:
    """The subject a path is about, if it is about one."""
    if parts[:1] in (["subjects"], ["config"], ["mode"]) and len(parts) > 1:
        return parts[1]
    return parts[2] if parts[:2] == ["compatibility", "subjects"] and len(parts) > 2 else None


def roles_for(method: str, parts: list[str]) -> set[str]:
    """Which roles on the subject permit the call."""
    if parts[:1] in (["config"], ["mode"]) and method != "GET":
        return MANAGES
    if method in ("PUT", "DELETE") or (method == "POST" and parts[:1] == ["subjects"] and parts[2:] == ["versions"]):
        return rbac.WRITES
    return rbac.READS


def authorize(cloud: Cloud, request: Request) -> None:
    """401 for an unknown key, 403 when no role of the key's owner covers the subject."""
    parts, identity = parts_of(request), request.path_params["id"]
    if find_registry(cloud, identity) is None:
        raise ApiError(404, f"Schema Registry cluster {identity} was not found", 40401)
    who = auth.caller(cloud, request, identity)
    if not paths.served(request.method, parts):
        raise ApiError(404, "HTTP 404 Not Found", 404)
    bindings = auth.bindings_of(cloud, who)
    subject = subject_of(parts)
    if not rbac.subject_allowed(bindings, subject, roles_for(request.method, parts)):
        raise ApiError(403, f"{who.principal} may not {request.method} subject {subject or '(any)'}", 40301)


def readable(cloud: Cloud, request: Request, subject: str) -> bool:
    """May the caller read this subject?"""
    bindings = auth.bindings_of(cloud, auth.caller(cloud, request, request.path_params["id"]))
    return rbac.subject_allowed(bindings, subject, rbac.READS)


async def users_of(cloud: Cloud, number: str) -> list[str]:
    """The subjects that have a schema."""
    status, found = await engine(cloud, "GET", f"/schemas/ids/{number}/versions")
    named = [one["subject"] for one in found] if status == 200 else []
    return [*named, *formats.by_number(cloud, number)]


def verbatim(cloud: Cloud, shown: dict[str, Any], subject: str) -> dict[str, Any]:
    """The registry's view of a version, with the text as it was registered."""
    kept = cloud.store.get("schema-text", f"{subject}#{shown['id']}")
    text = kept["schema"] if kept else shown["schema"]
    kind = formats.kept_format(cloud, subject, shown)
    return {"references": [], **shown, "schemaType": kind, "subject": subject, "schema": text}


async def versions(cloud: Cloud, prefix: str) -> list[dict[str, Any]]:
    """Every live version of every subject that starts with `prefix`."""
    found = []
    _, subjects = await engine(cloud, "GET", "/subjects")
    for subject in sorted(s for s in subjects if s.startswith(prefix)):
        path = f"/subjects/{quote(subject, safe='')}/versions"
        status, numbers = await engine(cloud, "GET", path)
        for number in numbers if status == 200 else []:
            status, shown = await engine(cloud, "GET", f"{path}/{number}")
            if status == 200:
                found.append(verbatim(cloud, shown, subject))
    return found


async def with_schema(request: Request) -> dict[str, Any]:
    """The body of a call that sends a schema; 422 without one."""
    sent = await bodies.read(request)
    if not sent.get("schema"):
        raise ApiError(422, "Invalid schema: the body has no schema", 42201)
    return sent


async def register(cloud: Cloud, subject: str, sent: dict[str, Any]) -> tuple[int, Any]:
    """Register a version and remember its text."""
    path = f"/subjects/{quote(subject, safe='')}/versions"
    content = json.dumps(formats.for_engine(sent)).encode()
    await formats.make_room(cloud, subject, sent)
    status, answer = await engine(cloud, "POST", path, content)
    if status == 200:
        key = f"{subject}#{answer['id']}"
        if cloud.store.get("schema-text", key) is None:
            text = {"schema": sent["schema"], "schemaType": formats.format_of(sent)}
            cloud.store.put("schema-text", key, text)
        if setting := cloud.store.get("subject-config", subject):
            await levels.push_setting(cloud, subject, setting)
    return status, answer


async def handle(cloud: Cloud, request: Request) -> Response:
    """Every registry call."""
    parts = parts_of(request)
    subject = subject_of(parts)
    if parts == ["schemas"]:
        found = await versions(cloud, request.query_params.get("subjectPrefix", ""))
        return reply([one for one in found if readable(cloud, request, one["subject"])])
    if parts[:2] == ["schemas", "ids"] and not any(
        readable(cloud, request, one) for one in await users_of(cloud, parts[2])
    ):
        raise ApiError(404, f"Schema {parts[2]} not found", 40403)
    if subject is not None and parts[0] == "config":
        return await levels.setting_of(cloud, subject, request)
    if subject is not None and request.method == "POST" and parts[2:] == ["versions"]:
        status, answer = await register(cloud, subject, await with_schema(request))
        return reply(answer, status)
    return await forward(cloud, request, parts, subject)


async def forward(cloud: Cloud, request: Request, parts: list[str], subject: str | None) -> Response:
    """A call that Apicurio answers."""
    escaped = "/" + "/".join(quote(part, safe="") for part in parts)
    query = f"?{request.url.query}" if request.url.query else ""
    posted = request.method == "POST"
    sent = formats.for_engine(await with_schema(request)) if posted else None
    content = json.dumps(sent).encode() if sent else await bodies.taken(request) or None
    if sent and parts[0] == "compatibility" and subject and (other := await formats.beside(cloud, subject, sent)):
        return reply({"is_compatible": False, "messages": [other]})
    status, answer = await engine(cloud, request.method, escaped + query, content)
    if status == 200 and isinstance(answer, list) and subject is None:
        named = ((one, one["subject"] if isinstance(one, dict) else one) for one in answer)
        answer = [one for one, name in named if parts == ["schemas", "types"] or readable(cloud, request, name)]
    return finished(cloud, request, parts, status, answer)


def finished(cloud: Cloud, request: Request, parts: list[str], status: int, answer: Any) -> Response:
    """Apicurio's answer, mended where Confluent's differs."""
    if parts[0] == "compatibility" and status == 404:
        return reply({"is_compatible": True})
    if parts[0] == "compatibility" and status == 200 and not answer.get("is_compatible"):
        level = (cloud.store.get("subject-config", subject_of(parts) or "") or {}).get("compatibilityLevel", "BACKWARD")
        why = f"the new schema is not {level} compatible with the registered versions"
        return reply({"is_compatible": False, "messages": answer.get("messages") or [why]})
    subject = subject_of(parts)
    if request.method == "DELETE" and request.query_params.get("permanent") == "true":
        if status == 200 and parts == ["subjects", subject]:
            formats.forget(cloud, parts[1])
        if status == 404:
            return reply(int(parts[-1]) if parts[-1].isdigit() else [])
    if status == 200 and subject and isinstance(answer, dict) and "schema" in answer and "id" in answer:
        return reply(verbatim(cloud, answer, subject))
    if status == 200 and parts[:2] == ["schemas", "ids"] and (known := formats.by_number(cloud, parts[2])):
        kept = next(iter(known.values()))
        return reply(kept["schema"]) if parts[3:] == ["schema"] else reply(as_registered(answer, kept))
    return reply(answer, status)


def as_registered(answer: Any, kept: dict[str, Any]) -> Any:
    """A schema by its number, with the text that was registered; lists of its users stay as they are."""
    return (
        {**answer, "schemaType": formats.format_of({**answer, **kept}), "schema": kept["schema"]}
        if "schema" in answer
        else answer
    )


def routes(cloud: Cloud) -> list[Route]:
    """The paths of this module."""
    every = "/sr/{id}/{rest:path}"
    return [route(cloud, f"{method} {every}", handle, authorize) for method in ("GET", "POST", "PUT", "DELETE")]
