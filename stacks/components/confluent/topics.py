"""Topics with their schemas: raw, routed, unrouted. Flink infers its tables from them."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_confluentcloud as cc

from stacks.components.base import Component
from stacks.components.confluent.identity import Credentials
from stacks.routes.avro import Record

DAY_MS = 24 * 60 * 60 * 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class DataPlane:
    """Addresses and credentials of the cluster and the registry: what topics, ACLs and schemas are made through."""

    cluster_id: pulumi.Input[str]
    rest_endpoint: pulumi.Input[str]
    credentials: Credentials
    registry_id: pulumi.Input[str]
    registry_endpoint: pulumi.Input[str]
    registry_credentials: Credentials


@dataclass(frozen=True, kw_only=True, slots=True)
class EventTopicArgs:
    """A topic of keyed Avro records. Without schemas it is a topic of the platform, such as the heartbeat's.

    `compatibility`: what later versions of its schemas must be. Statements freeze the schema they were planned with,
    so old and new records must both be readable.
    """

    topic: str
    partitions: int
    config: Mapping[str, str]
    plane: DataPlane
    protect: bool
    cluster: cc.KafkaCluster
    compatibility: str
    key: Record | None = None
    value: Record | None = None


class EventTopic(Component):
    """A topic, its key and value schemas, and their compatibility."""

    TYPE = "cdc:confluent:EventTopic"
    topic: cc.KafkaTopic
    schemas: dict[str, cc.Schema]
    resources: list[pulumi.Resource]

    def __init__(self, name: str, args: EventTopicArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self.topic = cc.KafkaTopic(
            f"{name}-topic",
            topic_name=args.topic,
            partitions_count=args.partitions,
            config=args.config,
            kafka_cluster={"id": args.plane.cluster_id},
            rest_endpoint=args.plane.rest_endpoint,
            credentials=cc.KafkaTopicCredentialsArgs(
                key=args.plane.credentials.key, secret=args.plane.credentials.secret
            ),
            # A throw-away cluster takes its topics with it: nothing needs to be deleted one by one.
            opts=self.child(protect=args.protect, deleted_with=None if args.protect else args.cluster),
        )
        parts = {"key": args.key, "value": args.value}
        self.schemas = {part: self.register(part, record, args) for part, record in parts.items() if record}
        self.resources = [self.topic, *self.schemas.values()]
        self.register_outputs({"topic": self.topic.topic_name})

    def register(self, part: str, record: Record, args: EventTopicArgs) -> cc.Schema:
        """The subject's compatibility first, then its schema, so that the first version is already held to it."""
        plane, key = args.plane, args.plane.registry_credentials
        subject = f"{args.topic}-{part}"
        config = cc.SubjectConfig(
            f"{self.name}-{part}-config",
            subject_name=subject,
            compatibility_level=level(part, args.compatibility),
            schema_registry_cluster={"id": plane.registry_id},
            rest_endpoint=plane.registry_endpoint,
            credentials=cc.SubjectConfigCredentialsArgs(key=key.key, secret=key.secret),
            opts=self.child(),
        )
        return cc.Schema(
            f"{self.name}-{part}-schema",
            subject_name=subject,
            format="AVRO",
            schema=record.text,
            schema_registry_cluster={"id": plane.registry_id},
            rest_endpoint=plane.registry_endpoint,
            credentials=cc.SchemaCredentialsArgs(key=key.key, secret=key.secret),
            opts=self.child(protect=args.protect, depends_on=[config]),
        )


def level(part: str, promised: str) -> str:
    """What later versions of a subject must be. Keys decide partitions, so that old and new ones must mean the same both ways.

    Confluent's connector asks for FULL on key subjects (documentation of `key.format`), whatever the values promise.
    """
    if part != "key" or promised == "NONE":
        return promised
    return "FULL_TRANSITIVE" if promised.endswith("_TRANSITIVE") else "FULL"


def event_config(retention_days: int, max_bytes: int) -> dict[str, str]:
    """Settings of a topic that holds events of at most so many bytes for a number of days."""
    return {
        "cleanup.policy": "delete",
        "retention.ms": str(retention_days * DAY_MS),
        "max.message.bytes": str(max_bytes),
    }
