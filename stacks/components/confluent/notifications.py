"""Confluent's own notifications: failed connectors, degraded statements, and the like."""

from dataclasses import dataclass
from typing import Literal

import pulumi
import pulumi_confluentcloud as cc

from stacks.components.base import Component


@dataclass(frozen=True, kw_only=True, slots=True)
class NotificationsArgs:
    """Where notifications go; the address is a secret."""

    display_name: str
    kind: Literal["slack", "teams", "webhook"]
    url: pulumi.Input[str]


class Notifications(Component):
    """One integration; its address is a secret."""

    TYPE = "cdc:confluent:Notifications"
    integration: cc.NotificationsIntegration

    def __init__(self, name: str, args: NotificationsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        kind, secret = args.kind, pulumi.Output.secret(args.url)
        self.integration = cc.NotificationsIntegration(
            f"{name}-integration",
            display_name=args.display_name,
            description="Operations of the CDC system",
            slack_target={"webhook_url": secret} if kind == "slack" else None,
            ms_teams_target={"webhook_url": secret} if kind == "teams" else None,
            webhook_target={"url": secret} if kind == "webhook" else None,
            opts=self.child(),
        )
        self.register_outputs({"integrationId": self.integration.id})
