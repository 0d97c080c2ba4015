"""/sql/v1: Flink statements. Text and properties never change; a statement can be stopped, resumed and deleted."""

import re
import uuid
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.confluent import auth, bodies
from local.confluent.context import ORGANIZATION, REGION_ZONES, Cloud
from local.confluent.errors import ApiError, not_found
from local.confluent.flink import compute_pools, sql_gateway, table_options
from local.confluent.flink.lifecycle import StatementLifecycle
from local.confluent.http import Handler, reply, route
from local.confluent.iam import rbac
from local.confluent.org import environments
from local.confluent.store import Document, now

PATH = "/sql/v1/organizations/{organization}/environments/{environment}/statements"
NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,98}[a-z0-9])?")
LIMIT = 131072


def developer(cloud: Cloud, request: Request) -> auth.Caller:
    """A caller with a Flink key whose owner has a Flink role in the environment of the path."""
    if request.path_params["organization"] != ORGANIZATION:
        raise not_found(f"organization {request.path_params['organization']}")
    environment = environments.required(cloud, request.path_params["environment"])["id"]
    key, _ = auth.credentials(request)
    resource = (cloud.store.get("api-key", key) or {}).get("resource", "")
    if resource not in {f"aws.{region}" for region in REGION_ZONES}:
        raise ApiError(401, "a Flink API key is required")
    who = auth.caller(cloud, request, resource)
    bindings = auth.bindings_of(cloud, who)
    if not rbac.flink_allowed(bindings, environment):
        raise ApiError(401, f"{who.principal} needs the role FlinkDeveloper in environment {environment}")
    return who


def may_run_as(cloud: Cloud, request: Request, principal: str) -> None:
    """401 when the caller may not let a statement run as this service account (empty: as itself)."""
    who = developer(cloud, request)
    bindings = auth.bindings_of(cloud, who)
    if principal and principal != who.owner and not rbac.may_assign(bindings, principal):
        raise ApiError(401, f"{who.principal} needs the role Assigner on service account {principal}")


def render(cloud: Cloud, document: Document) -> Document:
    """The API's view of a statement."""
    environment = document["environment"]
    path = f"/sql/v1/organizations/{ORGANIZATION}/environments/{environment}/statements/{document['name']}"
    metadata = {
        "self": cloud.base + path,
        "created_at": document["created"],
        "updated_at": document["updated"],
    }
    metadata |= {"resource_version": document["updated"], "uid": document["uid"], "labels": {}}
    status = {
        "phase": document["phase"],
        "detail": document["detail"],
        "network_kind": "PUBLIC",
        "latest_offsets": {},
    }
    kind = "ALTER_TABLE" if table_options.alters(document["spec"]["statement"]) else "INSERT_INTO"
    status |= {"traits": {"sql_kind": kind, "is_bounded": False, "is_append_only": True}}
    names = {"name": document["name"], "organization_id": ORGANIZATION, "environment_id": environment}
    return {
        "api_version": "sql/v1",
        "kind": "Statement",
        **names,
        "metadata": metadata,
        "spec": document["spec"],
        "status": status,
    }


def required(cloud: Cloud, request: Request) -> Document:
    """The stored statement of the path."""
    name = request.path_params["name"]
    found = cloud.store.get("statement", name)
    if found is None or found["environment"] != request.path_params["environment"]:
        raise ApiError(404, f"Statement resource={name} does not exist")
    return found


def check(cloud: Cloud, name: str, spec: Document) -> None:
    """What the service refuses at once."""
    if not NAME.fullmatch(name):
        raise ApiError(400, f"the statement name must be 1 to 100 of a-z, 0-9 and inner hyphens, got {name!r}")
    if cloud.store.get("statement", name):
        raise ApiError(409, f"Statement {name} already exists")
    text = spec.get("statement") or ""
    if not 0 < len(text) <= LIMIT:
        raise ApiError(400, f"the statement must have 1 to {LIMIT} characters, got {len(text)}")
    routes = re.match(r"\s*(EXECUTE\s+STATEMENT\s+SET|INSERT\s+INTO)\b", text, re.IGNORECASE)
    if not routes and not table_options.alters(text):
        known = "EXECUTE STATEMENT SET, INSERT INTO or ALTER TABLE … SET"
        raise ApiError(400, f"here a statement must be {known} (docs/local-parity.md)")
    compute_pools.required(cloud, spec.get("compute_pool_id") or "")


