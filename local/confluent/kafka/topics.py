"""/kafka/v3 topics. Each call reaches the broker as the caller's own key, so the broker decides."""

import asyncio
from typing import Any

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    ConfigSource,
    NewPartitions,
    NewTopic,
    ResourceType,
)
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.confluent import auth, bodies
from local.confluent.context import Cloud
from local.confluent.errors import ApiError
from local.confluent.http import no_content, reply, route
from local.confluent.kafka import admin
from local.confluent.store import now

TOPICS = "/kafka/v3/clusters/{cluster}/topics"
DEFAULT_PARTITIONS = 6
FORBIDDEN = (
    KafkaError.TOPIC_AUTHORIZATION_FAILED,
    KafkaError.CLUSTER_AUTHORIZATION_FAILED,
    KafkaError.GROUP_AUTHORIZATION_FAILED,
)
MISSING = (KafkaError.UNKNOWN_TOPIC_OR_PART, KafkaError._UNKNOWN_TOPIC)
AWAY = (
    KafkaError._TRANSPORT,
    KafkaError._ALL_BROKERS_DOWN,
    KafkaError._TIMED_OUT,
    KafkaError.REQUEST_TIMED_OUT,
)


def translated(error: KafkaException) -> Exception:
    """A broker's refusal as Kafka REST answers it; transport trouble stays what it is (503)."""
    problem: KafkaError = error.args[0]
    if problem.code() in FORBIDDEN:
        return ApiError(403, problem.str(), 40301)
    if problem.code() in MISSING:
        return ApiError(404, "This server does not host this topic-partition.", 40403)
    if problem.code() in AWAY:
        return error
    return ApiError(400, problem.str(), 40002)


async def as_caller(cloud: Cloud, request: Request) -> AdminClient:
    """The caller's own client on the cluster of the path."""
    who = auth.of_cluster(cloud, request)
    return admin.acting_as(cloud, who.key, who.secret)


async def ask(futures: dict[Any, Any]) -> list[Any]:
    """Results of an admin call, refusals translated."""
    try:
        return await admin.done(futures)
    except KafkaException as error:
        raise translated(error) from error


def render(cloud: Cloud, cluster: str, name: str, partitions: int, internal: bool = False) -> dict[str, Any]:
    """The API's view of a topic."""
    path = f"{cloud.base}/kafka/v3/clusters/{cluster}/topics/{name}"
    related = {part: {"related": f"{path}/{part.replace('_', '-')}"} for part in ("partitions", "configs")}
    return {
        "kind": "KafkaTopic",
        "metadata": {"self": path, "resource_name": f"crn:///kafka={cluster}/topic={name}"},
        "cluster_id": cluster,
        "topic_name": name,
        "is_internal": internal,
        "replication_factor": 1,
        "partitions_count": partitions,
        **related,
        "partition_reassignments": {"related": f"{path}/reassignments"},
        "authorized_operations": [],
    }


async def described(client: AdminClient, name: str | None = None) -> dict[str, int]:
    """Partition counts of one topic, or of all the caller may see."""
    try:
        metadata = await asyncio.to_thread(client.list_topics, name, timeout=admin.SECONDS)
    except KafkaException as error:
        raise translated(error) from error
    if name and (problem := metadata.topics[name].error):
        raise translated(KafkaException(problem))
    return {topic: len(found.partitions) for topic, found in metadata.topics.items()}


async def create(cloud: Cloud, request: Request) -> Response:
    client, sent = await as_caller(cloud, request), await bodies.read(request)
    name = sent.get("topic_name") or ""
    partitions = int(sent.get("partitions_count") or DEFAULT_PARTITIONS)
    config = {entry["name"]: entry["value"] for entry in sent.get("configs") or []}
    topic = NewTopic(name, num_partitions=partitions, replication_factor=1, config=config)
    await ask(client.create_topics([topic], request_timeout=admin.SECONDS))
    for _ in range(50):  # the controller has it; the broker that answers reads hears a moment later
        if name in await described(client):
            break
        await asyncio.sleep(0.05)
    if cloud.realistic:
        cloud.store.put("topic", name, {"created": now()})
    return reply(render(cloud, request.path_params["cluster"], name, partitions), 201)


