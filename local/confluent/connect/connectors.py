"""/connect/v1: managed connectors, run by a real Kafka Connect worker as their service account."""

import asyncio
import json
import re
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.confluent import auth, bodies, lateness
from local.confluent.connect import managed
from local.confluent.context import Cloud
from local.confluent.errors import ApiError, not_found
from local.confluent.http import no_content, reply, route
from local.confluent.iam import api_keys
from local.confluent.store import Document, new_id, now

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,99}")
BASE = "/connect/v1/environments/{environment}/clusters/{cluster}"
MASK = "*" * 16


async def worker(cloud: Cloud, method: str, path: str, content: Any = None) -> tuple[int, Any]:
    """Ask the Connect worker; it answers 409 while it rebalances, which passes."""
    url = cloud.instance.url("connect") + path
    headers = {"Content-Type": "application/json"}
    body_text = json.dumps(content) if content else None
    answer = await cloud.http.request(method, url, content=body_text, headers=headers)
    for _ in range(40):
        if answer.status_code != 409:
            break
        await asyncio.sleep(0.25)
        answer = await cloud.http.request(method, url, content=body_text, headers=headers)
    try:
        return answer.status_code, answer.json() if answer.content else None
    except ValueError as error:  # Jetty's own page, while Connect starts
        raise ApiError(503, f"Kafka Connect is starting: {answer.text[:200]}") from error


def required(cloud: Cloud, request: Request) -> Document:
    """The stored connector of the path."""
    name = request.path_params["name"]
    found = cloud.store.get("connector", name)
    if found is None:
        raise not_found(f"connector {name}")
    return found


async def login(cloud: Cloud, config: dict[str, str]) -> dict[str, str]:
    """How the connector's producer signs in: its service account's own key, or the key it was given."""
    if config["kafka.auth.mode"] == "SERVICE_ACCOUNT":
        key = await api_keys.engine_key(cloud, config["kafka.service.account.id"])
        user, password = key["id"], key["secret"]
    else:
        user, password = config.get("kafka.api.key", ""), config.get("kafka.api.secret", "")
    jaas = f'org.apache.kafka.common.security.scram.ScramLoginModule required username="{user}" password="{password}";'
    return {
        "bootstrap.servers": f"127.0.0.1:{cloud.instance.port('kafka')}",
        "sasl.mechanism": "SCRAM-SHA-256",
        "sasl.jaas.config": jaas,
    }


async def runtime_config(cloud: Cloud, config: dict[str, str]) -> dict[str, Any]:
    """The worker's configuration of a managed connector."""
    connector = managed.connector(config.get("connector.class", ""))
    return managed.translate(connector, config, cloud.instance.url("registry"), await login(cloud, config))


async def findings(cloud: Cloud, config: dict[str, str]) -> dict[str, list[str]]:
    """Everything wrong with a configuration: the service's rules, then what the connector itself finds."""
    connector = managed.connector(config.get("connector.class", ""))
    if problems := managed.problems(connector, config):
        return problems
    path = f"/connector-plugins/{connector.runtime}/config/validate"
    status, answer = await worker(cloud, "PUT", path, await runtime_config(cloud, config))
    if status != 200:
        raise ApiError(400, f"the connector could not be validated: {answer}")
    return {c["value"]["name"]: c["value"]["errors"] for c in answer["configs"] if c["value"]["errors"]}


async def validate(cloud: Cloud, request: Request) -> Response:
    plugin = request.path_params["plugin"]
    managed.connector(plugin)
    found = await findings(cloud, {"connector.class": plugin, **bodies.texts(await bodies.read(request), "config")})
    configs = [
        {"value": {"name": name, "value": None, "recommended_values": [], "errors": errors, "visible": True}}
        for name, errors in found.items()
    ]
    return reply({"name": plugin, "groups": [], "error_count": sum(map(len, found.values())), "configs": configs})


async def create(cloud: Cloud, request: Request) -> Response:
    sent = await bodies.read(request)
    config = bodies.texts(sent.get("config") or {}, "config")
    name = sent.get("name") or config.get("name", "")
    if not NAME.fullmatch(name):  # it is a part of the worker's paths
        raise ApiError(
            400,
            f"name must be letters, digits, blanks, '.', '_' or '-', with a letter or digit first; got {name!r:.80}",
        )
    if cloud.store.get("connector", name):
        raise ApiError(409, f"connector {name} already exists")
    if found := await findings(cloud, config):
        raise ApiError(400, "; ".join(f"{key}: {', '.join(errors)}" for key, errors in found.items()))
    document = {"id": new_id("lcc"), "name": name, "config": config, "paused": False, "created": now()}
    await apply(cloud, document)
    cloud.store.put("connector", name, document)
    return reply({"name": name, "config": masked(config), "tasks": [], "type": "source"}, 201)


async def apply(cloud: Cloud, document: Document) -> None:
    """Make the worker run this connector."""
    config = await runtime_config(cloud, document["config"])
    status, answer = await worker(cloud, "PUT", f"/connectors/{document['name']}/config", config)
    if status not in (200, 201):
        raise ApiError(400, f"the worker refused the connector: {answer}")


