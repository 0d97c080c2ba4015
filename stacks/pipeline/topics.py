"""Raw, unrouted, routed and heartbeat topics, through the deployer's keys."""

import pulumi
import pulumi_confluentcloud as cc

from stacks import naming
from stacks.components.confluent.kafka import Kafka
from stacks.components.confluent.registry import Registry
from stacks.components.confluent.topics import DataPlane, EventTopic, TopicArgs, event_config
from stacks.pipeline.identities import Identities
from stacks.routes import avro
from stacks.routes.model import Compatibility, Routes
from stacks.routes.records import records
from stacks.settings.model import Settings
from stacks.statements import render

HEARTBEAT_CONFIG = {"cleanup.policy": "delete", "retention.ms": str(24 * 60 * 60 * 1000)}


def data_plane(kafka: Kafka, registry: Registry, access: Identities) -> DataPlane:
    """What topics, ACLs and schemas are made through: the deployer's keys."""
    return DataPlane(
        cluster_id=kafka.cluster.id,
        rest_endpoint=kafka.cluster.rest_endpoint,
        credentials=access.deployer.credentials("kafka"),
        registry_id=registry.id,
        registry_endpoint=registry.rest_endpoint,
        registry_credentials=access.deployer.credentials("registry"),
    )


def declare_topics(
    settings: Settings, routes: Routes, plane: DataPlane, cluster: cc.KafkaCluster, opts: pulumi.ResourceOptions
) -> dict[str, EventTopic]:
    """Raw, unrouted and routed topics, and the heartbeat's, by topic name."""

    def topic(
        name: str,
        partitions: int,
        config: dict[str, str],
        records: tuple[avro.Record, avro.Record] | None = None,
        compatibility: Compatibility = "BACKWARD",
    ) -> EventTopic:
        key, value = records or (None, None)
        args = TopicArgs(
            topic=name,
            partitions=partitions,
            config=config,
            plane=plane,
            protect=settings.protect,
            cluster=cluster,
            compatibility=compatibility,
            key=key,
            value=value,
        )
        return EventTopic(name, args, opts)

    heartbeat = naming.heartbeat_topic(settings.connector.name)
    found = {heartbeat: topic(heartbeat, 1, HEARTBEAT_CONFIG)}
    for source in routes.sources:
        config, promise = event_config(source.retention_days), source.compatibility
        rest = avro.routed(source, extra=[render.REASON])
        found[source.topic] = topic(source.topic, source.partitions, config, avro.raw(source), promise)
        found[source.unrouted_topic] = topic(source.unrouted_topic, source.partitions, config, rest, promise)
    for route in routes.kept:
        config, source = event_config(route.retention_days), routes.source(route.source)
        record = records(source, route)
        found[route.topic] = topic(route.topic, route.partitions, config, record, source.compatibility)
    return found
