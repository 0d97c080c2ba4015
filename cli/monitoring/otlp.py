"""Figures pushed by OTLP over gRPC (https://opentelemetry.io/docs/specs/otlp/) to a collector."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter
from opentelemetry.metrics import CallbackOptions, Observation
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import MetricExporter, PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource

from cli.canary.watch import STAGES, Outcome
from cli.monitoring.families import FAMILIES
from cli.monitoring.openmetrics import BUCKETS
from cli.monitoring.snapshot import Snapshot

Callbacks = Sequence[Callable[[CallbackOptions], Iterable[Observation]]]


class Otlp:
    """The same families as OpenMetrics'; a gauge that has no value now is not sent."""

    def __init__(self, stack: str, endpoint: str, seconds: float, exporter: MetricExporter | None = None) -> None:
        sent = PeriodicExportingMetricReader(exporter or OTLPMetricExporter(endpoint), seconds * 1000)
        named = Resource.create({"service.name": "cdc-streaming", "deployment.environment.name": stack})
        self.provider = MeterProvider([sent], named)
        self.values: dict[str, tuple[tuple[dict[str, str], float], ...]] = {}
        meter = self.provider.get_meter("cdc-streaming")
        for family in FAMILIES:
            make: Any = meter.create_observable_gauge if family.type == "gauge" else meter.create_observable_counter
            make(f"cdc_{family.name}", self.callbacks(family.name), description=family.help)
        self.latency = meter.create_histogram(
            "cdc_e2e_latency_seconds", "s", "From commit to a stage, by canaries", explicit_bucket_boundaries_advisory=BUCKETS
        )  # fmt: skip
        self.lost = meter.create_counter("cdc_canary_lost", description="Canaries that did not arrive in time")

    def callbacks(self, name: str) -> Callbacks:
        """Where the SDK asks for a family's values."""
        return [lambda _: [Observation(value, labels) for labels, value in self.values.get(name, ())]]

    def publish(self, snapshot: Snapshot) -> None:
        """A new state of the stack."""
        self.values = {seen.family.name: seen.values for seen in snapshot.families}

    def canaries(self, outcomes: Iterable[Outcome], now: float) -> None:
        """A round of canaries that ended now."""
        for outcome in outcomes:
            for stage in STAGES:
                if (seconds := getattr(outcome, stage)) is not None:
                    self.latency.record(seconds, {"route": outcome.route, "stage": stage})
            if outcome.lost_at:
                self.lost.add(1, {"route": outcome.route})

    def close(self) -> None:
        """Send what is left."""
        self.provider.shutdown()
