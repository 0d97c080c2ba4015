"""Flink: the compute pool, dead-letter tables, and the routing statements."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from stacks import naming
from stacks.components.confluent.acls import Acls
from stacks.components.confluent.compute_pool import ComputePool, ComputePoolArgs
from stacks.components.confluent.dead_letters import DeadLetters, DeadLettersArgs
from stacks.components.confluent.statements import RoutingStatements, RoutingStatementsArgs
from stacks.components.confluent.topics import EventTopic
from stacks.pipeline.context import Context, Platform
from stacks.rollout.flink_client import Connection
from stacks.statements import render, sets


@dataclass(frozen=True, kw_only=True, slots=True)
class Flink:
    """The pool, and the statements that run in it."""

    pool: ComputePool
    routing: RoutingStatements


def declare(context: Context, platform: Platform, topics: Mapping[str, EventTopic], acls: Mapping[str, Acls]) -> Flink:
    """Everything of Flink. Statements wait for the roles or ACLs they are submitted and run with."""
    pool = compute_pool(context, platform)
    identities = platform.identities
    permitted: list[pulumi.Resource] = [
        *identities.flink.bindings,
        *identities.deployer.bindings,
        *(acl for own in acls.values() for acl in own.acls),
    ]
    letters = dead_letters(context, pool, topics, permitted)
    routing = routing_statements(context, platform, pool, topics, [*permitted, *letters.statements])
    return Flink(pool=pool, routing=routing)


def compute_pool(context: Context, platform: Platform) -> ComputePool:
    """The pool, and the provider that submits as the deployer and runs as the Flink account."""
    settings, identities = context.settings, platform.identities
    key = identities.deployer.credentials("flink")
    args = ComputePoolArgs(
        display_name=naming.physical(settings.environment.name, "flink"),
        max_cfu=settings.flink.max_cfu,
        region=settings.kafka.region,
        environment_id=platform.kafka.environment.id,
        organization_id=context.organization.id,
        rest_endpoint=platform.endpoints.flink,
        api_key=key.key,
        api_secret=key.secret,
        runner_id=identities.flink.account.id,
        deployer_id=identities.deployer.account.id,
        cloud_api_key=context.cloud.api_key,
        cloud_api_secret=context.cloud.api_secret,
        endpoint=context.cloud.endpoint,
        protect=settings.protect,
    )
    return ComputePool("flink", args, context.below)


def dead_letters(
    context: Context, pool: ComputePool, topics: Mapping[str, EventTopic], permitted: list[pulumi.Resource]
) -> DeadLetters:
    """The sources' tables send what cannot be decoded to dead-letter topics."""
    sources = context.routes.sources
    args = DeadLettersArgs(
        sources=sources,
        environment=context.settings.environment.name,
        database=context.settings.kafka.name,
        provider=pool.altering,
        max_bytes=context.settings.kafka.max_message_bytes,
        after=[*permitted, *(resource for source in sources for resource in topics[source.topic].resources)],
    )
    return DeadLetters("dead-letters", args, context.below)


def routing_statements(
    context: Context,
    platform: Platform,
    pool: ComputePool,
    topics: Mapping[str, EventTopic],
    after: list[pulumi.Resource],
) -> RoutingStatements:
    """The routes' statements, each continuing from the one it replaces."""
    settings, environment = context.settings, context.settings.environment.name
    groups = sets.pack(context.routes, context.previous.assignment, settings.flink.routes_per_statement)
    args = RoutingStatementsArgs(
        statements=render.build(groups, environment, environment, settings.kafka.name),
        provider=pool.provider,
        tables={name: topic.resources for name, topic in topics.items()},
        after=after,
        connection=connection(context, platform),
        previous=context.previous,
    )
    return RoutingStatements("routing", args, context.below)


def connection(context: Context, platform: Platform) -> Connection:
    """How the program itself asks about statements: as the deployer, who submits them."""
    key = platform.identities.deployer.credentials("flink")
    return Connection(
        rest_endpoint=platform.endpoints.flink,
        organization_id=context.organization.id,
        environment_id=platform.kafka.environment.id,
        api_key=key.key,
        api_secret=key.secret,
    )
