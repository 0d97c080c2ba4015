"""The Confluent environment and its Kafka cluster."""

from dataclasses import dataclass

import pulumi
import pulumi_confluentcloud as cc

from stacks.components.base import Component
from stacks.settings.kafka import Basic, Cluster, Dedicated, Enterprise, Standard
from stacks.settings.model import EnvironmentSettings


@dataclass(frozen=True, kw_only=True, slots=True)
class KafkaArgs:
    """Plain settings: they decide what exists."""

    environment: EnvironmentSettings
    cluster: Cluster
    protect: bool


class Kafka(Component):
    """Environment and cluster. Their display names are Flink's catalog and database."""

    TYPE = "cdc:confluent:Kafka"
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
            basic=basic(args.cluster),
            standard=standard(args.cluster),
            enterprises=enterprises(args.cluster),
            dedicated=dedicated(args.cluster),
        )
        self.register_outputs({"environmentId": self.environment.id, "clusterId": self.cluster.id})


def basic(cluster: Cluster) -> cc.KafkaClusterBasicArgs | None:
    """The type block of a Basic cluster."""
    return cc.KafkaClusterBasicArgs(max_ecku=cluster.max_ecku) if isinstance(cluster, Basic) else None


def standard(cluster: Cluster) -> cc.KafkaClusterStandardArgs | None:
    """The type block of a Standard cluster."""
    return cc.KafkaClusterStandardArgs(max_ecku=cluster.max_ecku) if isinstance(cluster, Standard) else None


def enterprises(cluster: Cluster) -> list[cc.KafkaClusterEnterpriseArgs] | None:
    """The type block of an Enterprise cluster, which Pulumi spells in the plural, as a list."""
    return [cc.KafkaClusterEnterpriseArgs(max_ecku=cluster.max_ecku)] if isinstance(cluster, Enterprise) else None


def dedicated(cluster: Cluster) -> cc.KafkaClusterDedicatedArgs | None:
    """The type block of a Dedicated cluster."""
    return cc.KafkaClusterDedicatedArgs(cku=cluster.cku) if isinstance(cluster, Dedicated) else None
