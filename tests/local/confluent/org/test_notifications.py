"""Notifications: of what an integration is told, by the client that deployments use, on the local cloud."""

import pytest

from cli.client.notifications import Notifications
from cli.client.rest import Rest
from stacks.errors import CdcError
from tests.support.fakes.cloud import Running

BASE = "/notifications/v1"
TOLD = {"Connector failed", "Flink statement degraded", "Flink statement failed", "Cluster load is high"}


def integration(cloud: Running, name: str) -> str:
    body = {"display_name": name, "target": {"kind": "Webhook", "webhook_url": "https://hook.example"}}
    return cloud.post(f"{BASE}/integrations", body)["id"]


def client(cloud: Running, name: str) -> Notifications:
    rest = Rest("http://cloud", "k", "s", local=True)
    rest.http = cloud.api  # the same answers, without a port
    return Notifications(rest, name)


def names(found: Notifications) -> set[str]:
    return {kind["display_name"] for kind, _ in found.missing()}


def test_it_is_subscribed_once_and_beside_others(fake_cloud: Running) -> None:
    other, _ = integration(fake_cloud, "ours-already"), integration(fake_cloud, "cdc-prod-notifications")
    body = {"notification_type": {"id": "nt-connector-failed"}, "integrations": [{"id": other}]}
    first = fake_cloud.post(f"{BASE}/subscriptions", {**body, "current_state": "DISABLED"})
    own = client(fake_cloud, "cdc-prod-notifications")
    assert names(own) == TOLD
    assert set(own.subscribe()) == TOLD
    assert (names(own), own.subscribe()) == (set(), [])
    kept = fake_cloud.api.get(f"{BASE}/subscriptions/{first['id']}").json()
    assert (kept["current_state"], {one["id"] for one in kept["integrations"]}) == ("ENABLED", {other, own.identity})

    lost = next(one for one in own.listed("subscriptions") if one["id"] != first["id"])
    fake_cloud.api.patch(f"{BASE}/subscriptions/{lost['id']}", json={"current_state": "DISABLED"})
    assert len(names(own)) == 1  # drift sees it
    assert len(own.subscribe()) == 1

    assert own.unsubscribe() == 4
    left = own.listed("subscriptions")
    assert [(one["id"], [i["id"] for i in one["integrations"]]) for one in left] == [(first["id"], [other])]
    for one in ("ours-already", "cdc-prod-notifications"):
        assert fake_cloud.api.delete(f"{BASE}/integrations/{client(fake_cloud, one).identity}").status_code == 204
    assert own.listed("subscriptions") == []


def test_without_the_integration_it_says_what_to_do(fake_cloud: Running) -> None:
    with pytest.raises(CdcError, match="knows no integration cdc-prod-notifications") as caught:
        client(fake_cloud, "cdc-prod-notifications")
    assert "apply the stack first" in caught.value.hint


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"notification_type": {"id": "nt-none"}}, "no notification type nt-none"),
        ({"notification_type": {"id": "nt-invoice"}, "integrations": [{"id": "ni-none"}]}, "no integration ni-none"),
        ({"notification_type": {"id": "nt-invoice"}, "current_state": "ON"}, "current_state is 'ON'"),
        ({}, "no notification type None"),
    ],
)
def test_a_wrong_subscription_is_refused(fake_cloud: Running, body: dict[str, object], words: str) -> None:
    answer = fake_cloud.api.post(f"{BASE}/subscriptions", json=body)
    assert answer.status_code == 400
    assert words in answer.json()["message"]
    assert fake_cloud.api.get(f"{BASE}/subscriptions").json()["data"] == []
