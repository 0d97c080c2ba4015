"""Private ways between AWS and Confluent, both directions, for an environment that has them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_confluentcloud as cc

from stacks.components.aws.privatelink_egress import PrivateLink, PrivateLinkArgs
from stacks.components.aws.privatelink_ingress import Ingress, IngressArgs
from stacks.components.confluent.kafka import Kafka
from stacks.pipeline.source_database import SourceDatabase
from stacks.settings.model import Settings


@dataclass(frozen=True, slots=True)
class Links:
    """`ways_in`: what our calls to the cluster need first. `ways_out`: what the connector needs first."""

    ways_in: Sequence[pulumi.Resource] = field(default=())
    ways_out: Sequence[pulumi.Resource] = field(default=())
    link: PrivateLink | None = None


def declare(settings: Settings, source: SourceDatabase, kafka: Kafka, confluent: cc.Provider) -> Links:
    """Nothing for public connectivity."""
    aurora = source.aurora
    if not settings.private or aurora is None:
        return Links()
    below = pulumi.ResourceOptions(providers=[confluent, aurora.world.provider])
    network, firewall = aurora.network, aurora.firewall
    ingress_args = IngressArgs(
        world=aurora.world,
        environment_id=kafka.environment.id,
        vpc_id=network.vpc_id,
        subnets=network.private_subnets,
        groups=firewall.ids("confluent"),
    )
    link_args = PrivateLinkArgs(
        world=aurora.world,
        database=aurora.database,
        environment_id=kafka.environment.id,
        vpc_id=network.vpc_id,
        subnets=network.private_subnets,
        balancer_groups=firewall.ids("balancer"),
        function_groups=firewall.ids("writer-target"),
        key_arn=aurora.encryption.key.arn,
        after=[*aurora.endpoints.endpoints, *firewall.rules],
        confluent=confluent,
    )
    ingress = Ingress("ingress", ingress_args, below)
    link = PrivateLink("privatelink", link_args, below)
    return Links([ingress.connection], link.ready, link)
