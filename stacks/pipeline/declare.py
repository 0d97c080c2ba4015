"""The whole system, declared in dependency order, which is also reading order."""

import pulumi
import pulumi_confluentcloud as cc

from stacks.components.confluent.dead_letters import DeadLetters, DeadLettersArgs
from stacks.components.confluent.kafka import Kafka, KafkaArgs
from stacks.components.confluent.registry import Registry, RegistryArgs
from stacks.components.confluent.statements import Routing, RoutingArgs
from stacks.pipeline import governance, identities, private_network, source_database
from stacks.pipeline.connector import declare_connector
from stacks.pipeline.context import Inputs
from stacks.pipeline.flink import declare_compute, flink_connection
from stacks.pipeline.identities import World
from stacks.pipeline.outputs import CONFLUENT_ENDPOINT, Parts, exported
from stacks.pipeline.topics import data_plane, declare_topics
from stacks.routes.model import Routes
from stacks.settings.model import Settings
from stacks.statements import render, sets


def declare(settings: Settings, routes: Routes, inputs: Inputs) -> None:
    """Declare every resource and export `contract`, `routing` and (secret) `credentials`."""
    confluent = cc.Provider(
        "confluent",
        cloud_api_key=inputs.cloud_api_key,
        cloud_api_secret=inputs.cloud_api_secret,
        endpoint=inputs.endpoint,
        max_retries=10,  # large stacks run into the API's rate limits
    )
    below = pulumi.ResourceOptions(providers=[confluent])
    asking = pulumi.InvokeOutputOptions(provider=confluent)
    organization = cc.get_organization_output(opts=asking)
    region = cc.get_flink_region_output(cloud="AWS", region=settings.kafka.region, opts=asking)

    source = source_database.declare(settings, routes, inputs.secrets, confluent)
    kafka_args = KafkaArgs(environment=settings.environment, cluster=settings.kafka, protect=settings.protect)
    kafka = Kafka("kafka", kafka_args, below)
    private = private_network.declare(settings, source, kafka, confluent)
    registry_args = RegistryArgs(environment_id=kafka.environment.id, cluster=kafka.cluster, provider=confluent)
    registry = Registry("registry", registry_args, below)
    world = World(settings, routes, kafka, registry, organization, region, private.ways_in)
    access = identities.declare(world, below)
    plane = data_plane(kafka, registry, access)
    acls = identities.declare_acls(access, plane, below)
    topics = declare_topics(settings, routes, plane, kafka.cluster, below)
    source_ready = [*source.after, *private.ways_out]
    connector = declare_connector(settings, routes, inputs, source, source_ready, kafka, access, plane, topics, below)
    compute = declare_compute(settings, inputs, kafka, access, organization, region, below)
    groups = sets.pack(routes, inputs.memory.assignment, settings.flink.routes_per_statement)
    text = render.build(groups, settings.environment.name, settings.environment.name, settings.kafka.name)
    after = [
        *access.flink.bindings,
        *access.deployer.bindings,
        *(acl for found in acls.values() for acl in found.acls),
    ]
    tables = {name: topic.resources for name, topic in topics.items()}
    letters_args = DeadLettersArgs(
        sources=routes.sources,
        environment=settings.environment.name,
        database=settings.kafka.name,
        provider=compute.altering,
        after=[*after, *(r for one in routes.sources for r in tables[one.topic])],
    )
    letters = DeadLetters("dead-letters", letters_args, below)
    routing_args = RoutingArgs(
        statements=text,
        provider=compute.provider,
        tables=tables,
        after=[*after, *letters.statements],
        connection=flink_connection(settings, kafka, access, organization, region),
        memory=inputs.memory,
    )
    routing = Routing("routing", routing_args, below)
    secrets = governance.declare(
        settings, routes, inputs.secrets, source, kafka, registry, access, plane, topics, private, below
    )

    parts = Parts(source, world, topics, connector, compute, routing, secrets)
    pulumi.export("contract", exported(settings, routes, inputs.endpoint or CONFLUENT_ENDPOINT, parts))
    pulumi.export("routing", pulumi.Output.from_input(routing.served))
    pulumi.export("credentials", pulumi.Output.secret(access.credentials()))
