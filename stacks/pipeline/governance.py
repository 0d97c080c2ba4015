"""What stands around the pipeline: consumers' secrets, alarms, CI's identity, the catalog, quotas."""

from collections.abc import Mapping

import pulumi

from stacks import naming
from stacks.components.aws.consumer_secrets import ConsumerSecrets
from stacks.components.confluent.catalog import Catalog, CatalogArgs, Entry
from stacks.components.confluent.ci_identity import CiIdentity
from stacks.components.confluent.kafka import Kafka
from stacks.components.confluent.quotas import Quotas
from stacks.components.confluent.registry import Registry
from stacks.components.confluent.topics import DataPlane, EventTopic
from stacks.pipeline import monitoring
from stacks.pipeline.identities import Identities
from stacks.pipeline.private_network import Links
from stacks.pipeline.source_database import Secrets, SourceDatabase
from stacks.routes.model import Routes
from stacks.settings.kafka import Dedicated
from stacks.settings.model import Settings


def declare(
    settings: Settings,
    routes: Routes,
    secrets: Secrets,
    source: SourceDatabase,
    kafka: Kafka,
    registry: Registry,
    access: Identities,
    plane: DataPlane,
    topics: Mapping[str, EventTopic],
    links: Links,
    opts: pulumi.ResourceOptions,
) -> Mapping[str, pulumi.Output[str]]:
    """Each where the settings allow it. Returns the ARN of each consumer's secret."""
    arns: Mapping[str, pulumi.Output[str]] = {}
    if aurora := source.aurora:
        kept = ConsumerSecrets("consumers", aurora.world, aurora.encryption.key.arn, access.consumers, aurora.below)
        arns = kept.arns
        monitoring.declare_alarms(settings, aurora, links.link, secrets, opts)
    if settings.ci:
        name = naming.physical(settings.environment.name, "ci")
        CiIdentity("ci", name, settings.ci, kafka.environment.resource_name, opts)
    if settings.environment.governance == "ADVANCED":
        described = CatalogArgs(
            plane=plane, catalog_endpoint=registry.catalog_endpoint, entries=entries(routes, topics)
        )
        Catalog("catalog", described, opts)
    if isinstance(settings.kafka, Dedicated):
        accounts = {name: identity.account.id for name, identity in access.consumers.items()}
        Quotas("quotas", kafka, settings.kafka.consumer_quota, accounts, opts)
    return arns


def entries(routes: Routes, topics: Mapping[str, EventTopic]) -> dict[str, Entry]:
    """What the catalog says of each topic."""
    found: dict[str, Entry] = {}
    for s in routes.sources:
        found[s.topic] = Entry(
            topic=topics[s.topic].topic, tag="cdc_raw", owner="platform", description=f"Changes of {s.table}"
        )
        found[s.unrouted_topic] = Entry(
            topic=topics[s.unrouted_topic].topic,
            tag="cdc_unrouted",
            owner="platform",
            description=f"No route took these of {s.table}",
        )
    for r in routes.kept:
        found[r.topic] = Entry(
            topic=topics[r.topic].topic,
            tag="cdc_routed",
            more=("cdc_pii",) if "pii" in r.tags else (),
            owner=r.owner,
            description=r.description or f"Route {r.name}",
        )
    return found
