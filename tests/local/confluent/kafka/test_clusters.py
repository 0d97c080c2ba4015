"""Kafka clusters: one broker, so one cluster; what it answers, what may change, what keeps it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.client.wait import wait_for
from tests.support.fakes import cloud
from tests.support.fakes.cloud import Running

PATH = "/cmk/v2/clusters"


def test_what_a_client_reads_off_a_cluster(fake_cloud: Running) -> None:
    found = fake_cloud.api.get(f"{PATH}/{fake_cloud.made['cluster']}").json()
    assert (
        found["spec"]["kafka_bootstrap_endpoint"] == f"SASL_PLAINTEXT://127.0.0.1:{fake_cloud.instance.port('kafka')}"
    )
    assert found["metadata"]["resource_name"].endswith(f"/kafka={fake_cloud.made['cluster']}")
    listed = fake_cloud.api.get(PATH, params={"environment": fake_cloud.made["environment"]}).json()["data"]
    assert [c["id"] for c in listed] == [fake_cloud.made["cluster"]]
    assert fake_cloud.api.get(PATH, params={"environment": "env-default"}).json()["data"] == []


def test_a_second_one_and_half_a_one_are_refused(fake_cloud: Running) -> None:
    place = {"environment": {"id": fake_cloud.made["environment"]}}
    whole = {"display_name": "x", "availability": "LOW", "cloud": "AWS", "region": "us-east-1", **place}
    for spec, status, words in (
        ({**whole, "config": {"kind": "Standard"}}, 402, "one Kafka cluster"),
        ({**whole, "config": {"kind": "Tiny"}}, 400, "must be one of Basic"),
        ({"config": {"kind": "Basic"}, **place}, 400, "lacks display_name"),
        ({**whole, "environment": {"id": "env-none"}}, 404, "was not found"),
    ):
        answer = fake_cloud.api.post(PATH, json={"spec": spec})
        assert (answer.status_code, words in answer.json()["message"]) == (status, True)


def test_only_basic_becomes_standard(fake_cloud: Running) -> None:
    one = f"{PATH}/{fake_cloud.made['cluster']}"
    answer = fake_cloud.api.patch(one, json={"spec": {"config": {"kind": "Enterprise"}}})
    assert "only Basic can become Standard" in answer.json()["message"]
    assert (
        fake_cloud.api.patch(one, json={"spec": {"display_name": "renamed"}}).json()["spec"]["display_name"]
        == "renamed"
    )


@pytest.fixture
def own_cloud(tmp_path: Path) -> Iterator[Running]:
    """One that this test alone may ruin."""
    with cloud.serve(tmp_path) as running:
        cloud.populate(running)
        yield running


def test_a_protected_cluster_stays_and_an_unprotected_one_takes_everything_with_it(own_cloud: Running) -> None:
    fake_cloud = own_cloud
    one = f"{PATH}/{fake_cloud.made['cluster']}"
    fake_cloud.api.patch(one, json={"spec": {"deletion_protection": True}})
    assert "deletion protection" in fake_cloud.api.delete(one).json()["message"]
    fake_cloud.api.patch(one, json={"spec": {"deletion_protection": False}})
    cloud.kafka(fake_cloud).post("/topics", json={"topic_name": "t"})
    assert fake_cloud.api.delete(one).status_code == 204
    assert (fake_cloud.broker.topics, fake_cloud.broker.acls) == ({}, set())
    # What looks after users may have looked before: then it takes them away at its next look.
    wait_for(lambda: fake_cloud.broker.users == {}, 20, "the end of the users")
    registries = fake_cloud.api.get("/srcm/v3/clusters").json()["data"]
    assert registries == []
    assert fake_cloud.api.get(f"/srcm/v3/clusters/{fake_cloud.made['registry']}").status_code == 404
