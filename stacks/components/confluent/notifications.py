"""Confluent's own notifications: failed connectors, degraded statements, and the like."""

from typing import Literal

import pulumi
import pulumi_confluentcloud as cc

from stacks.components.base import Component


class Notifications(Component):
    """One integration; its address is a secret."""

    TOKEN = "cdc:notifications:Notifications"  # noqa: S105 - a type token
    integration: cc.NotificationsIntegration

    def __init__(
        self,
        name: str,
        display_name: str,
        kind: Literal["slack", "teams", "webhook"],
        url: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        secret = pulumi.Output.secret(url)
        self.integration = cc.NotificationsIntegration(
            f"{name}-integration",
            display_name=display_name,
            description="Operations of the CDC system",
            slack_target={"webhook_url": secret} if kind == "slack" else None,
            ms_teams_target={"webhook_url": secret} if kind == "teams" else None,
            webhook_target={"url": secret} if kind == "webhook" else None,
            opts=self.child(),
        )
        self.register_outputs({"integrationId": self.integration.id})
