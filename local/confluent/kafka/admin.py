"""The broker behind the cluster: clients as the platform or as a caller, API keys as SCRAM users, roles as ACLs."""

# confluent_kafka.admin accepts None in filters and returns enums; its own types say neither.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false

import asyncio
from functools import lru_cache
from typing import Any

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialDeletion,
    UserScramCredentialUpsertion,
)

from local.confluent import lateness
from local.confluent.context import Cloud
from local.confluent.iam import rbac
from local.confluent.iam.rbac import Permission

SECONDS = 15
QUIET: dict[str, Any] = {"log_level": 0, "error_cb": id}  # what is wrong comes back with each call
# librdkafka calls Kafka's TRANSACTIONAL_ID and CLUSTER resource types by these names.
TYPES = {
    "TOPIC": ResourceType.TOPIC,
    "GROUP": ResourceType.GROUP,
    "CLUSTER": ResourceType.BROKER,
    "TRANSACTIONAL_ID": ResourceType.TRANSACTIONAL_ID,
    "ANY": ResourceType.ANY,
}


@lru_cache(maxsize=64)
def client(address: str, mechanism: str, user: str, password: str) -> AdminClient:
    """A cached admin client."""
    return AdminClient(
        {
            "bootstrap.servers": address,
            "security.protocol": "SASL_PLAINTEXT",
            "sasl.mechanism": mechanism,
            "sasl.username": user,
            "sasl.password": password,
            "reconnect.backoff.max.ms": 1000,
            **QUIET,
        }
    )


def platform(cloud: Cloud) -> AdminClient:
    """The broker's super user, for what Confluent's control plane does itself."""
    port = cloud.instance.port("kafka_internal")
    return client(f"127.0.0.1:{port}", "PLAIN", "admin", cloud.instance.secrets["kafka"])


def acting_as(cloud: Cloud, key: str, secret: str) -> AdminClient:
    """A client that is the caller's own API key: the broker decides what it may do."""
    return client(f"127.0.0.1:{cloud.instance.port('kafka')}", "SCRAM-SHA-256", key, secret)


async def done(futures: dict[Any, Any]) -> list[Any]:
    """Wait for all of an admin call's futures; the first failure is raised."""
    return list(await asyncio.gather(*(asyncio.wrap_future(future) for future in futures.values())))


def binding(permission: Permission, principal: str, host: str = "*", allow: str = "ALLOW") -> AclBinding:
    """A broker ACL."""
    return AclBinding(
        TYPES[permission.resource_type],
        permission.resource_name,
        ResourcePatternType[permission.pattern],
        principal,
        host,
        AclOperation[permission.operation],
        AclPermissionType[allow],
    )


def everything_of(principal: str) -> AclBindingFilter:
    """A filter that matches each ACL of one principal."""
    kinds = (ResourceType.ANY, None, ResourcePatternType.ANY)
    return AclBindingFilter(*kinds, principal, None, AclOperation.ANY, AclPermissionType.ANY)


async def acls(cloud: Cloud, principal: str) -> list[AclBinding]:
    """The ACLs the broker holds for a principal."""
    return await asyncio.wrap_future(platform(cloud).describe_acls(everything_of(principal), request_timeout=SECONDS))


async def topics(cloud: Cloud) -> set[str]:
    """The names of all topics."""
    return set((await asyncio.to_thread(platform(cloud).list_topics, timeout=SECONDS)).topics)


async def users(cloud: Cloud) -> set[str]:
    """The names of all SCRAM users."""
    found: Any = platform(cloud).describe_user_scram_credentials(request_timeout=SECONDS)
    return set(await asyncio.wrap_future(found))


async def put_user(cloud: Cloud, user: str, password: str) -> None:
    """Make the SCRAM user, or give it this password."""
    info = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, 4096)
    change = UserScramCredentialUpsertion(user, info, password.encode())
    await done(platform(cloud).alter_user_scram_credentials([change], request_timeout=SECONDS))


