"""Alarms of everything on AWS, and Confluent's own notifications."""

import pulumi

from stacks import naming
from stacks.components.aws.alarms import Alarms, AlarmsArgs, Watched
from stacks.components.aws.events_api import FUNCTION_SECONDS
from stacks.components.aws.privatelink_egress import PrivateLinkEgress
from stacks.components.confluent.notifications import Notifications, NotificationsArgs
from stacks.pipeline.context import Context
from stacks.pipeline.private_network import PrivateNetwork
from stacks.pipeline.source_database import Aurora, SourceDatabase
from stacks.settings.source_database import AuroraBackend

STACK_DIMENSION = "deployment.environment.name"  # OpenTelemetry's name for it, as `cdc metrics --otlp` sends it


def declare(context: Context, source: SourceDatabase, private: PrivateNetwork) -> None:
    """Alarms where the backend is Aurora; notifications where its settings ask for them."""
    backend, aurora = context.settings.backend, source.aurora
    if not isinstance(backend, AuroraBackend) or aurora is None:
        return
    args = AlarmsArgs(
        context=aurora.context,
        email=backend.alarms.email,
        key_arn=aurora.kms_key.key.arn,
        cluster_id=aurora.database.cluster.id,
        watched=watched(backend, aurora, private.egress),
    )
    Alarms("alarms", args, aurora.below)
    if backend.alarms.confluent:
        name = naming.notifications(context.settings.environment.name)
        notifications_args = NotificationsArgs(
            display_name=name, kind=backend.alarms.confluent, url=context.secrets["notificationUrl"]
        )
        Notifications("notifications", notifications_args, context.below)


def watched(backend: AuroraBackend, aurora: Aurora, egress: PrivateLinkEgress | None) -> Watched:
    """What is watched: database, proxy, API, functions."""
    functions: dict[str, tuple[pulumi.Input[str], int, str]] = {
        "events-api": (aurora.api.function.function.name, FUNCTION_SECONDS, "events-api"),
        "migrator": (aurora.migrator.function.function.name, 300, "migrator"),
    }
    if egress:
        functions["writer-target"] = (egress.function.function.name, 30, "writer-target")
    return Watched(
        dimensions={
            "database": {"DBClusterIdentifier": aurora.database.cluster.id},
            "writer": {"DBClusterIdentifier": aurora.database.cluster.id, "Role": "WRITER"},
            "proxy": {"ProxyName": aurora.proxy.proxy.name},
            "api": {"ApiId": aurora.api.api.id},
            "pipeline": {STACK_DIMENSION: pulumi.get_stack()},
            **({"dead-letters": {"QueueName": egress.dead_letters.name}} if egress else {}),
        },
        functions=functions,
        concurrency=backend.api.concurrency,
        namespace=backend.alarms.metrics_namespace,
    )
