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
from local.confluent.registry import paths
from local.confluent.registry.apicurio import engine
from local.confluent.registry.clusters import find_registry

LEVELS = (
    "BACKWARD",
    "BACKWARD_TRANSITIVE",
    "FORWARD",
    "FORWARD_TRANSITIVE",
    "FULL",
    "FULL_TRANSITIVE",
    "NONE",
)
MANAGES = {"DeveloperManage", "ResourceOwner"}


async def default_level(cloud: Cloud) -> None:
    """Confluent's global default is BACKWARD; Apicurio's is none."""
    await engine(cloud, "PUT", "/config", b'{"compatibility":"BACKWARD"}')


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
    return named + [key.rpartition("#")[0] for key in cloud.store.keys("schema-text") if key.endswith(f"#{number}")]


def verbatim(cloud: Cloud, shown: dict[str, Any], subject: str) -> dict[str, Any]:
    """The registry's view of a version, with the text as it was registered."""
    kept = cloud.store.get("schema-text", f"{subject}#{shown['id']}")
    text = kept["schema"] if kept else shown["schema"]
    return {"schemaType": "AVRO", "references": [], **shown, "subject": subject, "schema": text}


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
    wanted = {key: value for key, value in sent.items() if key in ("schema", "schemaType", "references") and value}
    status, answer = await engine(cloud, "POST", path, json.dumps(wanted).encode())
    if status == 200:
        key = f"{subject}#{answer['id']}"
        if cloud.store.get("schema-text", key) is None:
            cloud.store.put("schema-text", key, {"schema": sent["schema"]})
        if setting := cloud.store.get("subject-config", subject):
            await push_setting(cloud, subject, setting)
    return status, answer


async def push_setting(cloud: Cloud, subject: str, setting: dict[str, Any]) -> None:
    """Give Apicurio the subject's level; before the subject exists it has nowhere to keep it."""
    content = json.dumps({"compatibility": setting["compatibilityLevel"]}).encode()
    await engine(cloud, "PUT", f"/config/{quote(subject, safe='')}", content)


async def setting_of(cloud: Cloud, subject: str, request: Request) -> Response:
    """/config/SUBJECT: PUT says `compatibility`, GET answers `compatibilityLevel`, 404 when there is none."""
    stored = cloud.store.get("subject-config", subject)
    if request.method == "PUT":
        sent = await bodies.read(request)
        level = sent.get("compatibility") or (stored or {}).get("compatibilityLevel") or "BACKWARD"
        if level not in LEVELS:
            raise ApiError(422, f"Invalid compatibility level {level!r}. Valid values are {', '.join(LEVELS)}", 42203)
        setting = {"compatibilityLevel": level, "compatibilityGroup": sent.get("compatibilityGroup", "")}
        setting |= {"normalize": bool(sent.get("normalize")), "alias": sent.get("alias", "")}
        await push_setting(cloud, subject, cloud.store.put("subject-config", subject, setting))
        return reply(sent)
    if stored is None:
        raise ApiError(404, f"Subject '{subject}' does not have subject-level compatibility configured", 40408)
    if request.method == "DELETE":
        cloud.store.delete("subject-config", subject)
        await engine(cloud, "DELETE", f"/config/{quote(subject, safe='')}")
        return reply(stored["compatibilityLevel"])
    return reply(stored)


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
        return await setting_of(cloud, subject, request)
    if subject is not None and request.method == "POST" and parts[2:] == ["versions"]:
        status, answer = await register(cloud, subject, await with_schema(request))
        return reply(answer, status)
    escaped = "/" + "/".join(quote(part, safe="") for part in parts)
    query = f"?{request.url.query}" if request.url.query else ""
    posted = request.method == "POST"
    content = json.dumps(await with_schema(request)).encode() if posted else await bodies.taken(request) or None
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
    if request.method == "DELETE" and status == 404 and request.query_params.get("permanent") == "true":
        return reply(int(parts[-1]) if parts[-1].isdigit() else [])
    subject = subject_of(parts)
    if status == 200 and subject and isinstance(answer, dict) and "schema" in answer and "id" in answer:
        return reply(verbatim(cloud, answer, subject))
    return reply(answer, status)


def routes(cloud: Cloud) -> list[Route]:
    """The paths of this module."""
    every = "/sr/{id}/{rest:path}"
    return [route(cloud, f"{method} {every}", handle, authorize) for method in ("GET", "POST", "PUT", "DELETE")]
