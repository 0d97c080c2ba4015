"""/kafka/v3 ACLs. The broker keeps them under the account's name; each of the account's keys gets a copy."""

# confluent_kafka.admin accepts None in filters and returns enums; its own types say neither.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false

import asyncio
from typing import Any

from confluent_kafka import KafkaException
from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    ResourcePatternType,
)
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.confluent import auth, bodies
from local.confluent.context import Cloud
from local.confluent.errors import ApiError
from local.confluent.http import reply, route
from local.confluent.iam.rbac import Permission
from local.confluent.kafka import admin, topics

ACLS = "/kafka/v3/clusters/{cluster}/acls"
FIELDS = ("resource_type", "resource_name", "pattern_type", "principal", "host", "operation", "permission")
NAMES = {kind: name for name, kind in admin.TYPES.items()}


def parse(values: dict[str, Any]) -> AclBinding:
    """The seven fields as a broker ACL; 400 names the one that is missing or unknown."""
    if missing := [name for name in FIELDS if not values.get(name)]:
        raise ApiError(400, f"the ACL lacks {', '.join(missing)}", 40002)
    choices = {
        "resource_type": set(admin.TYPES) - {"ANY"},
        "pattern_type": {"LITERAL", "PREFIXED"},
        "operation": {o.name for o in AclOperation} - {"UNKNOWN", "ANY"},
        "permission": {"ALLOW", "DENY"},
    }
    for name, allowed in choices.items():
        if values[name] not in allowed:
            raise ApiError(400, f"{name} must be one of {', '.join(sorted(allowed))}, got {values[name]!r}", 40002)
    shape = (values["resource_type"], values["resource_name"], values["pattern_type"], values["operation"])
    return admin.binding(Permission(*shape), values["principal"], values["host"], values["permission"])


def render(cluster: str, acl: AclBinding) -> dict[str, Any]:
    """The API's view of an ACL."""
    return {
        "kind": "KafkaAcl",
        "metadata": {"self": ""},
        "cluster_id": cluster,
        "resource_type": NAMES[acl.restype],
        "resource_name": acl.name,
        "pattern_type": acl.resource_pattern_type.name,
        "principal": acl.principal,
        "host": acl.host,
        "operation": acl.operation.name,
        "permission": acl.permission_type.name,
    }


def search_filter(values: dict[str, str]) -> AclBindingFilter:
    """The query's filter; a field that is not given matches anything."""
    return AclBindingFilter(
        admin.TYPES[values.get("resource_type", "ANY")],
        values.get("resource_name"),
        ResourcePatternType[values.get("pattern_type", "ANY")],
        values.get("principal"),
        values.get("host"),
        AclOperation[values.get("operation", "ANY")],
        AclPermissionType[values.get("permission", "ANY")],
    )


def of_accounts(found: list[AclBinding]) -> list[AclBinding]:
    """Without the copies that each key has."""
    return [acl for acl in found if acl.principal.startswith(("User:sa-", "User:u-", "User:pool-"))]


async def search(cloud: Cloud, request: Request) -> list[AclBinding]:
    """The ACLs a query matches, read as the caller."""
    client = await topics.as_caller(cloud, request)
    wanted = search_filter(dict(request.query_params))
    try:
        found = await asyncio.wrap_future(client.describe_acls(wanted, request_timeout=admin.SECONDS))
    except KafkaException as error:
        raise topics.translated(error) from error
    return of_accounts(found)


async def create(cloud: Cloud, request: Request) -> Response:
    client, acl = await topics.as_caller(cloud, request), parse(await bodies.read(request))
    await topics.ask(client.create_acls([acl], request_timeout=admin.SECONDS))
    for _ in range(100):  # the controller has it; the broker that answers reads hears a moment later
        if acl in await admin.acls(cloud, acl.principal):
            break
        await asyncio.sleep(0.05)
    await admin.grant(cloud, acl.principal.removeprefix("User:"))
    return Response(status_code=201)


async def index(cloud: Cloud, request: Request) -> Response:
    data = [render(request.path_params["cluster"], acl) for acl in await search(cloud, request)]
    return reply({"kind": "KafkaAclList", "metadata": {"self": "", "next": None}, "data": data})


async def delete(cloud: Cloud, request: Request) -> Response:
    client, found = await topics.as_caller(cloud, request), await search(cloud, request)
    if found:
        exact = [admin.exactly(acl) for acl in found]
        await topics.ask(client.delete_acls(exact, request_timeout=admin.SECONDS))
    for owner in {acl.principal.removeprefix("User:") for acl in found}:
        await admin.grant(cloud, owner)
    return reply({"data": [render(request.path_params["cluster"], acl) for acl in found]})


def routes(cloud: Cloud) -> list[Route]:
    """The paths of this module."""
    return [
        route(cloud, f"POST {ACLS}", create, auth.of_cluster),
        route(cloud, f"GET {ACLS}", index, auth.of_cluster),
        route(cloud, f"DELETE {ACLS}", delete, auth.of_cluster),
    ]
