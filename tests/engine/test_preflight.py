"""`cdc preflight local`: the checks against the local cloud, and an AWS that moto makes up."""

import json

import pytest

from cli.client.stack import Stack
from tests.support.cdc import cdc

pytestmark = pytest.mark.engine
ASKED = {
    "secrets-are-secret", "clock-is-right", "cloud-key-works", "flink-is-in-the-region", "credentials-work", "zones-exist",
}  # fmt: skip


def test_nothing_stands_in_the_way_of_what_runs(running: Stack) -> None:
    done = cdc("preflight", running.name, "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["ready"]
    assert {one["check"] for one in told["checks"] if one["verdict"] == "ok"} == ASKED
    assert {one["verdict"] for one in told["checks"]} == {"ok", "skipped"}
