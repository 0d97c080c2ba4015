"""The local cloud itself, served over HTTP in this process, on engines that only remember."""

import random
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx2
import uvicorn

from cli.client.wait import wait_for
from local.confluent import app
from local.confluent.context import Cloud
from local.confluent.iam import scram_users
from local.confluent.kafka import admin
from local.confluent.store import Store
from local.environment import PORTS, Instance
from tests.support.fakes.broker import Broker
from tests.support.fakes.connect import Connect
from tests.support.fakes.flink import Flink
from tests.support.fakes.registry import Registry


@dataclass
class Running:
    """The cloud's address, its engines, and an HTTP client of its administrator."""

    instance: Instance
    cloud: Cloud
    api: httpx2.Client
    broker: Broker
    registry: Registry
    connect: Connect
    flink: Flink
    made: dict[str, str] = field(default_factory=dict[str, str])

    def client(self, key: str, secret: str, base: str = "") -> httpx2.Client:
        """A client with another API key."""
        return httpx2.Client(
            base_url=self.instance.url("cloud") + base, auth=(key, secret), trust_env=False, timeout=60
        )

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Make something; its answer."""
        answer = self.api.post(path, json=body)
        assert answer.status_code < 300, answer.text
        return answer.json()


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def free_ports() -> int:
    """The first of as many ports as an environment takes, none of them in use, nor one that the system gives to a client meanwhile."""
    for first in random.sample(range(11_000, 23_000), 200):
        with suppress(OSError), ExitStack() as held:
            for port in range(first, first + len(PORTS)):
                held.enter_context(socket.socket()).bind(("127.0.0.1", port))
            return first
    raise AssertionError("no ports are free")


def engines(instance: Instance, fakes: dict[str, Any]) -> httpx2.AsyncClient:
    """The cloud's HTTP client, whose requests end at the fakes."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        name = PORTS[(request.url.port or 0) - instance.port_base]
        return fakes[name](request)

    return httpx2.AsyncClient(transport=httpx2.MockTransport(answer))


@contextmanager
def serve(folder: Path) -> Iterator[Running]:
    """A running local cloud; everything in it is gone afterwards."""
    instance = Instance(folder / "home", free_ports())
    broker, registry, connect, flink = Broker(), Registry(), Connect(), Flink()
    fakes = {
        "registry": registry,
        "connect": connect,
        "flink_gateway": flink.gateway,
        "flink_rest": flink.jobmanager,
    }
    cloud = Cloud(instance, Store(folder / "cloud.sqlite"), engines(instance, fakes))
    with patch.object(admin, "client", broker.client), patch.object(scram_users, "INTERVAL", 0.2):
        config = uvicorn.Config(app.application(cloud), "127.0.0.1", instance.port("cloud"), log_level="warning")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        wait_for(lambda: server.started, 30, "the start of the local cloud")
        own = instance.secrets
        api = httpx2.Client(
            base_url=instance.url("cloud"),
            auth=(own["cloud_api_key"], own["cloud_api_secret"]),
            trust_env=False,
            timeout=60,
        )
        try:
            yield Running(instance, cloud, api, broker, registry, connect, flink)
        finally:
            server.should_exit = True
            thread.join(30)


ORGANIZATION = "8a5d2c1e-0000-4000-8000-6c6f63616c00"


def populate(running: Running) -> None:
    """An environment with a cluster, its registry, and a service account that may do everything, with a key for each."""
    made, api = running.made, running.api
    made["environment"] = running.post("/org/v2/environments", {"display_name": "e"})["id"]
    config = {"kind": "Standard"}
    spec = {"display_name": "k", "availability": "LOW", "cloud": "AWS", "region": "us-east-1", "config": config}
    place = {"environment": {"id": made["environment"]}}
    cluster = running.post("/cmk/v2/clusters", {"spec": {**spec, **place}})
    made["cluster"], made["crn"] = cluster["id"], cluster["metadata"]["resource_name"]
    registries = api.get("/srcm/v3/clusters", params={"environment": made["environment"]}).json()["data"]
    made["registry"] = registries[0]["id"]
    made["account"] = account(running, "everything", "EnvironmentAdmin", made["crn"].partition("/cloud-cluster")[0])
    for kind in ("cluster", "registry"):
        made[f"{kind}-key"], made[f"{kind}-secret"] = key(running, made["account"], made[kind])
    made["flink-key"], made["flink-secret"] = key(running, made["account"], "aws.us-east-1", "Region")
    pool = {"display_name": "p", "cloud": "AWS", "region": "us-east-1", "max_cfu": 5, **place}
    made["pool"] = running.post("/fcpm/v2/compute-pools", {"spec": pool})["id"]


def account(running: Running, name: str, role: str, crn: str) -> str:
    """A service account with one role; its id."""
    identity = running.post("/iam/v2/service-accounts", {"display_name": name, "description": ""})["id"]
    bind(running, identity, role, crn)
    return identity


def bind(running: Running, identity: str, role: str, crn: str) -> str:
    """A role binding; its id."""
    body = {"principal": f"User:{identity}", "role_name": role, "crn_pattern": crn}
    return running.post("/iam/v2/role-bindings", body)["id"]


def key(running: Running, owner: str, resource: str, kind: str = "Cluster") -> tuple[str, str]:
    """An API key and its secret."""
    spec = {"display_name": "", "owner": {"id": owner}, "resource": {"id": resource, "kind": kind}}
    made = running.post("/iam/v2/api-keys", {"spec": spec})
    return made["id"], made["spec"]["secret"]


def kafka(running: Running) -> httpx2.Client:
    """The cluster's REST API as the account that may do everything."""
    made = running.made
    base = f"/kafka/v3/clusters/{made['cluster']}"
    return running.client(made["cluster-key"], made["cluster-secret"], base)


def subjects(running: Running) -> httpx2.Client:
    """The registry as the account that may do everything."""
    made = running.made
    return running.client(made["registry-key"], made["registry-secret"], f"/sr/{made['registry']}")


def statements(running: Running) -> httpx2.Client:
    """Flink's REST API as the account that may do everything."""
    made = running.made
    base = f"/sql/v1/organizations/{ORGANIZATION}/environments/{made['environment']}"
    return running.client(made["flink-key"], made["flink-secret"], base)
