"""Accounts, role bindings and API keys, and what they come to on the broker."""

import pytest
from confluent_kafka.admin import AclOperation, ResourcePatternType

from tests.support.fakes import cloud
from tests.support.fakes.cloud import Running

ACCOUNTS, BINDINGS, KEYS = "/iam/v2/service-accounts", "/iam/v2/role-bindings", "/iam/v2/api-keys"


def allowed(running: Running, user: str) -> set[tuple[str, str, str]]:
    """(resource, pattern, operation) of a user's ACLs."""
    return {
        (a.name, ResourcePatternType(a.resource_pattern_type).name, AclOperation(a.operation).name)
        for a in running.broker.acls
        if a.principal == f"User:{user}"
    }


def test_account_life(fake_cloud: Running) -> None:
    made = fake_cloud.post(ACCOUNTS, {"display_name": "life", "description": "d"})
    one = f"{ACCOUNTS}/{made['id']}"
    assert fake_cloud.api.post(ACCOUNTS, json={"display_name": "life"}).status_code == 409
    assert fake_cloud.api.patch(one, json={"display_name": "life", "description": "x"}).json()["description"] == "x"
    assert fake_cloud.api.patch(one, json={"display_name": "everything"}).status_code == 409
    assert fake_cloud.api.get(ACCOUNTS, params={"display_name": "life"}).json()["data"][0]["id"] == made["id"]
    assert fake_cloud.api.delete(one).status_code == 204
    assert fake_cloud.api.get(one).status_code == 404


@pytest.mark.parametrize("name", ["", "x" * 65])
def test_account_names_have_a_length(fake_cloud: Running, name: str) -> None:
    assert "1 to 64 characters" in fake_cloud.api.post(ACCOUNTS, json={"display_name": name}).json()["message"]


def test_a_key_is_shown_once_and_is_a_user_with_its_owners_rights(fake_cloud: Running) -> None:
    crn = f"{fake_cloud.made['crn']}/topic=orders-*"
    owner = cloud.account(fake_cloud, "reader", "DeveloperRead", crn)
    key, secret = cloud.key(fake_cloud, owner, fake_cloud.made["cluster"])
    shown = fake_cloud.api.get(f"{KEYS}/{key}").json()["spec"]
    assert (shown["secret"], shown["owner"]["kind"], shown["resource"]["api_version"]) == (
        "",
        "ServiceAccount",
        "cmk/v2",
    )
    assert fake_cloud.broker.users[key] == secret
    assert allowed(fake_cloud, key) == {("orders-", "PREFIXED", "READ"), ("orders-", "PREFIXED", "DESCRIBE")}


def test_rights_come_and_go_with_bindings_on_every_key(fake_cloud: Running) -> None:
    owner = fake_cloud.post(ACCOUNTS, {"display_name": "changing"})["id"]
    keys = [cloud.key(fake_cloud, owner, fake_cloud.made["cluster"])[0] for _ in range(2)]
    binding = cloud.bind(fake_cloud, owner, "DeveloperWrite", f"{fake_cloud.made['crn']}/topic=a")
    assert [allowed(fake_cloud, key) for key in keys] == [{("a", "LITERAL", "WRITE"), ("a", "LITERAL", "DESCRIBE")}] * 2
    same = {
        "principal": f"User:{owner}",
        "role_name": "DeveloperWrite",
        "crn_pattern": f"{fake_cloud.made['crn']}/topic=a",
    }
    assert fake_cloud.api.post(BINDINGS, json=same).status_code == 409
    assert fake_cloud.api.get(BINDINGS, params={"principal": f"User:{owner}"}).json()["data"][0]["id"] == binding
    assert fake_cloud.api.get(f"{BINDINGS}/{binding}").json()["role_name"] == "DeveloperWrite"
    assert fake_cloud.api.delete(f"{BINDINGS}/{binding}").status_code == 204
    assert fake_cloud.api.get(f"{BINDINGS}/{binding}").status_code == 404
    assert [allowed(fake_cloud, key) for key in keys] == [set(), set()]


@pytest.mark.parametrize(
    ("role", "crn", "words"),
    [
        ("King", "crn://confluent.cloud/organization=o", "unknown role"),
        ("DeveloperRead", "crn://confluent.cloud/organization=o", "needs a resource"),
        ("OrganizationAdmin", "somewhere", "must start with crn://"),
    ],
)
def test_bindings_that_the_service_refuses(fake_cloud: Running, role: str, crn: str, words: str) -> None:
    body = {"principal": f"User:{fake_cloud.made['account']}", "role_name": role, "crn_pattern": crn}
    answer = fake_cloud.api.post(BINDINGS, json=body)
    assert (answer.status_code, words in answer.json()["message"]) == (400, True)


def test_a_binding_of_nobody_is_refused(fake_cloud: Running) -> None:
    body = {"principal": "User:sa-none", "role_name": "Operator", "crn_pattern": fake_cloud.made["crn"]}
    assert "is not a service account" in fake_cloud.api.post(BINDINGS, json=body).json()["message"]


def test_key_life(fake_cloud: Running) -> None:
    key, _ = cloud.key(fake_cloud, fake_cloud.made["account"], fake_cloud.made["cluster"])
    changed = fake_cloud.api.patch(f"{KEYS}/{key}", json={"spec": {"description": "new"}})
    assert changed.json()["spec"]["description"] == "new"
    assert key in {k["id"] for k in fake_cloud.api.get(KEYS).json()["data"]}
    assert fake_cloud.api.delete(f"{KEYS}/{key}").status_code == 204
    assert fake_cloud.api.get(f"{KEYS}/{key}").status_code == 404
    assert key not in fake_cloud.broker.users
    assert allowed(fake_cloud, key) == set()


@pytest.mark.parametrize(
    ("owner", "resource", "words"),
    [("sa-none", "cloud", "is not a service account"), ("", "lkc-none", "does not exist")],
)
def test_keys_for_nobody_or_nothing(fake_cloud: Running, owner: str, resource: str, words: str) -> None:
    spec = {"owner": {"id": owner or fake_cloud.made["account"]}, "resource": {"id": resource, "kind": "Cluster"}}
    assert words in fake_cloud.api.post(KEYS, json={"spec": spec}).json()["message"]


def test_what_an_account_has_goes_with_it(fake_cloud: Running) -> None:
    owner = cloud.account(fake_cloud, "leaving", "DeveloperRead", f"{fake_cloud.made['crn']}/topic=x")
    key, _ = cloud.key(fake_cloud, owner, fake_cloud.made["cluster"])
    assert fake_cloud.api.delete(f"{ACCOUNTS}/{owner}").status_code == 204
    assert fake_cloud.api.get(f"{KEYS}/{key}").status_code == 404
    assert fake_cloud.api.get(BINDINGS, params={"principal": f"User:{owner}"}).json()["data"] == []
    assert key not in fake_cloud.broker.users
