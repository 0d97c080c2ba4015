"""`pulumi destroy` leaves nothing behind; then everything can be made again."""

import asyncio

import httpx2
import psycopg
import pytest

from cli.client.stack import Stack, local_dsn
from local.confluent.context import Cloud
from local.confluent.kafka import admin
from local.confluent.store import Store
from local.environment import Instance
from tests.support.cdc import cdc

pytestmark = pytest.mark.engine


def test_destroy_leaves_nothing(running: Stack) -> None:
    dsn = local_dsn(running, "postgres")
    done = cdc("pulumi", "destroy", "-s", "local", "--yes", "--non-interactive")
    assert done.returncode == 0, done.stdout + done.stderr
    with psycopg.connect(dsn) as connection:
        assert connection.execute("SELECT slot_name FROM pg_replication_slots").fetchall() == []
        assert connection.execute("SELECT pubname FROM pg_publication").fetchall() == []
    instance = Instance.here()
    api = httpx2.Client(
        base_url=instance.url("cloud"),
        auth=(instance.secrets["cloud_api_key"], instance.secrets["cloud_api_secret"]),
        trust_env=False,
    )
    for path in ("/cmk/v2/clusters", "/fcpm/v2/compute-pools", "/srcm/v3/clusters"):
        assert api.get(path).json()["data"] == []
    assert [e["id"] for e in api.get("/org/v2/environments").json()["data"]] == ["env-default"]
    with httpx2.Client(trust_env=False, verify=instance.certificates.context) as engines:
        assert engines.get(instance.url("connect") + "/connectors").json() == []
        assert engines.get(instance.url("registry") + "/apis/ccompat/v7/subjects").json() == []
        jobs = engines.get(instance.url("flink_rest") + "/jobs/overview").json()["jobs"]
    assert {job["state"] for job in jobs} <= {"CANCELED", "FINISHED", "FAILED"}
    assert left_on_the_broker(instance) == ([], [], [])


def left_on_the_broker(instance: Instance) -> tuple[list[str], list[str], list[str]]:
    """Topics, users and ACL principals that are not the platform's own."""
    cloud = Cloud(instance, Store(instance.home / "data" / "cloud" / "cloud.sqlite"), httpx2.AsyncClient())
    client = admin.platform(cloud)
    topics = [t for t in client.list_topics(timeout=10).topics if not t.startswith("_")]
    users = list(client.describe_user_scram_credentials().result())
    anyone = admin.everything_of("User:*")
    anyone.principal = None
    acls = asyncio.run(described(client, anyone))
    return topics, users, acls


async def described(client: admin.AdminClient, wanted: admin.AclBindingFilter) -> list[str]:
    found = await asyncio.wrap_future(client.describe_acls(wanted))
    return sorted({acl.principal for acl in found})


def test_it_comes_back(running: Stack) -> None:
    done = cdc("up")
    assert done.returncode == 0, done.stderr
    again = cdc("pulumi", "preview", "-s", "local", "--expect-no-changes", "--non-interactive")
    assert again.returncode == 0, again.stdout
