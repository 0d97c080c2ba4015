"""Who may call, and what is said to those who may not."""

import pytest

from tests.support.fakes import cloud
from tests.support.fakes.cloud import Running

CONTROL_PLANE = (
    "/org/v2/environments", "/cmk/v2/clusters", "/srcm/v3/clusters", "/iam/v2/service-accounts",
    "/iam/v2/role-bindings", "/iam/v2/api-keys", "/fcpm/v2/compute-pools", "/fcpm/v2/regions",
    "/networking/v1/ip-addresses", "/notifications/v1/notification-types", "/notifications/v1/subscriptions",
)  # fmt: skip


def test_health_needs_no_key_and_tells_nothing(fake_cloud: Running) -> None:
    assert fake_cloud.client("", "").get("/health").json() == {"status": "UP"}


@pytest.mark.parametrize("path", CONTROL_PLANE)
def test_the_control_plane_asks_every_caller(fake_cloud: Running, path: str) -> None:
    assert fake_cloud.api.get(path).status_code == 200
    wrong = fake_cloud.client(fake_cloud.instance.secrets["cloud_api_key"], "wrong").get(path)
    assert (wrong.status_code, wrong.headers["www-authenticate"]) == (401, "Basic")
    assert wrong.json()["errors"][0]["detail"] == wrong.json()["message"] == "invalid API key or secret"
    other = fake_cloud.client(fake_cloud.made["cluster-key"], fake_cloud.made["cluster-secret"]).get(path)
    assert other.status_code == 401
    assert "is for lkc-" in other.json()["message"]


def test_a_cloud_key_of_an_account_without_a_role_is_refused(fake_cloud: Running) -> None:
    nobody = fake_cloud.post("/iam/v2/service-accounts", {"display_name": "nobody"})["id"]
    key = cloud.key(fake_cloud, nobody, "cloud", "Cloud")
    assert "has no role that administers" in fake_cloud.client(*key).get("/org/v2/environments").json()["message"]
    cloud.bind(fake_cloud, nobody, "OrganizationAdmin", f"crn://confluent.cloud/organization={cloud.ORGANIZATION}")
    assert fake_cloud.client(*key).get("/org/v2/environments").status_code == 200


@pytest.mark.parametrize("authorization", ["Bearer x", "Basic !!!", "Basic bm9jb2xvbg==", "Basic /w=="])
def test_what_is_not_basic_authentication_is_401(fake_cloud: Running, authorization: str) -> None:
    answer = fake_cloud.client("", "").get("/org/v2/environments", headers={"authorization": authorization})
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("body", "words"), [(b"{", "not JSON"), (b"[]", "must be a JSON object"), (b"\xff", "not JSON")]
)
def test_bodies_that_are_no_objects_are_400(fake_cloud: Running, body: bytes, words: str) -> None:
    answer = fake_cloud.api.post("/org/v2/environments", content=body)
    assert answer.status_code == 400
    assert words in answer.json()["message"]


def test_what_is_not_served_is_404_in_confluents_form(fake_cloud: Running) -> None:
    for method, path in (("GET", "/nowhere"), ("DELETE", "/org/v2/environments")):
        answer = fake_cloud.api.request(method, path)
        assert answer.status_code == 404
        assert answer.json()["errors"][0]["detail"] == f"{method} {path} is not served by the local cloud"


def test_an_engine_that_is_away_is_503_which_clients_retry(fake_cloud: Running) -> None:
    fake_cloud.broker.away = True
    try:
        answer = cloud.kafka(fake_cloud).get("/topics")
    finally:
        fake_cloud.broker.away = False
    assert answer.status_code == 503
    assert "Kafka does not answer" in answer.json()["message"]
    assert cloud.kafka(fake_cloud).get("/topics").status_code == 200