async def create(cloud: Cloud, request: Request, lifecycle: StatementLifecycle) -> Response:
    sent = await bodies.read(request)
    spec = sent.get("spec") or {}
    may_run_as(cloud, request, spec.get("principal") or "")
    check(cloud, sent.get("name") or "", spec)
    kept = {"statement": spec["statement"], "properties": spec.get("properties") or {}, "stopped": False}
    kept |= {"compute_pool_id": spec["compute_pool_id"], "principal": spec.get("principal") or ""}
    document: Document = {
        "name": sent["name"],
        "environment": request.path_params["environment"],
        "spec": kept,
        "uid": str(uuid.uuid4()),
    }
    document |= {
        "phase": "PENDING",
        "detail": "",
        "job": "",
        "savepoint": "",
        "started_from": "",
        "created": now(),
        "updated": now(),
    }
    cloud.store.put("statement", document["name"], document)
    lifecycle.wake.set()
    return reply(render(cloud, document), 201)


async def read(cloud: Cloud, request: Request) -> Response:
    return reply(render(cloud, required(cloud, request)))


async def index(cloud: Cloud, request: Request) -> Response:
    found = [s for s in cloud.store.all("statement") if s["environment"] == request.path_params["environment"]]
    data = [render(cloud, s) for s in found]
    return reply({"api_version": "sql/v1", "kind": "StatementList", "metadata": {"self": "", "next": ""}, "data": data})


async def exceptions(cloud: Cloud, request: Request) -> Response:
    document = required(cloud, request)
    found = (await sql_gateway.problem(cloud, document["job"])) if document["job"] else document["detail"]
    data = [{"name": "", "message": found, "timestamp": document["updated"]}] if found else []
    return reply({"api_version": "sql/v1", "kind": "StatementExceptionList", "metadata": {"self": ""}, "data": data})


async def update(cloud: Cloud, request: Request, lifecycle: StatementLifecycle) -> Response:
    """Stop or resume; while it is stopped its principal and pool may change."""
    spec = (await bodies.read(request)).get("spec") or {}
    if spec.get("principal", "") not in ("", required(cloud, request)["spec"]["principal"]):
        may_run_as(cloud, request, spec["principal"])
    async with lifecycle.lock(request.path_params["name"]):
        document = required(cloud, request)
        current = document["spec"]
        if spec.get("statement", current["statement"]) != current["statement"]:
            raise ApiError(400, "the text of a statement cannot change")
        stopped = bool(spec.get("stopped", current["stopped"]))
        if stopped and not current["stopped"]:
            current["stopped"] = True
            phase = "STOPPING" if document["phase"] in ("RUNNING", "DEGRADED") else "STOPPED"
            lifecycle.save(document, phase)
        elif not stopped and current["stopped"]:
            current |= {name: spec[name] for name in ("principal", "compute_pool_id") if spec.get(name)}
            current["stopped"] = False
            lifecycle.save(document, "PENDING")
    lifecycle.wake.set()
    return reply(render(cloud, document))


async def delete(cloud: Cloud, request: Request, lifecycle: StatementLifecycle) -> Response:
    await lifecycle.remove(required(cloud, request))
    return Response(status_code=202)


def routes(cloud: Cloud, lifecycle: StatementLifecycle) -> list[Route]:
    """The paths of this module."""
    one = PATH + "/{name}"

    def running(handler: Callable[[Cloud, Request, StatementLifecycle], Awaitable[Response]]) -> Handler:
        return lambda c, request: handler(c, request, lifecycle)

    return [
        route(cloud, f"POST {PATH}", running(create), developer),
        route(cloud, f"GET {PATH}", index, developer),
        route(cloud, f"GET {one}", read, developer),
        route(cloud, f"PUT {one}", running(update), developer),
        route(cloud, f"DELETE {one}", running(delete), developer),
        route(cloud, f"GET {one}/exceptions", exceptions, developer),
    ]
