"""Private ways between AWS and Confluent, both directions, for an environment that has them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pulumi

from stacks.components.aws.privatelink_egress import PrivateLinkEgress, PrivateLinkEgressArgs
from stacks.components.aws.privatelink_ingress import PrivateLinkIngress, PrivateLinkIngressArgs
from stacks.components.confluent.kafka import Kafka
from stacks.pipeline.context import Context
from stacks.pipeline.source_database import Aurora, SourceDatabase
from stacks.settings.source_database import AuroraBackend, PrivateLink


@dataclass(frozen=True, kw_only=True, slots=True)
class PrivateNetwork:
    """`ways_in`: what our calls to the cluster need first. `ways_out`: what the connector needs first.

    `access_point_id`: of the way in, where it has one of its own.
    """

    ways_in: Sequence[pulumi.Resource] = field(default=())
    ways_out: Sequence[pulumi.Resource] = field(default=())
    access_point_id: pulumi.Output[str] | None = None
    egress: PrivateLinkEgress | None = None


def declare(context: Context, source: SourceDatabase, kafka: Kafka) -> PrivateNetwork:
    """Nothing for public connectivity."""
    aurora, backend = source.aurora, context.settings.backend
    if aurora is None or not isinstance(backend, AuroraBackend) or not isinstance(backend.connectivity, PrivateLink):
        return PrivateNetwork()
    below = pulumi.ResourceOptions(providers=[context.confluent, aurora.context.provider])
    ingress_args = PrivateLinkIngressArgs(
        context=aurora.context,
        by=backend.connectivity.ingress,
        environment_id=kafka.environment.id,
        vpc_id=aurora.network.vpc_id,
        subnets=aurora.network.private_subnets,
        groups=aurora.security_groups.ids("confluent"),
    )
    ingress = PrivateLinkIngress("ingress", ingress_args, below)
    egress = PrivateLinkEgress("privatelink", egress_args(context, aurora, kafka), below)
    return PrivateNetwork(
        ways_in=ingress.ready, ways_out=egress.ready, access_point_id=ingress.access_point_id, egress=egress
    )


def egress_args(context: Context, aurora: Aurora, kafka: Kafka) -> PrivateLinkEgressArgs:
    """Confluent's way to Aurora."""
    return PrivateLinkEgressArgs(
        context=aurora.context,
        database=aurora.database,
        environment_id=kafka.environment.id,
        vpc_id=aurora.network.vpc_id,
        subnets=aurora.network.private_subnets,
        balancer_groups=aurora.security_groups.ids("balancer"),
        function_groups=aurora.security_groups.ids("writer-target"),
        key_arn=aurora.kms_key.key.arn,
        after=[*aurora.vpc_endpoints.endpoints, *aurora.security_groups.rules],
        confluent=context.confluent,
    )
