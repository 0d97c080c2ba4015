"""The CDC connector, as its own service account."""

from collections.abc import Mapping, Sequence

import pulumi

from stacks import naming
from stacks.components.confluent.connector import CdcConnector, ConnectorArgs
from stacks.components.confluent.kafka import Kafka
from stacks.components.confluent.topics import DataPlane, EventTopic
from stacks.pipeline.context import Inputs
from stacks.pipeline.identities import Identities
from stacks.pipeline.source_database import SourceDatabase
from stacks.routes.model import Routes
from stacks.settings.model import Settings


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
