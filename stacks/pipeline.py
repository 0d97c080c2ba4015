"""The whole system, declared in dependency order, which is also reading order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_confluentcloud as cc

from stacks import avro, extras, identities, links, naming, packing, sourcedb, statements
from stacks.components.compute import Compute, ComputeArgs
from stacks.components.connector import CdcConnector, ConnectorArgs
from stacks.components.deadletters import DeadLetters, DeadLettersArgs
from stacks.components.kafka import Kafka, KafkaArgs
from stacks.components.registry import Registry, RegistryArgs
from stacks.components.routing import Routing, RoutingArgs
from stacks.components.topics import DataPlane, EventTopic, TopicArgs, event_config
from stacks.exports import CONFLUENT_ENDPOINT, Parts, exported
from stacks.handover import Connection
from stacks.identities import Identities, World
from stacks.memory import Memory
from stacks.routes import Compatibility, Routes, records
from stacks.settings import Settings
from stacks.sourcedb import Secrets, SourceDatabase

HEARTBEAT_CONFIG = {"cleanup.policy": "delete", "retention.ms": str(24 * 60 * 60 * 1000)}


@dataclass(frozen=True, slots=True)
class Inputs:
    """What comes from outside of settings and routes: secrets, and the address of Confluent's API."""

    secrets: Secrets
    cloud_api_key: pulumi.Output[str] | None
    cloud_api_secret: pulumi.Output[str] | None
    endpoint: str | None
    memory: Memory

    @classmethod
    def load(cls, settings: Settings, memory: Memory) -> "Inputs":
        """From Pulumi's configuration. Without a key there, the provider takes CONFLUENT_CLOUD_API_KEY and _SECRET."""
        confluent, own = pulumi.Config("confluentcloud"), pulumi.Config()
        return cls(
            Secrets(values={name: own.require_secret(name) for name in settings.secrets}),
            confluent.get_secret("cloudApiKey"),
            confluent.get_secret("cloudApiSecret"),
            confluent.get("endpoint"),
            memory,
        )


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

    source = sourcedb.declare(settings, routes, inputs.secrets, confluent)
    kafka_args = KafkaArgs(environment=settings.environment, cluster=settings.kafka, protect=settings.protect)
    kafka = Kafka("kafka", kafka_args, below)
    private = links.declare(settings, source, kafka, confluent)
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
    groups = packing.pack(routes, inputs.memory.assignment, settings.flink.routes_per_statement)
    text = statements.build(groups, settings.environment.name, settings.environment.name, settings.kafka.name)
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
    secrets = extras.declare(
        settings, routes, inputs.secrets, source, kafka, registry, access, plane, topics, private, below
    )

    parts = Parts(source, world, topics, connector, compute, routing, secrets)
    pulumi.export("contract", exported(settings, routes, inputs.endpoint or CONFLUENT_ENDPOINT, parts))
    pulumi.export("routing", pulumi.Output.from_input(routing.served))
    pulumi.export("credentials", pulumi.Output.secret(access.credentials()))


def flink_endpoint(settings: Settings, region: pulumi.Output[cc.GetFlinkRegionResult]) -> pulumi.Output[str]:
    """Statements on the public endpoint cannot reach a private cluster."""
    return region.private_rest_endpoint if settings.private else region.rest_endpoint


def flink_connection(
    settings: Settings,
    kafka: Kafka,
    access: Identities,
    organization: pulumi.Output[cc.GetOrganizationResult],
    region: pulumi.Output[cc.GetFlinkRegionResult],
) -> Connection:
    """How the program itself asks about statements: as the deployer, who submits them."""
    key = access.deployer.credentials("flink")
    return Connection(
        rest_endpoint=flink_endpoint(settings, region),
        organization_id=organization.id,
        environment_id=kafka.environment.id,
        api_key=key.key,
        api_secret=key.secret,
    )


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
        rest = avro.routed(source, extra=[statements.REASON])
        found[source.topic] = topic(source.topic, source.partitions, config, avro.raw(source), promise)
        found[source.unrouted_topic] = topic(source.unrouted_topic, source.partitions, config, rest, promise)
    for route in routes.kept:
        config, source = event_config(route.retention_days), routes.source(route.source)
        record = records(source, route)
        found[route.topic] = topic(route.topic, route.partitions, config, record, source.compatibility)
    return found


def declare_connector(
    settings: Settings,
    routes: Routes,
    inputs: Inputs,
    source: SourceDatabase,
    ready: Sequence[pulumi.Resource],
    kafka: Kafka,
    access: Identities,
    plane: DataPlane,
    topics: Mapping[str, EventTopic],
    opts: pulumi.ResourceOptions,
) -> CdcConnector:
    """The connector, as its own service account. It waits for the topics that it writes, not for those of the routes."""
    written = [naming.heartbeat_topic(settings.connector.name), *(one.topic for one in routes.sources)]
    args = ConnectorArgs(
        settings=settings.connector,
        backend=settings.backend,
        host=source.host,
        port=source.port,
        sources=routes.sources,
        environment_id=kafka.environment.id,
        account_id=access.connector.account.id,
        principal=access.connector.principal,
        database_password=inputs.secrets["databasePassword"],
        plane=plane,
        after=[*ready, *(resource for topic in written for resource in topics[topic].resources)],
        protect=settings.protect,
    )
    return CdcConnector("cdc", args, opts)


def declare_compute(
    settings: Settings,
    inputs: Inputs,
    kafka: Kafka,
    access: Identities,
    organization: pulumi.Output[cc.GetOrganizationResult],
    region: pulumi.Output[cc.GetFlinkRegionResult],
    opts: pulumi.ResourceOptions,
) -> Compute:
    """The pool, and the provider that submits as the deployer and runs as the Flink account."""
    key = access.deployer.credentials("flink")
    args = ComputeArgs(
        display_name=naming.physical(settings.environment.name, "flink"),
        max_cfu=settings.flink.max_cfu,
        region=settings.kafka.region,
        environment_id=kafka.environment.id,
        organization_id=organization.id,
        rest_endpoint=flink_endpoint(settings, region),
        api_key=key.key,
        api_secret=key.secret,
        runner_id=access.flink.account.id,
        deployer_id=access.deployer.account.id,
        cloud_api_key=inputs.cloud_api_key,
        cloud_api_secret=inputs.cloud_api_secret,
        endpoint=inputs.endpoint,
        protect=settings.protect,
    )
    return Compute("flink", args, opts)
