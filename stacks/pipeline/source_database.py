"""The source database as the rest of the program sees it, whichever kind of backend stands behind it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from stacks.components.aws.context import AwsContext
from stacks.components.aws.database import Database, DatabaseArgs
from stacks.components.aws.events_api import EventsApi, EventsApiArgs
from stacks.components.aws.kms_key import KmsKey
from stacks.components.aws.migrator import Migrator, MigratorArgs
from stacks.components.aws.network import Network, NetworkArgs
from stacks.components.aws.proxy import Proxy, ProxyArgs
from stacks.components.aws.security_groups import SecurityGroups, SecurityGroupsArgs
from stacks.components.aws.vpc_endpoints import VpcEndpoints, VpcEndpointsArgs
from stacks.pipeline.context import Context
from stacks.routes.expectations import expected
from stacks.settings.source_database import (
    API_USER,
    CDC_USER,
    AuroraBackend,
    NewVpc,
    PostgresBackend,
    PrivateLink,
    PublicAccess,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceDatabase:
    """The writer's address, the events API if there is one, and what must be done before a connector may read."""

    host: pulumi.Input[str]
    port: pulumi.Input[int]
    events_api_url: pulumi.Input[str] | None = None
    events_api_auth: str | None = None
    after: Sequence[pulumi.Resource] = field(default=())
    aurora: "Aurora | None" = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Surroundings:
    """What every other AWS component of an environment stands in: provider, key, network, security groups."""

    context: AwsContext
    below: pulumi.ResourceOptions
    kms_key: KmsKey
    network: Network
    security_groups: SecurityGroups
    vpc_endpoints: VpcEndpoints


@dataclass(frozen=True, kw_only=True, slots=True)
class Aurora(Surroundings):
    """The components that PrivateLink and alarms build on."""

    database: Database
    proxy: Proxy
    migrator: Migrator
    api: EventsApi


def declare(context: Context) -> SourceDatabase:
    """An existing database as it is; Aurora with everything around it."""
    backend = context.settings.backend
    if isinstance(backend, PostgresBackend):
        return SourceDatabase(host=backend.host, port=backend.port)
    aurora = declare_aurora(context, backend)
    cluster = aurora.database.cluster
    return SourceDatabase(
        host=cluster.endpoint,
        port=cluster.port,
        events_api_url=aurora.api.url,
        events_api_auth=backend.api.auth.kind,
        after=[aurora.migrator.run],
        aurora=aurora,
    )


def declare_aurora(context: Context, backend: AuroraBackend) -> Aurora:
    """network → database → migration, proxy → api."""
    around = surroundings(context, backend)
    database = declare_database(context, backend, around)
    proxy_args = ProxyArgs(
        context=around.context,
        database=database,
        secret_arn=database.secrets[API_USER].arn,
        subnets=around.network.private_subnets,
        groups=around.security_groups.ids("proxy"),
        key_arn=around.kms_key.key.arn,
    )
    proxy = Proxy("proxy", proxy_args, around.below)
    api_args = EventsApiArgs(
        context=around.context,
        settings=backend.api,
        proxy=proxy,
        database_name=backend.database,
        subnets=around.network.private_subnets,
        groups=around.security_groups.ids("events-api"),
        key_arn=around.kms_key.key.arn,
    )
    return Aurora(
        context=around.context,
        below=around.below,
        kms_key=around.kms_key,
        network=around.network,
        security_groups=around.security_groups,
        vpc_endpoints=around.vpc_endpoints,
        database=database,
        proxy=proxy,
        migrator=declare_migrator(context, backend, around, database),
        api=EventsApi("api", api_args, around.below),
    )


def surroundings(context: Context, backend: AuroraBackend) -> Surroundings:
    """Provider, key, network, security groups, endpoints."""
    settings = context.settings
    environment, region = settings.environment.name, settings.kafka.region
    provider = aws.Provider(
        "aws",
        region=region,
        allowed_account_ids=[backend.account] if backend.account else None,
        default_tags={"tags": {"project": "cdc-streaming", "environment": environment, "managed-by": "pulumi"}},
    )
    below = pulumi.ResourceOptions(providers=[provider])
    own = AwsContext.build(settings, backend, provider)
    kms_key = KmsKey("encryption", own, below)
    network_args = NetworkArgs(context=own, vpc=backend.vpc, public=not settings.private, key_arn=kms_key.key.arn)
    network = Network("network", network_args, below)
    groups_args = SecurityGroupsArgs(
        context=own,
        vpc_id=network.vpc_id,
        private=settings.private,
        clients=clients(backend),
        most_rules=backend.connectivity.rules if isinstance(backend.connectivity, PublicAccess) else 0,
        confluent=context.confluent,
    )
    groups = SecurityGroups("firewall", groups_args, below)
    wanted = ["secretsmanager", *(["elasticloadbalancing"] if settings.private else [])]
    endpoints_args = VpcEndpointsArgs(
        context=own,
        vpc_id=network.vpc_id,
        subnets=network.private_subnets,
        groups=groups.ids("endpoints"),
        services=wanted if isinstance(backend.vpc, NewVpc) or backend.vpc.endpoints else [],
    )
    return Surroundings(
        context=own,
        below=below,
        kms_key=kms_key,
        network=network,
        security_groups=groups,
        vpc_endpoints=VpcEndpoints("endpoints", endpoints_args, below),
    )


def declare_database(context: Context, backend: AuroraBackend, around: Surroundings) -> Database:
    """Aurora. Where Confluent has no private way to it, it has a public address for Confluent's egress ranges."""
    public, network = not context.settings.private, around.network
    args = DatabaseArgs(
        context=around.context,
        settings=backend,
        subnets=network.public_subnets if public else network.private_subnets,
        groups=around.security_groups.ids("database", *(["confluent-egress"] if public else [])),
        key_arn=around.kms_key.key.arn,
        public=public,
        first=context.previous.first,
        passwords={CDC_USER: context.secrets["databasePassword"], API_USER: context.secrets["eventsApiPassword"]},
        after=network.way_out if public else (),
    )
    return Database("database", args, around.below)


def declare_migrator(context: Context, backend: AuroraBackend, around: Surroundings, database: Database) -> Migrator:
    """The schema, the users' passwords, the publication."""
    connector = context.settings.connector
    args = MigratorArgs(
        context=around.context,
        database=database,
        database_name=backend.database,
        subnets=around.network.private_subnets,
        groups=around.security_groups.ids("migrator"),
        key_arn=around.kms_key.key.arn,
        publication=connector.publication,
        after=[*around.vpc_endpoints.endpoints, *around.security_groups.rules],
        tables=[*(source.table for source in context.routes.sources), *connector.own_tables],
        expected=[expected(source) for source in context.routes.sources],
        ssl_mode=backend.ssl_mode,
        ssl_root_certificate=backend.ssl_root_certificate,
    )
    return Migrator("migration", args, around.below)


def clients(backend: AuroraBackend) -> list[str]:
    """The ranges that use a private cluster."""
    if not isinstance(backend.connectivity, PrivateLink):
        return []
    return [*([backend.vpc.cidr] if isinstance(backend.vpc, NewVpc) else []), *backend.connectivity.clients]
