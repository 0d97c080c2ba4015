"""Environments: their life, their package, and what keeps them."""

from tests.support.fakes.cloud import Running

PATH = "/org/v2/environments"


def test_life(fake_cloud: Running) -> None:
    made = fake_cloud.post(PATH, {"display_name": "t", "stream_governance_config": {"package": "ESSENTIALS"}})
    assert made["metadata"]["resource_name"].endswith(f"/environment={made['id']}")
    assert fake_cloud.api.post(PATH, json={"display_name": "t"}).status_code == 409
    one = f"{PATH}/{made['id']}"
    changed = fake_cloud.api.patch(one, json={"display_name": "u", "stream_governance_config": {"package": "ADVANCED"}})
    assert (changed.json()["display_name"], changed.json()["stream_governance_config"]["package"]) == ("u", "ADVANCED")
    back = fake_cloud.api.patch(one, json={"stream_governance_config": {"package": "ESSENTIALS"}})
    assert (back.status_code, "cannot be downgraded" in back.json()["message"]) == (400, True)
    assert fake_cloud.api.delete(one).status_code == 204
    assert fake_cloud.api.get(one).status_code == 404
    assert fake_cloud.api.delete(one).status_code == 404


def test_a_name_is_needed(fake_cloud: Running) -> None:
    assert fake_cloud.api.post(PATH, json={}).json()["message"] == "display_name is required"


def test_the_default_one_and_one_with_a_cluster_stay(fake_cloud: Running) -> None:
    assert "default environment" in fake_cloud.api.delete(f"{PATH}/env-default").json()["message"]
    kept = fake_cloud.api.delete(f"{PATH}/{fake_cloud.made['environment']}")
    assert (kept.status_code, fake_cloud.made["cluster"] in kept.json()["message"]) == (409, True)


def test_lists_never_say_null(fake_cloud: Running) -> None:
    assert fake_cloud.api.get(PATH).json()["metadata"]["next"] == ""


def test_our_connectors_come_from_this_machine(fake_cloud: Running) -> None:
    (found,) = fake_cloud.api.get("/networking/v1/ip-addresses", params={"region": "eu-west-1"}).json()["data"]
    assert (found["ip_prefix"], found["region"], found["services"]) == ("127.0.0.1/32", "eu-west-1", ["CONNECT"])
