"""What governs the pipeline: consumers' secrets, CI's identity, the catalog, quotas."""

from collections.abc import Mapping

import pulumi

from stacks import naming
from stacks.components.aws.consumer_secrets import ConsumerSecrets, ConsumerSecretsArgs
from stacks.components.confluent.catalog import Catalog, CatalogArgs, Entry
from stacks.components.confluent.ci_identity import CiIdentity, CiIdentityArgs
from stacks.components.confluent.quotas import Quotas, QuotasArgs
from stacks.components.confluent.topics import EventTopic
from stacks.pipeline.context import Context, Platform
from stacks.pipeline.source_database import SourceDatabase
from stacks.routes.model import Routes
from stacks.settings.kafka import Dedicated


def declare(
    context: Context, platform: Platform, source: SourceDatabase, topics: Mapping[str, EventTopic]
) -> Mapping[str, pulumi.Output[str]]:
    """Each where the settings allow it. Returns the ARN of each consumer's secret."""
    settings, below = context.settings, context.below
    if settings.ci:
        name = naming.physical(settings.environment.name, "ci")
        crn = platform.kafka.environment.resource_name
        CiIdentity("ci", CiIdentityArgs(display_name=name, ci=settings.ci, environment_crn=crn), below)
    if settings.environment.governance == "ADVANCED":
        catalog_args = CatalogArgs(
            plane=platform.data_plane,
            catalog_endpoint=platform.registry.catalog_endpoint,
            entries=entries(context.routes, topics),
        )
        Catalog("catalog", catalog_args, below)
    if isinstance(settings.kafka, Dedicated):
        accounts = {name: identity.account.id for name, identity in platform.identities.consumers.items()}
        quotas_args = QuotasArgs(kafka=platform.kafka, quota=settings.kafka.consumer_quota, accounts=accounts)
        Quotas("quotas", quotas_args, below)
    return consumer_secrets(platform, source)


def consumer_secrets(platform: Platform, source: SourceDatabase) -> Mapping[str, pulumi.Output[str]]:
    """Consumers' keys in Secrets Manager, where there is one; the ARN of each."""
    aurora = source.aurora
    if aurora is None:
        return {}
    args = ConsumerSecretsArgs(
        context=aurora.context, key_arn=aurora.kms_key.key.arn, consumers=platform.identities.consumers
    )
    return ConsumerSecrets("consumers", args, aurora.below).arns


def entries(routes: Routes, topics: Mapping[str, EventTopic]) -> dict[str, Entry]:
    """What the catalog says of each topic."""
    found: dict[str, Entry] = {}
    for s in routes.sources:
        for topic, tag, description in (
            (s.topic, "cdc_raw", f"Changes of {s.table}"),
            (s.unrouted_topic, "cdc_unrouted", f"No route took these of {s.table}"),
        ):
            found[topic] = Entry(topic=topics[topic].topic, tag=tag, owner="platform", description=description)
    for r in routes.routes:
        found[r.topic] = Entry(
            topic=topics[r.topic].topic,
            tag="cdc_routed",
            more=("cdc_pii",) if "pii" in r.tags else (),
            owner=r.owner,
            description=r.description or f"Route {r.name}",
        )
    for c in routes.consumers:
        if c.dead_letter:
            owner = routes.read_by(c)[0].owner if routes.read_by(c) else "platform"
            found[c.dead_letter_topic] = Entry(
                topic=topics[c.dead_letter_topic].topic,
                tag="cdc_dead_letter",
                owner=owner,
                description=f"What {c.name} could not work with",
            )
    return found