async def drop_user(cloud: Cloud, user: str) -> None:
    """Remove the SCRAM user and its ACLs; fine when it is already gone."""
    change = UserScramCredentialDeletion(user, ScramMechanism.SCRAM_SHA_256)
    try:
        await done(platform(cloud).alter_user_scram_credentials([change], request_timeout=SECONDS))
    except KafkaException as error:
        if error.args[0].code() != KafkaError.RESOURCE_NOT_FOUND:
            raise
    await done(platform(cloud).delete_acls([everything_of(f"User:{user}")], request_timeout=SECONDS))


async def grant(cloud: Cloud, owner: str) -> None:
    """Make the ACLs of each of the owner's keys equal to what the owner's ACLs and role bindings say."""
    users = [k["id"] for kind in ("api-key", "engine-key") for k in cloud.store.all(kind) if k["owner"] == owner]
    users = [user for user in users if kafka_user(cloud, user)]
    if not users:
        return
    async with cloud.acl_lock:
        principal = f"User:{owner}"
        given = {
            permission
            for b in cloud.store.all("role-binding")
            if b["principal"] == principal and not lateness.late(cloud, b, lateness.BINDING)
            for permission in rbac.kafka_permissions(b)
        }
        own = await acls(cloud, principal)
        for user in users:
            await align(cloud, user, given, own)


async def align(cloud: Cloud, user: str, given: set[Permission], own: list[AclBinding]) -> None:
    """Create what one key lacks and delete what it has too much."""
    name = f"User:{user}"
    wanted = {binding(permission, name) for permission in given} | {copied(acl, name) for acl in own}
    if (cloud.store.get("engine-key", user) or {}).get("use") == "sink":
        wanted |= seeing_producers(wanted)
    present = set(await acls(cloud, name))
    if missing := list(wanted - present):
        await done(platform(cloud).create_acls(missing, request_timeout=SECONDS))
    if surplus := [exactly(acl) for acl in present - wanted]:
        await done(platform(cloud).delete_acls(surplus, request_timeout=SECONDS))


def seeing_producers(acls: set[AclBinding]) -> set[AclBinding]:
    """What a sink needs beside its right to write: before it starts it looks for transactions that it left open, and Kafka
    answers DescribeProducers to who may READ the topic. On Confluent that is the service's own doing.
    """
    writes = (AclOperation.WRITE, AclOperation.ALL)
    return {
        AclBinding(acl.restype, acl.name, acl.resource_pattern_type, acl.principal, acl.host, AclOperation.READ, allow)
        for acl in acls
        if acl.restype == ResourceType.TOPIC
        and acl.operation in writes
        and acl.permission_type == (allow := AclPermissionType.ALLOW)
    }


def copied(acl: AclBinding, principal: str) -> AclBinding:
    """The same ACL for another principal."""
    where = (acl.restype, acl.name, acl.resource_pattern_type)
    return AclBinding(*where, principal, acl.host, acl.operation, acl.permission_type)


def exactly(acl: AclBinding) -> AclBindingFilter:
    """A filter that matches this ACL only."""
    where = (acl.restype, acl.name, acl.resource_pattern_type)
    return AclBindingFilter(*where, acl.principal, acl.host, acl.operation, acl.permission_type)


def kafka_user(cloud: Cloud, identity: str) -> bool:
    """Is this key one for the Kafka cluster?"""
    key = cloud.store.get("api-key", identity) or cloud.store.get("engine-key", identity) or {}
    return str(key.get("resource", "")).startswith("lkc-")


async def wipe(cloud: Cloud) -> None:
    """Remove what clients made on the broker: topics and the ACLs of accounts. The platform's own stay."""
    metadata = await asyncio.to_thread(platform(cloud).list_topics, timeout=SECONDS)
    if topics := [name for name in metadata.topics if not name.startswith("_")]:
        await done(platform(cloud).delete_topics(topics, request_timeout=SECONDS))
    anyone = AclBindingFilter(
        ResourceType.ANY, None, ResourcePatternType.ANY, None, None, AclOperation.ANY, AclPermissionType.ANY
    )
    await done(platform(cloud).delete_acls([anyone], request_timeout=SECONDS))
