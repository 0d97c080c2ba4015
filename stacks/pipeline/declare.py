"""The whole system, declared in dependency order, which is also reading order."""

import pulumi

from stacks.components.confluent.kafka import Kafka, KafkaArgs
from stacks.pipeline import (
    connector,
    flink,
    governance,
    identities,
    monitoring,
    outputs,
    private_network,
    source_database,
    topics,
)
from stacks.pipeline.context import Context


def declare(context: Context) -> None:
    """Declare every resource and export `contract`, `routing`, `keyGenerations` and (secret) `credentials`."""
    settings = context.settings
    source = source_database.declare(context)
    kafka_args = KafkaArgs(environment=settings.environment, cluster=settings.kafka, protect=settings.protect)
    kafka = Kafka("kafka", kafka_args, context.below)
    private = private_network.declare(context, source, kafka)
    platform = identities.declare(context, kafka, private)
    acls = identities.declare_acls(context, platform)
    events = topics.declare(context, platform)
    captured = connector.declare(context, platform, source, [*source.after, *private.ways_out], events)
    statements = flink.declare(context, platform, events, acls)
    monitoring.declare(context, source, private)
    secrets = governance.declare(context, platform, source, events)

    stages = outputs.Stages(
        platform=platform,
        source=source,
        topics=events,
        connector=captured,
        flink=statements,
        consumer_secrets=secrets,
    )
    pulumi.export("contract", outputs.contract(context, stages))
    pulumi.export("routing", pulumi.Output.from_input(statements.routing.served))
    pulumi.export("keyGenerations", pulumi.Output.from_input(context.settings.keys.generations))
    pulumi.export("credentials", pulumi.Output.secret(platform.identities.credentials()))
