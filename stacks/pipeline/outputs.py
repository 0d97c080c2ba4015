"""What a stack exports: the contract, filled in once every value is known."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi

from stacks import contract
from stacks.components.confluent.compute_pool import Compute
from stacks.components.confluent.connector import CdcConnector
from stacks.components.confluent.statements import Routing
from stacks.components.confluent.topics import EventTopic
from stacks.pipeline.identities import World
from stacks.pipeline.source_database import SourceDatabase
from stacks.routes.model import Routes
from stacks.settings.model import Settings

CONFLUENT_ENDPOINT = "https://api.confluent.cloud"
ISOLATION = {"exactly_once": "read_committed", "low_latency": "read_uncommitted"}
# Confluent commits a statement's transactions about once a minute (docs: Flink delivery guarantees).
LATENCY = {"exactly_once": "about a minute", "low_latency": "under 100 ms, at least once"}


@dataclass(frozen=True, slots=True)
class Parts:
    """The components that the contract speaks of. `secrets`: consumer → ARN of its keys."""

    source: SourceDatabase
    world: World
    topics: Mapping[str, EventTopic]
    connector: CdcConnector
    compute: Compute
    routing: Routing
    secrets: Mapping[str, pulumi.Output[str]]


def exported(settings: Settings, routes: Routes, endpoint: str, parts: Parts) -> pulumi.Output[dict[str, Any]]:
    """The contract, checked against its model once all values are known."""
    world = parts.world
    wired: dict[str, pulumi.Input[Any]] = {
        "host": parts.source.host,
        "port": parts.source.port,
        "events_api": parts.source.events_api_url,
        "environment_id": world.kafka.environment.id,
        "cluster_id": world.kafka.cluster.id,
        "bootstrap": world.kafka.cluster.bootstrap_endpoint,
        "kafka_rest": world.kafka.cluster.rest_endpoint,
        "registry_id": world.registry.id,
        "registry_url": world.registry.rest_endpoint,
        "connector_id": parts.connector.connector.id,
        "pool_id": parts.compute.pool.id,
        "flink_rest": world.region.private_rest_endpoint if settings.private else world.region.rest_endpoint,
        "organization_id": world.organization.id,
        "statements": {key: s.statement_name for key, s in parts.routing.statements.items()},
        "schemas": {
            route.topic: {part: schema.schema_identifier for part, schema in parts.topics[route.topic].schemas.items()}
            for route in routes.kept
        },
        "secrets": dict(parts.secrets),
    }
    auth = parts.source.events_api_auth
    return pulumi.Output.all(**wired).apply(lambda values: contract_of(settings, routes, endpoint, auth, values))


def contract_of(
    settings: Settings, routes: Routes, endpoint: str, auth: str | None, values: dict[str, Any]
) -> dict[str, Any]:
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
            host=values["host"],
            port=int(values["port"]),
            database=backend.database,
            slot=connector.slot,
            publication=connector.publication,
            heartbeat_table=connector.heartbeat_table,
        ),
        events_api=contract.EventsApiContract(url=values["events_api"], auth="jwt" if auth == "jwt" else "iam")
        if auth
        else None,
        connector=contract.ConnectorContract(id=values["connector_id"], name=connector.name),
        flink=contract.FlinkContract(
            pool_id=values["pool_id"],
            rest_endpoint=values["flink_rest"],
            organization_id=values["organization_id"],
            statements=values["statements"],
        ),
        **business_parts(routes, values["schemas"], values["secrets"]),
    )
    return built.model_dump(by_alias=True, mode="json")


def business_parts(
    routes: Routes, schemas: Mapping[str, Mapping[str, int]], secrets: Mapping[str, str]
) -> dict[str, Any]:
    """Sources, routes and consumers, with their schemas' ids and the places of their secrets."""
    return {
        "sources": [
            contract.SourceContract(
                name=s.name,
                table=s.table,
                raw_topic=s.topic,
                unrouted_topic=s.unrouted_topic,
                dead_letter_topic=s.dead_letter_topic,
            )
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
                key_schema_id=schemas[r.topic]["key"],
                value_schema_id=schemas[r.topic]["value"],
                owner=r.owner,
                delivery=r.delivery,
                status=r.status,
                until=r.until or "",
                tags=list(r.tags),
            )
            for r in routes.kept
        ],
        "consumers": [
            contract.ConsumerContract(
                name=c.name,
                group=c.group,
                group_prefix=c.group,
                topics=[route.topic for route in routes.read_by(c)],
                delivery=routes.delivery(c),
                isolation_level=ISOLATION[routes.delivery(c)],  # pyright: ignore[reportArgumentType]
                expected_latency=LATENCY[routes.delivery(c)],
                secret=secrets.get(c.name, f"stack:credentials.{c.name}"),
            )
            for c in routes.consumers
        ],
    }
