"""Health for whoever runs the program, and OpenMetrics: `GET /healthz` and `GET /metrics` on 127.0.0.1."""

import threading
import time
from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, make_wsgi_app

LIVE = 60.0  # seconds since the last poll


class Health:
    """What the program tells of itself."""

    def __init__(self) -> None:
        self.registry, self.polled_at, self.waiting_for = CollectorRegistry(), time.monotonic(), ""
        own = {"registry": self.registry}
        self.records = Counter("consumer_records", "Records, by what became of them", ["topic", "outcome"], **own)
        self.retries = Counter("consumer_retries", "Attempts that failed", ["topic"], **own)
        self.seconds = Histogram("consumer_work_seconds", "Work on a record, retries and waits included", **own)
        self.waits = Gauge("consumer_waiting", "1 while something that it needs is away", **own)
        self.partitions = Gauge("consumer_partitions", "Partitions that are its own now", **own)

    def polled(self) -> None:
        """The loop is alive."""
        self.polled_at = time.monotonic()

    def waiting(self, why: str) -> None:
        """For what it waits; empty when it goes on."""
        self.waiting_for = why
        self.waits.set(bool(why))

    def state(self) -> tuple[str, str]:
        """HTTP status and a line: waiting is well, a loop that stands still is not."""
        quiet = time.monotonic() - self.polled_at
        if quiet > LIVE:
            return "503 Service Unavailable", f"no poll for {quiet:.0f} s\n"
        return "200 OK", f"waiting: {self.waiting_for}\n" if self.waiting_for else "ok\n"

    def serve(self, port: int) -> None:
        """In the background; for the process's life."""
        metrics = make_wsgi_app(self.registry)

        def app(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
            if environ["PATH_INFO"] != "/healthz":
                return metrics(environ, start)
            status, text = self.state()
            start(status, [("content-type", "text/plain")])
            return [text.encode()]

        server = make_server("127.0.0.1", port, app, handler_class=Quiet)
        threading.Thread(target=server.serve_forever, daemon=True).start()


class Quiet(WSGIRequestHandler):
    """A handler without a line per request."""

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""
