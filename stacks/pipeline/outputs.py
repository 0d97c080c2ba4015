"""What a stack exports: the contract, filled in once every value is known."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi

from stacks.components.confluent.connector import CdcConnector
from stacks.components.confluent.topics import EventTopic
from stacks.contract import (
    ConnectorContract,
    ConsumerContract,
    ContractV1,
    DatabaseContract,
    EventsApiContract,
    FlinkContract,
    KafkaContract,
    RegistryContract,
    RouteContract,
    SourceContract,
)
from stacks.pipeline.context import Context, Platform
from stacks.pipeline.flink import Flink
from stacks.pipeline.source_database import SourceDatabase
from stacks.routes.model import Routes

ISOLATION = {"exactly_once": "read_committed", "low_latency": "read_uncommitted"}
# Confluent commits a statement's transactions about once a minute (docs: Flink delivery guarantees).
LATENCY = {"exactly_once": "about a minute", "low_latency": "under 100 ms, at least once"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Stages:
    """What the contract speaks of. `consumer_secrets`: consumer → ARN of its keys."""

    platform: Platform
    source: SourceDatabase
    topics: Mapping[str, EventTopic]
    connector: CdcConnector
    flink: Flink
    consumer_secrets: Mapping[str, pulumi.Output[str]]


def contract(context: Context, stages: Stages) -> pulumi.Output[dict[str, Any]]:
    """The contract, checked against its model once all values are known."""
    platform, source = stages.platform, stages.source
    registry = platform.registry
    wired: dict[str, pulumi.Input[Any]] = {
        "host": source.host,
        "port": source.port,
        "events_api": source.events_api_url,
        "environment_id": platform.kafka.environment.id,
        "cluster_id": platform.kafka.cluster.id,
        "bootstrap": platform.endpoints.bootstrap,
        "kafka_rest": platform.endpoints.kafka_rest,
        "registry_id": registry.id,
        "registry_url": platform.endpoints.registry_for_clients,
        "connector_id": stages.connector.connector.id,
        "pool_id": stages.flink.pool.pool.id,
        "flink_rest": platform.endpoints.flink,
        "organization_id": context.organization.id,
        "statements": {key: s.statement_name for key, s in stages.flink.routing.statements.items()},
        "schemas": {
            route.topic: {part: schema.schema_identifier for part, schema in stages.topics[route.topic].schemas.items()}
            for route in context.routes.kept
        },
        "secrets": dict(stages.consumer_secrets),
    }
    auth = source.events_api_auth
    return pulumi.Output.all(**wired).apply(lambda values: filled(context, auth, values))


def filled(context: Context, auth: str | None, values: dict[str, Any]) -> dict[str, Any]:
    """The contract's plain data. The protocol is part of Confluent's bootstrap address."""
    settings, routes, endpoint = context.settings, context.routes, context.cloud.address
    protocol, _, bootstrap = str(values["bootstrap"]).rpartition("://")
    backend, connector = settings.backend, settings.connector
    built = ContractV1(
        environment=settings.environment.name,
        environment_id=values["environment_id"],
        confluent_endpoint=endpoint,
        kafka=KafkaContract(
            cluster_id=values["cluster_id"],
            bootstrap_servers=bootstrap,
            security_protocol="SASL_PLAINTEXT" if protocol == "SASL_PLAINTEXT" else "SASL_SSL",
            sasl_mechanism="SCRAM-SHA-256" if protocol == "SASL_PLAINTEXT" else "PLAIN",
            rest_endpoint=values["kafka_rest"],
        ),
        registry=RegistryContract(id=values["registry_id"], url=values["registry_url"]),
        database=DatabaseContract(
            host=values["host"],
            port=int(values["port"]),
            database=backend.database,
            slot=connector.slot,
            publication=connector.publication,
            heartbeat_table=connector.heartbeat_table,
            tls=backend.ssl_mode,
        ),
        events_api=EventsApiContract(url=values["events_api"], auth="jwt" if auth == "jwt" else "iam")
        if auth
        else None,
        connector=ConnectorContract(id=values["connector_id"], name=connector.name),
        flink=FlinkContract(
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
            SourceContract(
                name=s.name,
                table=s.table,
                raw_topic=s.topic,
                unrouted_topic=s.unrouted_topic,
                dead_letter_topic=s.dead_letter_topic,
            )
            for s in routes.sources
        ],
        "routes": [
            RouteContract(
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
            ConsumerContract(
                name=c.name,
                group=c.group,
                group_prefix=c.group,
                topics=[route.topic for route in routes.read_by(c)],
                delivery=routes.delivery(c),
                isolation_level=ISOLATION[routes.delivery(c)],  # pyright: ignore[reportArgumentType]
                expected_latency=LATENCY[routes.delivery(c)],
                secret=secrets.get(c.name, f"stack:credentials.{c.name}"),
                dead_letter_topic=c.dead_letter_topic,
            )
            for c in routes.consumers
        ],
    }
