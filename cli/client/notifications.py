"""Confluent's notifications: an integration says how somebody is told, a subscription of what (API group notifications/v1).

The stack declares the integration; no resource of the provider makes subscriptions, and without them nobody is told anything.
Source: docs.confluent.io/cloud/current/ccloud/subscriptions-notifications-v-1.
"""

from collections.abc import Iterator
from typing import Any

from cli.client.rest import Rest
from stacks import naming
from stacks.errors import CdcError
from stacks.settings.model import Settings
from stacks.settings.source_database import AuroraBackend

BASE = "/notifications/v1"
CATEGORY, SEVERITIES = "SERVICE", ("CRITICAL", "WARN")  # of Kafka, Connect, Flink: what needs somebody
Found = dict[str, Any]


def integration_name(settings: Settings) -> str | None:
    """What the stack's integration is called; None where the settings ask for none."""
    backend = settings.backend
    asked = isinstance(backend, AuroraBackend) and backend.alarms.confluent
    return naming.notifications(settings.environment.name) if asked else None


class Notifications:
    """Of what one integration is told."""

    def __init__(self, rest: Rest, integration: str) -> None:
        self.rest = rest
        listed = self.listed("integrations")
        self.identity = next((one["id"] for one in listed if one["display_name"] == integration), "")
        if not self.identity:
            raise CdcError(f"Confluent knows no integration {integration}", "it is the stack's: apply the stack first")

    def listed(self, what: str) -> list[Found]:
        """Every object of a kind."""
        return self.rest.listed(f"{BASE}/{what}", page_size="100")

    def wanted(self) -> list[Found]:
        """Types that need somebody, and that the plan of this organization has."""
        return [
            one
            for one in self.listed("notification-types")
            if one["category"] == CATEGORY and one["severity"] in SEVERITIES and one.get("is_included_in_plan", True)
        ]

    def missing(self) -> Iterator[tuple[Found, Found | None]]:
        """Types of which the integration is not told, with the subscription that others have to them."""
        known = {one["notification_type"]["id"]: one for one in self.listed("subscriptions")}
        for one in self.wanted():
            subscription = known.get(one["id"])
            told = subscription is not None and subscription["current_state"] == "ENABLED" and self.in_(subscription)
            if not told:
                yield one, subscription

    def in_(self, subscription: Found) -> bool:
        """Is the integration among those that are told?"""
        return any(one["id"] == self.identity for one in subscription["integrations"])

    def subscribe(self) -> list[str]:
        """Have the integration told of everything wanted, beside whoever is told already. The types' names that were missing."""
        added: list[str] = []
        for kind, subscription in list(self.missing()):
            if subscription is None:
                body = {"notification_type": {"id": kind["id"]}, "integrations": [{"id": self.identity}]}
                self.rest.ask("POST", f"{BASE}/subscriptions", {**body, "current_state": "ENABLED"})
            else:
                others = [{"id": one["id"]} for one in subscription["integrations"] if one["id"] != self.identity]
                body = {"integrations": [*others, {"id": self.identity}], "current_state": "ENABLED"}
                self.rest.ask("PATCH", f"{BASE}/subscriptions/{subscription['id']}", body)
            added.append(kind["display_name"])
        return added

    def unsubscribe(self) -> int:
        """Take the integration out of every subscription; one that has no other ends. How many it was in."""
        mine = [one for one in self.listed("subscriptions") if self.in_(one)]
        for subscription in mine:
            others = [{"id": one["id"]} for one in subscription["integrations"] if one["id"] != self.identity]
            path = f"{BASE}/subscriptions/{subscription['id']}"
            if others:
                self.rest.ask("PATCH", path, {"integrations": others})
            else:
                self.rest.ask("DELETE", path)
        return len(mine)
