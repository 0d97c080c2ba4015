"""The whole system, declared in dependency order, which is also reading order."""

from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_confluentcloud as cc

from stacks import avro, contract, identities, naming, statements
from stacks.components.compute import Compute, ComputeArgs
from stacks.components.connector import CdcConnector, ConnectorArgs
from stacks.components.kafka import Kafka, KafkaArgs
from stacks.components.registry import Registry, RegistryArgs
from stacks.components.routing import Routing, RoutingArgs
from stacks.components.topics import DataPlane, EventTopic, TopicArgs, event_config
from stacks.identities import Identities, World
from stacks.routes import Routes
from stacks.settings import Settings

CONFLUENT_ENDPOINT = "https://api.confluent.cloud"
HEARTBEAT_CONFIG = {"cleanup.policy": "delete", "retention.ms": str(24 * 60 * 60 * 1000)}


@dataclass(frozen=True, slots=True)
class Inputs:
    """What comes from outside of settings and routes: secrets, and the address of Confluent's API."""

    database_password: pulumi.Output[str]
    cloud_api_key: pulumi.Output[str] | None
    cloud_api_secret: pulumi.Output[str] | None
    endpoint: str | None

    @classmethod
    def load(cls) -> "Inputs":
        """From Pulumi's configuration. Without a key there, the provider takes CONFLUENT_CLOUD_API_KEY and _SECRET."""
        confluent = pulumi.Config("confluentcloud")
        return cls(
            pulumi.Config().require_secret("databasePassword"),
            confluent.get_secret("cloudApiKey"),
            confluent.get_secret("cloudApiSecret"),
            confluent.get("endpoint"),
        )


def declare(settings: Settings, routes: Routes, inputs: Inputs) -> None:
    """Declare every resource and export `contract` and (secret) `credentials`."""
    confluent = cc.Provider(
        "confluent",
        cloud_api_key=inputs.cloud_api_key,
        cloud_api_secret=inputs.cloud_api_secret,
        endpoint=inputs.endpoint,
    )
    below = pulumi.ResourceOptions(providers=[confluent])
    asking = pulumi.InvokeOutputOptions(provider=confluent)
    organization = cc.get_organization_output(opts=asking)
    region = cc.get_flink_region_output(cloud="AWS", region=settings.kafka.region, opts=asking)

    kafka_args = KafkaArgs(environment=settings.environment, cluster=settings.kafka, protect=settings.protect)
    kafka = Kafka("kafka", kafka_args, below)
    registry_args = RegistryArgs(environment_id=kafka.environment.id, cluster=kafka.cluster, provider=confluent)
    registry = Registry("registry", registry_args, below)
    world = World(settings, routes, kafka, registry, organization, region)
    access = identities.declare(world, below)
    plane = data_plane(kafka, registry, access)
    topics = declare_topics(settings, routes, plane, below)
    connector = declare_connector(settings, routes, inputs, kafka, access, plane, topics, below)
    compute = declare_compute(settings, inputs, kafka, access, organization, region, below)
    text = statements.build(routes, settings.environment.name, settings.environment.name, settings.kafka.name)
    after = [
        *access.flink.bindings,
        *access.deployer.bindings,
        *(r for topic in topics for r in topic.resources),
    ]
    routing = Routing("routing", RoutingArgs(statements=text, provider=compute.provider, after=after), below)

    pulumi.export("contract", exported(settings, routes, inputs, world, connector, compute, routing))
    pulumi.export("credentials", pulumi.Output.secret(access.credentials()))


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
    settings: Settings, routes: Routes, plane: DataPlane, opts: pulumi.ResourceOptions
) -> list[EventTopic]:
    """Raw, unrouted and routed topics, and the heartbeat's."""

    def topic(
        name: str, partitions: int, config: dict[str, str], records: tuple[avro.Record, avro.Record] | None
    ) -> EventTopic:
        key, value = records or (None, None)
        args = TopicArgs(
            topic=name,
            partitions=partitions,
            config=config,
            plane=plane,
            protect=settings.protect,
            key=key,
            value=value,
        )
        return EventTopic(name, args, opts)

    heartbeat = naming.heartbeat_topic(settings.connector.name)
    found = [topic(heartbeat, 1, HEARTBEAT_CONFIG, None)]
    for source in routes.sources:
        config = event_config(source.retention_days)
        rest = avro.routed(source.name, [statements.REASON])
        found.append(topic(source.topic, source.partitions, config, avro.raw(source.name)))
        found.append(topic(source.unrouted_topic, source.partitions, config, rest))
    for route in routes.routes:
        found.append(
            topic(route.topic, route.partitions, event_config(route.retention_days), avro.routed(route.source))
        )
    return found


