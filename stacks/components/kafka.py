"""The Confluent environment and its Kafka cluster."""

from dataclasses import dataclass

import pulumi
import pulumi_confluentcloud as cc

from stacks.component import Component
from stacks.settings import Cluster, Dedicated, Enterprise, EnvironmentSettings


@dataclass(frozen=True, kw_only=True, slots=True)
class KafkaArgs:
    """Plain settings: they decide what exists."""

    environment: EnvironmentSettings
    cluster: Cluster
    protect: bool


class Kafka(Component):
    """Environment and cluster. Their display names are Flink's catalog and database."""

    TOKEN = "cdc:kafka:Kafka"  # noqa: S105 - a type token
    environment: cc.Environment
    cluster: cc.KafkaCluster

    def __init__(self, name: str, args: KafkaArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self.environment = cc.Environment(
            f"{name}-environment",
            display_name=args.environment.name,
            stream_governance={"package": args.environment.governance},
            opts=self.child(protect=args.protect),
        )
        self.cluster = cc.KafkaCluster(
            f"{name}-cluster",
            display_name=args.cluster.name,
            availability=args.cluster.availability,
            cloud="AWS",
            region=args.cluster.region,
            environment={"id": self.environment.id},
            deletion_protection=True if args.protect else None,
            opts=self.child(protect=args.protect),
            **cluster_type(args.cluster),
        )
        self.register_outputs({"environmentId": self.environment.id, "clusterId": self.cluster.id})


def cluster_type(cluster: Cluster) -> dict[str, object]:
    """The one type block of a cluster. Pulumi spells `enterprises` in the plural, as a list."""
    if isinstance(cluster, Dedicated):
        return {"dedicated": {"cku": cluster.cku}}
    block = {} if cluster.max_ecku is None else {"max_ecku": cluster.max_ecku}
    return {"enterprises": [block]} if isinstance(cluster, Enterprise) else {"standard": block}
