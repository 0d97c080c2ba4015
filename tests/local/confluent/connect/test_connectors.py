"""Managed connectors over /connect/v1: the service's words around a worker's."""

import asyncio
import itertools
from dataclasses import replace
from typing import Any

import httpx2
import pytest

from local.confluent.connect import restarts
from tests.local.confluent.connect.test_managed import CONFIG
from tests.support.fakes import cloud
from tests.support.fakes.cloud import Running


def base(running: Running) -> str:
    return f"/connect/v1/environments/{running.made['environment']}/clusters/{running.made['cluster']}"


def config(running: Running, name: str, **changes: str) -> dict[str, str]:
    own = {"kafka.auth.mode": "SERVICE_ACCOUNT", "kafka.service.account.id": running.made["account"]}
    return {**CONFIG, **own, "name": name, **changes}


def make(running: Running, name: str) -> str:
    running.post(f"{base(running)}/connectors", {"name": name, "config": config(running, name)})
    return f"{base(running)}/connectors/{name}"


def test_life(fake_cloud: Running) -> None:
    one = make(fake_cloud, "life")
    runtime = fake_cloud.connect.configs["life"]
    assert runtime["connector.class"] == "io.debezium.connector.postgresql.PostgresConnector"
    # It writes as its service account: by a key of its own, whose user exists on the broker.
    assert any(
        f'username="{user}"' in runtime["producer.override.sasl.jaas.config"] for user in fake_cloud.broker.users
    )
    assert fake_cloud.api.get(f"{one}/status").json()["connector"]["state"] == "RUNNING"
    assert fake_cloud.api.get(one).json()["config"]["database.password"] == "*" * 16
    again = fake_cloud.api.post(
        f"{base(fake_cloud)}/connectors", json={"name": "life", "config": config(fake_cloud, "life")}
    )
    assert again.status_code == 409
    assert fake_cloud.api.put(f"{one}/pause").status_code == 202
    assert fake_cloud.api.get(f"{one}/status").json()["connector"]["state"] == "PAUSED"
    assert fake_cloud.api.put(f"{one}/resume").status_code == 202
    changed = config(fake_cloud, "life", **{"max.batch.size": "100"})
    assert fake_cloud.api.put(f"{one}/config", json=changed).status_code == 200
    assert fake_cloud.connect.configs["life"]["max.queue.size"] == "400"
    renamed = fake_cloud.api.put(f"{one}/config", json={**changed, "name": "other"})
    assert (renamed.status_code, "cannot change" in renamed.json()["message"]) == (400, True)
    expanded = fake_cloud.api.get(f"{base(fake_cloud)}/connectors", params={"expand": "info,status,id"}).json()["life"]
    assert expanded["id"]["id"].startswith("lcc-")
    assert fake_cloud.api.get(f"{base(fake_cloud)}/connectors").json() == ["life"]
    assert fake_cloud.api.delete(one).status_code == 204
    assert fake_cloud.api.get(one).status_code == 404
    assert "life" not in fake_cloud.connect.configs


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"tasks.max": "3"}, "tasks.max: must be one of 1"), ({"database.hostname": "not a host"}, "is not a host")],
)
def test_what_the_service_or_the_connector_refuses(fake_cloud: Running, changes: dict[str, str], words: str) -> None:
    wrong = config(fake_cloud, "wrong", **changes)
    answer = fake_cloud.api.post(f"{base(fake_cloud)}/connectors", json={"name": "wrong", "config": wrong})
    assert (answer.status_code, words in answer.json()["message"]) == (400, True)
    validated = fake_cloud.api.put(
        f"{base(fake_cloud)}/connector-plugins/PostgresCdcSourceV2/config/validate", json=wrong
    )
    assert validated.json()["error_count"] == 1
    assert "wrong" not in fake_cloud.connect.configs


def test_a_plugin_that_is_not_served(fake_cloud: Running) -> None:
    answer = fake_cloud.api.put(f"{base(fake_cloud)}/connector-plugins/S3Sink/config/validate", json={})
    assert (answer.status_code, "only PostgresCdcSourceV2" in answer.json()["message"]) == (404, True)