def declare_connector(
    settings: Settings,
    routes: Routes,
    inputs: Inputs,
    kafka: Kafka,
    access: Identities,
    plane: DataPlane,
    topics: list[EventTopic],
    opts: pulumi.ResourceOptions,
) -> CdcConnector:
    """The connector, as its own service account."""
    args = ConnectorArgs(
        settings=settings.connector,
        backend=settings.backend,
        sources=routes.sources,
        environment_id=kafka.environment.id,
        account_id=access.connector.account.id,
        principal=access.connector.principal,
        database_password=inputs.database_password,
        plane=plane,
        topics=[resource for topic in topics for resource in topic.resources],
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
        rest_endpoint=region.rest_endpoint,
        api_key=key.key,
        api_secret=key.secret,
        runner_id=access.flink.account.id,
        cloud_api_key=inputs.cloud_api_key,
        cloud_api_secret=inputs.cloud_api_secret,
        endpoint=inputs.endpoint,
        protect=settings.protect,
    )
    return Compute("flink", args, opts)


def exported(
    settings: Settings,
    routes: Routes,
    inputs: Inputs,
    world: World,
    connector: CdcConnector,
    compute: Compute,
    routing: Routing,
) -> pulumi.Output[dict[str, Any]]:
    """The contract, checked against its model once all values are known."""
    wired: dict[str, pulumi.Input[Any]] = {
        "environment_id": world.kafka.environment.id,
        "cluster_id": world.kafka.cluster.id,
        "bootstrap": world.kafka.cluster.bootstrap_endpoint,
        "kafka_rest": world.kafka.cluster.rest_endpoint,
        "registry_id": world.registry.id,
        "registry_url": world.registry.rest_endpoint,
        "connector_id": connector.connector.id,
        "pool_id": compute.pool.id,
        "flink_rest": world.region.rest_endpoint,
        "organization_id": world.organization.id,
        "statements": {source: s.statement_name for source, s in routing.statements.items()},
    }
    endpoint = inputs.endpoint or CONFLUENT_ENDPOINT
    return pulumi.Output.all(**wired).apply(lambda values: contract_of(settings, routes, endpoint, values))


def contract_of(settings: Settings, routes: Routes, endpoint: str, values: dict[str, Any]) -> dict[str, Any]:
    """The contract's plain data. The protocol is part of Confluent's bootstrap address."""
    protocol, _, bootstrap = str(values["bootstrap"]).rpartition("://")
    backend, connector = settings.backend, settings.connector
    built = contract.ContractV1(
        environment=settings.environment.name,
        environment_id=values["environment_id"],
        confluent_endpoint=endpoint,
        kafka=contract.KafkaContract(
            cluster_id=values["cluster_id"],
            bootstrap_servers=bootstrap,
            security_protocol="SASL_PLAINTEXT" if protocol == "SASL_PLAINTEXT" else "SASL_SSL",
            sasl_mechanism="SCRAM-SHA-256" if protocol == "SASL_PLAINTEXT" else "PLAIN",
            rest_endpoint=values["kafka_rest"],
        ),
        registry=contract.RegistryContract(id=values["registry_id"], url=values["registry_url"]),
        database=contract.DatabaseContract(
            host=backend.host,
            port=backend.port,
            database=backend.database,
            slot=connector.slot,
            publication=connector.publication,
            heartbeat_table=connector.heartbeat_table,
        ),
        connector=contract.ConnectorContract(id=values["connector_id"], name=connector.name),
        flink=contract.FlinkContract(
            pool_id=values["pool_id"],
            rest_endpoint=values["flink_rest"],
            organization_id=values["organization_id"],
            statements=values["statements"],
        ),
        **business_parts(routes),
    )
    return built.model_dump(by_alias=True, mode="json")


def business_parts(routes: Routes) -> dict[str, Any]:
    """Sources, routes and consumers, from the business file alone."""
    topic_of = {route.name: route.topic for route in routes.routes}
    return {
        "sources": [
            contract.SourceContract(name=s.name, table=s.table, raw_topic=s.topic, unrouted_topic=s.unrouted_topic)
            for s in routes.sources
        ],
        "routes": [
            contract.RouteContract(
                name=r.name,
                source=r.source,
                topic=r.topic,
                key_subject=f"{r.topic}-key",
                value_subject=f"{r.topic}-value",
                description=r.description,
                retention_days=r.retention_days,
            )
            for r in routes.routes
        ],
        "consumers": [
            contract.ConsumerContract(name=c.name, group=c.group, topics=[topic_of[name] for name in c.routes])
            for c in routes.consumers
        ],
    }
