"""Canaries and figures on a running stack: what flows is seen to flow, and what stands still is named with its stage."""

import json
import signal
import subprocess
import sys
from typing import Any

import httpx2
import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from cli.client.stack import Stack, local_dsn
from cli.client.wait import wait_for
from stacks import naming
from tests.support.cdc import cdc
from tests.support.paths import ROOT

pytestmark = pytest.mark.engine
PORT = 24991
OPENMETRICS = {"accept": "application/openmetrics-text; version=1.0.0"}


def canaries(*more: str) -> tuple[int, list[dict[str, Any]]]:
    done = cdc("canary", "once", "--json", *more)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)["canaries"]


def figures(text: str) -> dict[str, list[float]]:
    """Values by name, as Prometheus reads them."""
    found: dict[str, list[float]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found.setdefault(sample.name, []).append(sample.value)
    return found


def test_good_bad_good(running: Stack) -> None:
    code, sent = canaries()
    assert code == 0, sent
    assert {one["route"] for one in sent} == {route.name for route in running.contract.routes}
    for one in sent:
        assert one["id"].startswith(running.contract.canary_id_prefix)
        assert one["lost_at"] is None
        assert 0 <= one["captured"] <= one["readable"]
        assert one["routed"] <= one["readable"]
    assert cdc("connector", "pause").returncode == 0
    try:
        code, sent = canaries("--route", "car-created", "--timeout", "5")
        assert code == 1
        assert [(one["route"], one["lost_at"]) for one in sent] == [("car-created", "captured")]
        assert min(figures(cdc("metrics").stdout)["cdc_connector_running"]) == 0
    finally:
        assert cdc("connector", "resume").returncode == 0
    code, sent = canaries()
    assert code == 0, sent


def test_a_table_that_does_not_take_it(running: Stack) -> None:
    """Straight into the table, without the event that its header belongs to."""
    done = cdc("canary", "once", "--route", "car-created", "--database", local_dsn(running, "postgres"))
    assert done.returncode == 1
    assert "public.event_headers takes no canary" in done.stdout
    assert "foreign key" in done.stdout
    assert "Traceback" not in done.stderr


def test_figures_of_a_healthy_stack(running: Stack) -> None:
    done = cdc("metrics")
    assert done.returncode == 0, done.stderr
    seen = figures(done.stdout)
    for name in ("cdc_connector_running", "cdc_statement_running", "cdc_slot_active"):
        assert seen[name] == [1]
    assert seen["cdc_heartbeat_age_seconds"][0] < 60
    assert "cdc_scrape_problem" not in seen
    assert sum(seen["cdc_topic_offsets_total"]) > 0


def test_again_and_again_until_it_is_stopped(running: Stack) -> None:
    command = [
        sys.executable,
        "-m",
        "cli",
        "canary",
        "run",
        "--every",
        "2",
        "--port",
        str(PORT),
        "--route",
        "car-created",
    ]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        try:

            def arrived_twice() -> bool:
                assert process.poll() is None
                try:
                    answer = httpx2.get(
                        f"http://127.0.0.1:{PORT}/metrics", headers=OPENMETRICS, trust_env=False, timeout=60
                    )
                except httpx2.TransportError:
                    return False
                return figures(answer.text).get("cdc_e2e_latency_seconds_count", [0])[0] >= 2

            wait_for(arrived_twice, 60, "two rounds of canaries")
            process.send_signal(signal.SIGTERM)
            _, told = process.communicate(timeout=30)
        finally:
            process.kill()
    assert process.returncode == 0
    assert "1 of 1 arrived" in told
    assert "Traceback" not in told


def test_canaries_are_marked_in_the_topic(running: Stack) -> None:
    done = cdc("tail", "car-created", "--max", "1", "--json")
    assert json.loads(done.stdout)["key"]["id"].startswith(naming.CANARY_ID_PREFIX)