async def index(cloud: Cloud, request: Request) -> Response:
    found = await described(await as_caller(cloud, request))
    cluster = request.path_params["cluster"]
    data = [render(cloud, cluster, name, n) for name, n in sorted(found.items()) if not name.startswith("_")]
    return reply({"kind": "KafkaTopicList", "metadata": {"self": "", "next": None}, "data": data})


async def read(cloud: Cloud, request: Request) -> Response:
    name = request.path_params["topic"]
    found = await described(await as_caller(cloud, request), name)
    return reply(render(cloud, request.path_params["cluster"], name, found[name]))


async def update(cloud: Cloud, request: Request) -> Response:
    client, sent = await as_caller(cloud, request), await bodies.read(request)
    name, wanted = request.path_params["topic"], int(sent.get("partitions_count") or 0)
    current = (await described(client, name))[name]
    if wanted < current:
        raise ApiError(
            400,
            f"Topic currently has {current} partitions, which is higher than the requested {wanted}.",
            40002,
        )
    if wanted > current:
        await ask(client.create_partitions([NewPartitions(name, wanted)], request_timeout=admin.SECONDS))
    return reply(render(cloud, request.path_params["cluster"], name, wanted))


async def delete(cloud: Cloud, request: Request) -> Response:
    client, name = await as_caller(cloud, request), request.path_params["topic"]
    await ask(client.delete_topics([name], request_timeout=admin.SECONDS))
    for _ in range(100):
        if name not in await described(admin.platform(cloud)):
            break
        await asyncio.sleep(0.05)
    for kind in ("table-options", "topic"):
        cloud.store.delete(kind, name)
    for place in cloud.store.keys("catalog-entity"):
        if place.split(":", 2)[-1] == name:
            cloud.store.delete("catalog-entity", place)
    return no_content()


def config_entry(cloud: Cloud, cluster: str, topic: str, entry: ConfigEntry) -> dict[str, Any]:
    """The API's view of one topic setting."""
    path = f"{cloud.base}/kafka/v3/clusters/{cluster}/topics/{topic}/configs/{entry.name}"
    crn = f"crn:///kafka={cluster}/topic={topic}/config={entry.name}"
    return {
        "kind": "KafkaTopicConfig",
        "metadata": {"self": path, "resource_name": crn},
        "cluster_id": cluster,
        "topic_name": topic,
        "name": entry.name,
        "value": entry.value or "",
        "is_default": entry.is_default,
        "is_read_only": entry.is_read_only,
        "is_sensitive": entry.is_sensitive,
        "source": ConfigSource(entry.source).name,
        "synonyms": [],
    }


async def configs(cloud: Cloud, request: Request) -> Response:
    client, topic = await as_caller(cloud, request), request.path_params["topic"]
    await described(client, topic)
    resource = ConfigResource(ResourceType.TOPIC, topic)
    entries = (await ask(client.describe_configs([resource], request_timeout=admin.SECONDS)))[0]
    data = [config_entry(cloud, request.path_params["cluster"], topic, e) for e in entries.values()]
    return reply({"kind": "KafkaTopicConfigList", "metadata": {"self": "", "next": None}, "data": data})


async def alter_configs(cloud: Cloud, request: Request) -> Response:
    client, sent = await as_caller(cloud, request), await bodies.read(request)
    entries = [
        ConfigEntry(
            item["name"],
            item.get("value") or "",
            incremental_operation=AlterConfigOpType[(item.get("operation") or "SET").upper()],
        )
        for item in sent.get("data") or []
    ]
    if not entries:
        raise ApiError(400, "data must name at least one setting", 40002)
    resource = ConfigResource(ResourceType.TOPIC, request.path_params["topic"], incremental_configs=entries)
    await ask(client.incremental_alter_configs([resource], request_timeout=admin.SECONDS))
    return no_content()


def routes(cloud: Cloud) -> list[Route]:
    """The paths of this module."""
    one = TOPICS + "/{topic}"
    return [
        route(cloud, f"POST {TOPICS}", create, auth.of_cluster),
        route(cloud, f"GET {TOPICS}", index, auth.of_cluster),
        route(cloud, f"GET {one}", read, auth.of_cluster),
        route(cloud, f"PATCH {one}", update, auth.of_cluster),
        route(cloud, f"DELETE {one}", delete, auth.of_cluster),
        route(cloud, f"GET {one}/configs", configs, auth.of_cluster),
        route(cloud, f"POST {one}/configs:alter", alter_configs, auth.of_cluster),
    ]
