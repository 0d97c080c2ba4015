"""Figures as OpenMetrics (https://prometheus.io/docs/specs/om/open_metrics_spec/), on a port of this machine."""

import threading
from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, make_wsgi_app
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from cli.canary.watch import STAGES, Outcome
from cli.monitoring.families import Seen
from cli.monitoring.snapshot import Snapshot
from stacks.errors import CdcError

BUCKETS = (0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 90, 120, 180)  # seconds; Confluent commits once a minute
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


class StackCollector(Collector):
    """The last snapshot, as the registry asks for it."""

    def __init__(self, stack: str) -> None:
        self.stack, self.snapshot = stack, None

    stack: str
    snapshot: Snapshot | None

    def collect(self) -> Iterator[Metric]:
        """Each family that has values, when it was asked, and what could not be."""
        if self.snapshot is None:
            return
        for seen in self.snapshot.families:
            if seen.values:
                yield metric(self.stack, seen)
        at = GaugeMetricFamily("cdc_scrape_timestamp_seconds", "When the stack was asked", labels=["stack"])
        at.add_metric([self.stack], self.snapshot.at)
        problems = GaugeMetricFamily(
            "cdc_scrape_problem", "1 for a metric that could not be asked", labels=["stack", "metric"]
        )
        for name in self.snapshot.problems:
            problems.add_metric([self.stack, name], 1)
        yield from (at, problems)


def metric(stack: str, seen: Seen) -> Metric:
    """One family in the registry's form."""
    family = seen.family
    names = list(seen.values[0][0])
    kind = CounterMetricFamily if family.type == "counter" else GaugeMetricFamily
    made = kind(f"cdc_{family.name}", family.help, labels=["stack", *names], unit=family.unit)
    for labels, value in seen.values:
        made.add_metric([stack, *(labels[name] for name in names)], value)
    return made


class OpenMetrics:
    """Everything that is told of a stack."""

    def __init__(self, stack: str) -> None:
        self.stack, self.registry = stack, CollectorRegistry()
        self.collector = StackCollector(stack)
        self.registry.register(self.collector)
        labels, registry = ["stack", "route"], self.registry
        self.latency = Histogram(
            "cdc_e2e_latency_seconds",
            "From commit to a stage, by canaries",
            [*labels, "stage"],
            buckets=BUCKETS,
            registry=registry,
        )
        self.lost = Counter("cdc_canary_lost", "Canaries that did not arrive in time", labels, registry=registry)
        self.unsent = Gauge("cdc_canary_unsent", "1 while no canary can be sent", labels, registry=registry)
        self.last = Gauge(
            "cdc_canary_last_arrival_timestamp_seconds", "When the last canary arrived", labels, registry=registry
        )

    def publish(self, snapshot: Snapshot) -> None:
        """A new state of the stack."""
        self.collector.snapshot = snapshot

    def canaries(self, outcomes: Iterable[Outcome], now: float) -> None:
        """A round of canaries that ended now."""
        for outcome in outcomes:
            self.unsent.labels(self.stack, outcome.route).set(bool(outcome.problem))
            lost = self.lost.labels(self.stack, outcome.route)
            if outcome.problem:
                continue
            for stage in STAGES:
                if (seconds := getattr(outcome, stage)) is not None:
                    self.latency.labels(self.stack, outcome.route, stage).observe(seconds)
            if outcome.lost_at:
                lost.inc()
            else:
                self.last.labels(self.stack, outcome.route).set(now)


class Quiet(WSGIRequestHandler):
    """A handler that does not write a line per scrape."""

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


def guarded(app: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """Only for those who ask for this machine by its own name: a web page elsewhere cannot read it by a name of its own."""

    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        host = environ.get("HTTP_HOST", "").rpartition(":")[0] or environ.get("HTTP_HOST", "")
        if host not in LOOPBACK:
            status = HTTPStatus.MISDIRECTED_REQUEST
            start(f"{status.value} {status.phrase}", [("content-type", "text/plain")])
            return [b"ask for 127.0.0.1\n"]
        return app(environ, start)

    return answer


def serve(metrics: OpenMetrics, port: int) -> WSGIServer:
    """Answer `GET /metrics` on 127.0.0.1 until the server is shut down. CdcError when the port is taken."""
    try:
        server = make_server("127.0.0.1", port, guarded(make_wsgi_app(metrics.registry)), handler_class=Quiet)
    except OSError as error:
        raise CdcError(f"port {port} cannot be used: {error.strerror}", "choose another with --port") from error
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
