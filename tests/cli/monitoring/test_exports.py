"""What is exported of a stack: read by Prometheus' own parser, and by OpenTelemetry's SDK."""

import http.client
from typing import Any

import pytest
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from prometheus_client.openmetrics.exposition import generate_latest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from cli.canary.watch import Outcome
from cli.client.offsets import Places
from cli.doctor.facts import Skipped
from cli.monitoring import families, openmetrics, otlp, snapshot
from cli.monitoring.openmetrics import OpenMetrics
from stacks.errors import CdcError
from tests.cli.doctor.healthy import TOPICS, facts
from tests.support.fakes.cloud import free_port

STATEMENT = {"status": {"phase": "RUNNING"}}


class Offsets:
    """Ends of two partitions each."""

    topics = dict.fromkeys(TOPICS)

    def of(self, topics: list[str], _: object) -> Places:
        return {(topic, partition): 10 * partition + 7 for topic in topics for partition in (0, 1)}


def healthy() -> Any:
    found = facts()
    found.offsets, found.topics = Offsets(), list(TOPICS)
    found.statement = lambda _: STATEMENT
    return found


def read(metrics: OpenMetrics) -> dict[str, dict[tuple[tuple[str, str], ...], float]]:
    """Samples by name and labels, as Prometheus reads them."""
    parsed = text_string_to_metric_families(generate_latest(metrics.registry).decode())
    samples = [sample for family in parsed for sample in family.samples]
    found: dict[str, dict[tuple[tuple[str, str], ...], float]] = {}
    for sample in samples:
        found.setdefault(sample.name, {})[tuple(sorted(sample.labels.items()))] = sample.value
    return found


def exported(found: Any) -> dict[str, dict[tuple[tuple[str, str], ...], float]]:
    metrics = OpenMetrics("prod")
    metrics.publish(snapshot.take(found))
    return read(metrics)


def test_a_healthy_stack() -> None:
    seen = exported(healthy())
    for family in families.FAMILIES:
        if family.name != "held_partitions":  # nothing is held
            assert f"cdc_{family.name}{'_total' * (family.type == 'counter')}" in seen
    assert "cdc_scrape_problem" not in seen
    assert seen["cdc_connector_running"] == {(("connector", "postgres-cdc"), ("stack", "prod")): 1}
    place = (("kind", "routed"), ("partition", "1"), ("stack", "prod"), ("topic", TOPICS[3]))
    assert seen["cdc_topic_offsets_total"][place] == 17


@pytest.mark.parametrize(
    ("part", "value", "name"),
    [
        ("connector_status", {"connector": {"state": "RUNNING"}, "tasks": [{"state": "FAILED"}]}, "connector_running"),
        ("connector_status", {"connector": {"state": "PAUSED"}, "tasks": []}, "connector_running"),
        ("statement", lambda _: {"status": {"phase": "FAILED"}}, "statement_running"),
        ("slot", None, "slot_active"),
    ],
)
def test_what_is_down_is_zero(part: str, value: object, name: str) -> None:
    found = healthy()
    setattr(found, part, value)
    assert set(exported(found)[f"cdc_{name}"].values()) == {0}


def test_what_cannot_be_asked_is_said_and_the_rest_told() -> None:
    class Broken:
        def __getattr__(self, name: str) -> Any:
            if name == "slot":
                raise CdcError("the database does not answer")
            if name == "connector_status":
                raise Skipped("no Cloud API key")
            return getattr(sound, name)

    sound = healthy()
    taken = snapshot.take(Broken())  # pyright: ignore[reportArgumentType]
    assert set(taken.problems) == {"slot_active", "slot_behind_bytes", "slot_kept_bytes"}
    metrics = OpenMetrics("prod")
    metrics.publish(taken)
    seen = read(metrics)
    assert {labels[0][1] for labels in seen["cdc_scrape_problem"]} == set(taken.problems)
    assert "cdc_connector_running" not in seen
    assert "cdc_heartbeat_age_seconds" in seen


OUTCOMES = [
    Outcome("orders", "1", 0.01, 0.02, 1.5),
    Outcome("payments", "2", 0.01),
    Outcome("odd", "", problem="no event is known"),
]


def test_canaries() -> None:
    metrics = OpenMetrics("prod")
    metrics.canaries(OUTCOMES, now=1000.0)
    seen = read(metrics)
    stage = (("route", "orders"), ("stack", "prod"), ("stage", "readable"))
    assert seen["cdc_e2e_latency_seconds_sum"][stage] == 1.5
    lost = {labels[0][1]: value for labels, value in seen["cdc_canary_lost_total"].items()}
    assert lost == {"orders": 0, "payments": 1, "odd": 0}
    unsent = {labels[0][1]: value for labels, value in seen["cdc_canary_unsent"].items()}
    assert unsent == {"orders": 0, "payments": 0, "odd": 1}
    assert list(seen["cdc_canary_last_arrival_timestamp_seconds"].values()) == [1000]


def test_otlp_carries_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    reader = InMemoryMetricReader()
    monkeypatch.setattr(otlp, "PeriodicExportingMetricReader", lambda *_: reader)
    pushed = otlp.Otlp("prod", "http://127.0.0.1:4317", 15)
    pushed.publish(snapshot.take(healthy()))
    pushed.canaries(OUTCOMES, 1000.0)
    collected = reader.get_metrics_data()
    assert collected is not None
    resource = collected.resource_metrics[0]
    assert resource.resource.attributes["deployment.environment.name"] == "prod"
    named = {metric.name: metric for metric in resource.scope_metrics[0].metrics}
    assert named["cdc_connector_running"].data.data_points[0].value == 1
    assert {point.attributes["stage"] for point in named["cdc_e2e_latency_seconds"].data.data_points} == {
        "captured",
        "routed",
        "readable",
    }
    assert [point.attributes["route"] for point in named["cdc_canary_lost"].data.data_points] == ["payments"]
    pushed.close()


def asked(port: int, host: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/metrics", headers={"host": host})
    answer = connection.getresponse()
    return answer.status, answer.read()


def test_served_to_this_machine_alone() -> None:
    metrics, port = OpenMetrics("prod"), free_port()
    metrics.publish(snapshot.take(healthy()))
    server = openmetrics.serve(metrics, port)
    try:
        assert asked(port, f"127.0.0.1:{port}")[0] == 200
        assert asked(port, f"evil.example:{port}") == (421, b"ask for 127.0.0.1\n")
        assert b"cdc_heartbeat_age_seconds" in asked(port, "localhost")[1]
        with pytest.raises(CdcError, match=f"port {port} cannot be used"):
            openmetrics.serve(metrics, port)
    finally:
        server.shutdown()
        server.server_close()
