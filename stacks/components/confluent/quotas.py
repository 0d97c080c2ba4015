"""Client quotas: one consumer cannot take the cluster from the others. Only Dedicated clusters know them."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_confluentcloud as cc

from stacks.components.base import Component
from stacks.components.confluent.kafka import Kafka
from stacks.settings.kafka import Quota


@dataclass(frozen=True, kw_only=True, slots=True)
class QuotasArgs:
    """Consumers' accounts by name, and what each may move."""

    kafka: Kafka
    quota: Quota
    accounts: Mapping[str, pulumi.Input[str]]


class Quotas(Component):
    """The same quota for each consumer's account."""

    TYPE = "cdc:confluent:Quotas"

    def __init__(self, name: str, args: QuotasArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        kafka, quota = args.kafka, args.quota
        for consumer, account in args.accounts.items():
            cc.KafkaClientQuota(
                f"{name}-{consumer}",
                display_name=consumer,
                description=f"What the consumer {consumer} may move",
                environment={"id": kafka.environment.id},
                kafka_cluster={"id": kafka.cluster.id},
                principals=[account],
                throughput={"ingress_byte_rate": str(quota.ingress_bytes), "egress_byte_rate": str(quota.egress_bytes)},
                opts=self.child(),
            )
        self.register_outputs({})