def test_a_rebalance_passes(fake_cloud: Running) -> None:
    fake_cloud.connect.busy = 2
    one = make(fake_cloud, "patient")
    assert fake_cloud.api.get(f"{one}/status").json()["connector"]["state"] == "RUNNING"
    fake_cloud.api.delete(one)


def test_a_failed_task_shows_its_trace_and_is_restarted(fake_cloud: Running) -> None:
    one = make(fake_cloud, "failing")
    fake_cloud.connect.states["failing"] = "FAILED"
    found: Any = fake_cloud.api.get(f"{one}/status").json()
    assert (found["connector"]["state"], "it broke" in found["connector"]["trace"]) == ("FAILED", True)
    document = fake_cloud.cloud.store.get("connector", "failing")
    assert document
    asyncio.run(restarts.mend(mender(fake_cloud), document, restarts.Patience()))
    assert fake_cloud.connect.restarts[-1] == "failing"
    del fake_cloud.connect.configs["failing"]  # a worker that lost its topics knows nothing any more
    asyncio.run(restarts.mend(mender(fake_cloud), document, restarts.Patience()))
    assert "failing" in fake_cloud.connect.configs
    fake_cloud.api.delete(one)


def test_a_clock_that_goes_back_restarts_the_worker(fake_cloud: Running) -> None:
    clock = restarts.WallClock(ahead=1000.0)
    assert not clock.went_back(1101.0, 101.0)  # it goes on
    assert not clock.went_back(4703.0, 103.0)  # an hour ahead
    assert clock.went_back(1105.0, 105.0)
    assert not clock.went_back(1107.0, 107.0)  # said once
    assert not clock.went_back(1108.5, 109.0)  # set right by half a second
    asked: list[str] = []

    def supervisor(request: httpx2.Request) -> httpx2.Response:
        asked.append(f"{request.method} {request.url.path}")
        return httpx2.Response(200, json={})

    http = httpx2.AsyncClient(transport=httpx2.MockTransport(supervisor))
    asyncio.run(restarts.restart_worker(replace(fake_cloud.cloud, http=http)))
    assert asked == ["POST /restart/connect"]


def mender(running: Running) -> Any:
    """The cloud with an HTTP client of this thread's own loop."""
    fakes = {"connect": running.connect, "registry": running.registry}
    return replace(running.cloud, http=cloud.engines(running.instance, fakes), acl_lock=asyncio.Lock())


def test_stored_positions_are_altered_on_request(fake_cloud: Running) -> None:
    one = make(fake_cloud, "positions")
    assert fake_cloud.api.get(f"{one}/offsets/request/status").status_code == 404
    wanted = [{"partition": {"server": "cdc"}, "offset": {"lsn": 42}}]
    for bad in ({}, {"type": "PATCH"}, {"type": "MOVE", "offsets": []}):
        assert fake_cloud.api.post(f"{one}/offsets/request", json=bad).status_code == 400
    fake_cloud.api.put(f"{one}/pause")
    asked = fake_cloud.api.post(f"{one}/offsets/request", json={"type": "PATCH", "offsets": wanted})
    assert (asked.status_code, asked.json()["type"]) == (202, "PATCH")
    assert fake_cloud.api.get(f"{one}/offsets").json()["offsets"] == wanted
    told = fake_cloud.api.get(f"{one}/offsets/request/status").json()
    assert (told["status"]["phase"], told["previous_offsets"]) == ("APPLIED", [])
    assert fake_cloud.api.get(f"{one}/status").json()["connector"]["state"] == "PAUSED"
    fake_cloud.api.put(f"{one}/resume")
    fake_cloud.api.post(f"{one}/offsets/request", json={"type": "PATCH", "offsets": []})
    assert fake_cloud.api.get(f"{one}/status").json()["connector"]["state"] == "RUNNING"
    fake_cloud.api.delete(one)


def test_restarts_become_rare_while_nothing_helps() -> None:
    patience = restarts.Patience()
    asked = [now for now in range(100, 300, 2) if not patience.lost("c", now)]
    assert asked[:5] == [100, 102, 106, 114, 130]
    assert {b - a for a, b in itertools.pairwise(asked[4:])} == {30}
    assert not patience.lost("other", 299)
    assert not patience.lost("c", 299 + restarts.CALM + restarts.LONGEST + 2)
    assert not patience.lost("c", 299 + restarts.CALM + restarts.LONGEST + 4)
