"""/sr/ID/catalog/v1: tags, what they are bound to, owners and descriptions of topics."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.confluent import auth, bodies, lateness
from local.confluent.context import Cloud
from local.confluent.errors import ApiError
from local.confluent.http import no_content, reply, route
from local.confluent.iam import rbac
from local.confluent.kafka import admin
from local.confluent.registry.clusters import find_registry
from local.confluent.store import Document, now

BASE = "/sr/{id}/catalog/v1"
TOPIC = "kafka_topic"
STEWARDS = {*rbac.ADMINISTRATORS, "DataSteward"}
READERS = {*STEWARDS, "DataDiscovery"}


def authorize(cloud: Cloud, request: Request) -> None:
    """A registry key whose owner may look at the catalog, or change it."""
    identity = request.path_params["id"]
    if find_registry(cloud, identity) is None:
        raise ApiError(404, f"Schema Registry cluster {identity} was not found", 40401)
    who = auth.caller(cloud, request, identity)
    wanted = READERS if request.method == "GET" else STEWARDS
    if not wanted & {binding["role_name"] for binding in auth.bindings_of(cloud, who)}:
        raise ApiError(403, f"{who.principal} needs the role DataSteward to {request.method} the catalog", 40301)


def missing(what: str) -> ApiError:
    """404 in the catalog's words."""
    return ApiError(404, f"Instance {what} does not exist", 4040005)


async def entity(cloud: Cloud, kind: str, name: str) -> Document:
    """What is said about a topic (`lsrc-x:lkc-x:topic`), once the catalog has heard of it; 404 before."""
    topic = name.split(":", 2)[-1]
    known = cloud.store.get("topic", topic)
    there = topic in (await admin.topics(cloud))
    if kind != TOPIC or not there or (known and lateness.late(cloud, known, lateness.CATALOG)):
        raise missing(f"{kind} with unique attribute qualifiedName {name}")
    return cloud.store.get("catalog-entity", name) or {"tags": [], "attributes": {}}


def tag_of(cloud: Cloud, name: str) -> Document:
    """A tag's definition."""
    found = cloud.store.get("catalog-tag", name)
    if found is None:
        raise missing(f"tag {name}")
    return found


async def define(cloud: Cloud, request: Request) -> Response:
    """POST: new tags; PUT: changed ones. An error stands in the answer, beside what went well."""
    answers: list[Document] = []
    for sent in await bodies.read_list(request):
        known, name = cloud.store.get("catalog-tag", str(sent.get("name") or "")), str(sent.get("name") or "")
        if bool(known) == (request.method == "POST") or not name:
            words = f"tag {name} exists" if known else f"tag {name!r} does not exist"
            answers.append({"name": name, "error": {"error_code": 409 if known else 4040005, "message": words}})
            continue
        fresh: Document = {"created": now(), "version": 0, "entityTypes": ["cf_entity"]}
        found: Document = {
            **(known or fresh),
            "name": name,
            "description": sent.get("description") or "",
            "category": "CLASSIFICATION",
        }
        answers.append(cloud.store.put("catalog-tag", name, {**found, "version": found["version"] + 1}))
    return reply(answers)


async def read_tag(cloud: Cloud, request: Request) -> Response:
    return reply(tag_of(cloud, request.path_params["tag"]))


async def delete_tag(cloud: Cloud, request: Request) -> Response:
    name = tag_of(cloud, request.path_params["tag"])["name"]
    for place in cloud.store.keys("catalog-entity"):
        if name in (cloud.store.get("catalog-entity", place) or {"tags": []})["tags"]:
            raise ApiError(409, f"tag {name} is still bound to {place}")
    cloud.store.delete("catalog-tag", name)
    return no_content()


def binding(name: str, kind: str, tag: str) -> Document:
    """The API's view of a tag on a topic."""
    return {"typeName": tag, "entityType": kind, "entityName": name, "entityStatus": "ACTIVE", "propagate": False}


async def bind(cloud: Cloud, request: Request) -> Response:
    answers: list[Document] = []
    for sent in await bodies.read_list(request):
        kind, name, tag = (str(sent.get(field) or "") for field in ("entityType", "entityName", "typeName"))
        found = await entity(cloud, kind, name)
        tags = sorted({*found["tags"], tag_of(cloud, tag)["name"]})
        cloud.store.put("catalog-entity", name, {**found, "tags": tags})
        answers.append(binding(name, kind, tag))
    return reply(answers)


async def bound(cloud: Cloud, request: Request) -> Response:
    kind, name = request.path_params["kind"], request.path_params["name"]
    return reply([binding(name, kind, tag) for tag in (await entity(cloud, kind, name))["tags"]])


async def unbind(cloud: Cloud, request: Request) -> Response:
    name, tag = request.path_params["name"], request.path_params["tag"]
    found = await entity(cloud, request.path_params["kind"], name)
    if tag not in found["tags"]:
        raise missing(f"tag {tag} on {name}")
    cloud.store.put("catalog-entity", name, {**found, "tags": [one for one in found["tags"] if one != tag]})
    return no_content()


def shown(kind: str, name: str, found: Document) -> dict[str, Any]:
    """The API's view of an entity."""
    own = {"qualifiedName": name, "name": name.split(":", 2)[-1], **found["attributes"]}
    return {"typeName": kind, "attributes": own, "status": "ACTIVE"}


async def describe(cloud: Cloud, request: Request) -> Response:
    """PUT: some attributes of an entity; null takes one away."""
    sent = (await bodies.read(request)).get("entity") or {}
    kind, given = str(sent.get("typeName") or ""), dict(sent.get("attributes") or {})
    name = str(given.pop("qualifiedName", ""))
    found = await entity(cloud, kind, name)
    left = {key: value for key, value in {**found["attributes"], **given}.items() if value not in (None, "")}
    kept = cloud.store.put("catalog-entity", name, {**found, "attributes": left})
    return reply({"mutatedEntities": {"UPDATE": [shown(kind, name, kept)]}})


async def read_entity(cloud: Cloud, request: Request) -> Response:
    kind, name = request.path_params["kind"], request.path_params["name"]
    return reply({"entity": shown(kind, name, await entity(cloud, kind, name))})


def routes(cloud: Cloud) -> list[Route]:
    """The paths of this module."""
    tags, one = f"{BASE}/types/tagdefs", f"{BASE}/entity/type/{{kind}}/name/{{name}}"
    return [
        route(cloud, f"POST {tags}", define, authorize),
        route(cloud, f"PUT {tags}", define, authorize),
        route(cloud, f"GET {tags}/{{tag}}", read_tag, authorize),
        route(cloud, f"DELETE {tags}/{{tag}}", delete_tag, authorize),
        route(cloud, f"POST {BASE}/entity/tags", bind, authorize),
        route(cloud, f"GET {one}/tags", bound, authorize),
        route(cloud, f"DELETE {one}/tags/{{tag}}", unbind, authorize),
        route(cloud, f"PUT {BASE}/entity", describe, authorize),
        route(cloud, f"GET {one}", read_entity, authorize),
    ]
