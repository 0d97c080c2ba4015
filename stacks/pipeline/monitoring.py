"""Alarms of everything on AWS, and Confluent's own notifications."""

import pulumi

from stacks import naming
from stacks.components.aws.alarms import Alarms, AlarmsArgs, Watched
from stacks.components.aws.events_api import FUNCTION_SECONDS
from stacks.components.aws.privatelink_egress import PrivateLink as PrivateWay
from stacks.components.confluent.notifications import Notifications
from stacks.pipeline.source_database import Aurora, Secrets
from stacks.settings.model import Settings
from stacks.settings.source_database import AuroraBackend


def declare_alarms(
    settings: Settings, aurora: Aurora, link: PrivateWay | None, secrets: Secrets, opts: pulumi.ResourceOptions
) -> None:
    """Alarms of everything on AWS, and Confluent's own notifications."""
    backend = settings.backend
    assert isinstance(backend, AuroraBackend)  # noqa: S101 - the caller has an Aurora
    functions: dict[str, tuple[pulumi.Input[str], int, str]] = {
        "events-api": (aurora.api.function.function.name, FUNCTION_SECONDS, "events-api"),
        "migrator": (aurora.migrator.function.function.name, 300, "migrator"),
    }
    if link:
        functions["writer-target"] = (link.function.function.name, 30, "writer-target")
    watched = Watched(
        dimensions={
            "database": {"DBClusterIdentifier": aurora.database.cluster.id},
            "writer": {"DBClusterIdentifier": aurora.database.cluster.id, "Role": "WRITER"},
            "proxy": {"ProxyName": aurora.proxy.proxy.name},
            "api": {"ApiId": aurora.api.api.id},
            **({"dead-letters": {"QueueName": link.dead_letters.name}} if link else {}),
        },
        functions=functions,
        concurrency=backend.api.concurrency,
    )
    args = AlarmsArgs(
        world=aurora.world,
        email=backend.alarms.email,
        key_arn=aurora.encryption.key.arn,
        cluster_id=aurora.database.cluster.id,
        watched=watched,
    )
    Alarms("alarms", args, aurora.below)
    if backend.alarms.confluent:
        name = naming.physical(settings.environment.name, "notifications")
        Notifications("notifications", name, backend.alarms.confluent, secrets["notificationUrl"], opts)
