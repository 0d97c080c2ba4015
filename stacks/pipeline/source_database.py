"""The source database as the rest of the program sees it, whichever kind of backend stands behind it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws
import pulumi_confluentcloud as cc

from stacks.components.aws.context import AwsWorld, world_of
from stacks.components.aws.database import Database, DatabaseArgs
from stacks.components.aws.events_api import ApiArgs, EventsApi
from stacks.components.aws.kms_key import Encryption
from stacks.components.aws.migrator import Migrator, MigratorArgs
from stacks.components.aws.network import Network, NetworkArgs
from stacks.components.aws.proxy import Proxy, ProxyArgs
from stacks.components.aws.security_groups import Firewall, FirewallArgs
from stacks.components.aws.vpc_endpoints import Endpoints, EndpointsArgs
from stacks.routes.model import Routes
from stacks.settings.model import Settings
from stacks.settings.source_database import API_USER, CDC_USER, AuroraBackend, NewVpc, PostgresBackend, PrivateLink


@dataclass(frozen=True, kw_only=True, slots=True)
class Secrets:
    """Secret settings, by name (stacks/settings.py says which are needed)."""

    values: Mapping[str, pulumi.Output[str]]

    def __getitem__(self, name: str) -> pulumi.Output[str]:
        return self.values[name]


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
class Aurora:
    """The components that PrivateLink and alarms build on."""

    world: AwsWorld
    encryption: Encryption
    network: Network
    firewall: Firewall
    endpoints: Endpoints
    database: Database
    proxy: Proxy
    migrator: Migrator
    api: EventsApi
    below: pulumi.ResourceOptions


def declare(settings: Settings, routes: Routes, secrets: Secrets, confluent: cc.Provider) -> SourceDatabase:
    """An existing database as it is; Aurora with everything around it."""
    backend = settings.backend
    if isinstance(backend, PostgresBackend):
        return SourceDatabase(host=backend.host, port=backend.port)
    aurora = declare_aurora(settings, backend, routes, secrets, confluent)
    cluster = aurora.database.cluster
    return SourceDatabase(
        host=cluster.endpoint,
        port=cluster.port,
        events_api_url=aurora.api.url,
        events_api_auth=backend.api.auth.kind,
        after=[aurora.migrator.run],
        aurora=aurora,
    )


def declare_aurora(
    settings: Settings, backend: AuroraBackend, routes: Routes, secrets: Secrets, confluent: cc.Provider
) -> Aurora:
    """network → database → proxy → api."""
    environment, region = settings.environment.name, settings.kafka.region
    provider = aws.Provider(
        "aws",
        region=region,
        allowed_account_ids=[backend.account] if backend.account else None,
        default_tags={"tags": {"project": "cdc-streaming", "environment": environment, "managed-by": "pulumi"}},
    )
    below = pulumi.ResourceOptions(providers=[provider])
    world = world_of(environment, region, backend.log_days, settings.protect, provider)
    public = not settings.private
    encryption = Encryption("encryption", world, below)
    key = encryption.key.arn
    network = Network("network", NetworkArgs(world=world, vpc=backend.vpc, public=public, key_arn=key), below)
    firewall_args = FirewallArgs(
        world=world, vpc_id=network.vpc_id, private=settings.private, clients=clients(backend), confluent=confluent
    )
    firewall = Firewall("firewall", firewall_args, below)
    private = network.private_subnets
    wanted = ["secretsmanager", *(["elasticloadbalancing"] if settings.private else [])]
    endpoints_args = EndpointsArgs(
        world=world,
        vpc_id=network.vpc_id,
        subnets=private,
        groups=firewall.ids("endpoints"),
        services=wanted if isinstance(backend.vpc, NewVpc) or backend.vpc.endpoints else [],
    )
    endpoints = Endpoints("endpoints", endpoints_args, below)
    database_args = DatabaseArgs(
        world=world,
        settings=backend,
        subnets=network.public_subnets if public else private,
        groups=firewall.ids("database", *(["confluent-egress"] if public else [])),
        key_arn=key,
        public=public,
        passwords={CDC_USER: secrets["databasePassword"], API_USER: secrets["eventsApiPassword"]},
    )
    database = Database("database", database_args, below)
    migrator_args = MigratorArgs(
        world=world,
        database=database,
        database_name=backend.database,
        subnets=private,
        groups=firewall.ids("migrator"),
        key_arn=key,
        publication=settings.connector.publication,
        after=[*endpoints.endpoints, *firewall.rules],
        tables=[*(source.table for source in routes.sources), settings.connector.heartbeat_table],
    )
    migrator = Migrator("migration", migrator_args, below)
    proxy_args = ProxyArgs(
        world=world,
        database=database,
        secret_arn=database.secrets[API_USER].arn,
        subnets=private,
        groups=firewall.ids("proxy"),
        key_arn=key,
    )
    proxy = Proxy("proxy", proxy_args, below)
    api_args = ApiArgs(
        world=world,
        settings=backend.api,
        proxy=proxy,
        database_name=backend.database,
        subnets=private,
        groups=firewall.ids("events-api"),
        key_arn=key,
    )
    return Aurora(
        world=world,
        encryption=encryption,
        network=network,
        firewall=firewall,
        endpoints=endpoints,
        database=database,
        proxy=proxy,
        migrator=migrator,
        api=EventsApi("api", api_args, below),
        below=below,
    )


def clients(backend: AuroraBackend) -> list[str]:
    """The ranges that use a private cluster."""
    if not isinstance(backend.connectivity, PrivateLink):
        return []
    return [*([backend.vpc.cidr] if isinstance(backend.vpc, NewVpc) else []), *backend.connectivity.clients]