def masked(config: dict[str, str]) -> dict[str, str]:
    """The configuration with its secrets hidden."""
    return {name: MASK if managed.is_secret(name) else value for name, value in config.items()}


async def status(cloud: Cloud, document: Document) -> dict[str, Any]:
    """The state as the service names it: PROVISIONING, RUNNING, PAUSED, FAILED (with the trace)."""
    name = document["name"]
    code, answer = await worker(cloud, "GET", f"/connectors/{name}/status")
    found: dict[str, Any] = answer if code == 200 else {"connector": {"state": "UNASSIGNED"}, "tasks": []}
    tasks: list[dict[str, Any]] = found["tasks"]
    states = [found["connector"]["state"], *(task["state"] for task in tasks)]
    traces = [part.get("trace", "") for part in (found["connector"], *tasks)]
    state = "PROVISIONING"
    if "FAILED" in states:
        state = "FAILED"
    elif lateness.late(cloud, document, lateness.PROVISIONING):
        state = "PROVISIONING"
    elif document["paused"]:
        state = "PAUSED" if set(states) == {"PAUSED"} else "RUNNING"
    elif tasks and set(states) == {"RUNNING"}:
        state = "RUNNING"
    trace = next((trace for trace in traces if trace), "")
    shown = [{"id": t["id"], "state": t["state"], "worker_id": name, "msg": t.get("trace", "")} for t in tasks]
    connector = {"state": state, "worker_id": name, "trace": trace}
    return {"name": name, "type": "source", "connector": connector, "tasks": shown}


async def expanded(cloud: Cloud, document: Document) -> dict[str, Any]:
    """One entry of `?expand=info,status,id`."""
    name = document["name"]
    info = {
        "name": name,
        "type": "source",
        "config": masked(document["config"]),
        "tasks": [{"connector": name, "task": 0}],
    }
    return {
        "id": {"id": document["id"], "id_type": "ID"},
        "info": info,
        "status": await status(cloud, document),
        "extensions": {},
    }


async def index(cloud: Cloud, request: Request) -> Response:
    found = list(cloud.store.all("connector"))
    if "expand" not in request.query_params:
        return reply([c["name"] for c in found])
    return reply({c["name"]: await expanded(cloud, c) for c in found})


async def read(cloud: Cloud, request: Request) -> Response:
    return reply((await expanded(cloud, required(cloud, request)))["info"])


async def read_status(cloud: Cloud, request: Request) -> Response:
    return reply(await status(cloud, required(cloud, request)))


async def update(cloud: Cloud, request: Request) -> Response:
    document, config = required(cloud, request), bodies.texts(await bodies.read(request), "config")
    if config.get("name") != document["name"]:
        raise ApiError(400, f"the name of a connector cannot change: {document['name']!r} to {config.get('name')!r}")
    if found := await findings(cloud, config):
        raise ApiError(400, "; ".join(f"{key}: {', '.join(errors)}" for key, errors in found.items()))
    document["config"] = config
    await apply(cloud, document)
    cloud.store.put("connector", document["name"], document)
    return reply({"name": document["name"], "config": masked(config), "tasks": [], "type": "source"})


async def pause_or_resume(cloud: Cloud, request: Request) -> Response:
    document, verb = required(cloud, request), request.url.path.rsplit("/", 1)[-1]
    document["paused"] = verb == "pause"
    cloud.store.put("connector", document["name"], document)
    await worker(cloud, "PUT", f"/connectors/{document['name']}/{verb}")
    return Response(status_code=202)


async def delete(cloud: Cloud, request: Request) -> Response:
    """The replication slot stays in the database, as with the managed service."""
    await remove(cloud, required(cloud, request))
    return no_content()


async def remove(cloud: Cloud, document: Document) -> None:
    """Stop the connector, forget its offsets (a later one of this name starts anew), and delete it."""
    path = f"/connectors/{document['name']}"
    await worker(cloud, "PUT", path + "/stop")
    for _ in range(40):
        code, _answer = await worker(cloud, "DELETE", path + "/offsets")
        if code in (200, 404):
            break
        await asyncio.sleep(0.25)
    await worker(cloud, "DELETE", path)
    cloud.store.delete("connector", document["name"])


def routes(cloud: Cloud) -> list[Route]:
    """The paths of this module."""
    every = BASE + "/connectors"
    one = every + "/{name}"
    plugin = BASE + "/connector-plugins/{plugin}/config/validate"
    return [
        route(cloud, f"PUT {plugin}", validate, auth.administrator),
        route(cloud, f"POST {every}", create, auth.administrator),
        route(cloud, f"GET {every}", index, auth.administrator),
        route(cloud, f"GET {one}", read, auth.administrator),
        route(cloud, f"DELETE {one}", delete, auth.administrator),
        route(cloud, f"GET {one}/status", read_status, auth.administrator),
        route(cloud, f"PUT {one}/config", update, auth.administrator),
        route(cloud, f"PUT {one}/pause", pause_or_resume, auth.administrator),
        route(cloud, f"PUT {one}/resume", pause_or_resume, auth.administrator),
    ]
