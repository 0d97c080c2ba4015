"""The CDC connector, as its own service account."""

from collections.abc import Mapping, Sequence

import pulumi

from stacks import naming
from stacks.components.confluent.connector import CdcConnector, CdcConnectorArgs
from stacks.components.confluent.topics import EventTopic
from stacks.pipeline.context import Context, Platform
from stacks.pipeline.source_database import SourceDatabase


def declare(
    context: Context,
    platform: Platform,
    source: SourceDatabase,
    ready: Sequence[pulumi.Resource],
    topics: Mapping[str, EventTopic],
) -> CdcConnector:
    """The connector. It waits for what is `ready` and the topics that it writes, not for those of the routes."""
    settings, sources, identity = context.settings, context.routes.sources, platform.identities.connector
    written = [naming.heartbeat_topic(settings.connector.name), *(one.topic for one in sources)]
    args = CdcConnectorArgs(
        settings=settings.connector,
        backend=settings.backend,
        host=source.host,
        port=source.port,
        sources=sources,
        environment_id=platform.kafka.environment.id,
        account_id=identity.account.id,
        principal=identity.principal,
        database_password=context.secrets["databasePassword"],
        plane=platform.data_plane,
        after=[*ready, *(resource for topic in written for resource in topics[topic].resources)],
        protect=settings.protect,
    )
    return CdcConnector("cdc", args, context.below)
