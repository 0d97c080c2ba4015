"""`pulumi destroy` leaves nothing behind; then everything can be made again, shown and ended."""

import httpx2
import psycopg
import pytest

from bench.interrupt.judge import OnTheBroker, on_the_broker
from cli.client.stack import Stack, local_dsn
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
        timeout=60,
    )
    for path in ("/cmk/v2/clusters", "/fcpm/v2/compute-pools", "/srcm/v3/clusters"):
        assert api.get(path).json()["data"] == []
    assert [e["id"] for e in api.get("/org/v2/environments").json()["data"]] == ["env-default"]
    with httpx2.Client(trust_env=False, verify=instance.certificates.context, timeout=60) as engines:
        assert engines.get(instance.url("connect") + "/connectors").json() == []
        assert engines.get(instance.url("registry") + "/apis/ccompat/v7/subjects").json() == []
        jobs = engines.get(instance.url("flink_rest") + "/jobs/overview").json()["jobs"]
    assert {job["state"] for job in jobs} <= {"CANCELED", "FINISHED", "FAILED"}
    assert on_the_broker(instance) == OnTheBroker([], [], [])


def test_it_comes_back(running: Stack) -> None:
    done = cdc("demo")
    assert done.returncode == 0, done.stderr
    again = cdc("pulumi", "preview", "-s", "local", "--expect-no-changes", "--non-interactive")
    assert again.returncode == 0, again.stdout


def test_it_ends_and_begins_as_it_was(running: Stack) -> None:
    for _ in range(2):
        done = cdc("down")
        assert done.returncode == 0, done.stderr
    asked = cdc("status")
    assert (asked.returncode, "Traceback" in asked.stderr) == (3, False)  # not running
    assert "./cdc up" in asked.stderr
    done = cdc("up")
    assert done.returncode == 0, done.stderr
    assert cdc("status").returncode == 0
