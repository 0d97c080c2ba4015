"""A stack asked again and again, and its figures where others look for them."""

import threading
import time
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass

from cli.canary.watch import Outcome
from cli.client.stack import Stack
from cli.console import say
from cli.doctor.facts import Facts
from cli.monitoring import openmetrics, snapshot
from cli.monitoring.openmetrics import OpenMetrics
from cli.monitoring.otlp import Otlp
from cli.monitoring.snapshot import Snapshot


@dataclass(frozen=True, kw_only=True, slots=True)
class Exports:
    """`port`: of 127.0.0.1, for scrapes; `otlp`: a collector's address, empty for none; `every`: seconds between two looks."""

    port: int
    otlp: str
    every: float


@dataclass(frozen=True, slots=True)
class Export:
    """Where figures go."""

    openmetrics: OpenMetrics
    otlp: Otlp | None

    def publish(self, found: Snapshot) -> None:
        """A new state of the stack, everywhere."""
        self.openmetrics.publish(found)
        if self.otlp:
            self.otlp.publish(found)

    def canaries(self, outcomes: Iterable[Outcome], now: float) -> None:
        """A round of canaries, everywhere."""
        for sink in (self.openmetrics, self.otlp):
            if sink:
                sink.canaries(outcomes, now)


@contextmanager
def exporting(stack: Stack, database: str | None, exports: Exports) -> Generator[Export]:
    """Export until the block ends. The first state is there when it begins. CdcError when the port is taken."""
    metrics = OpenMetrics(stack.name)
    server = openmetrics.serve(metrics, exports.port)
    pushed = Otlp(stack.name, exports.otlp, exports.every) if exports.otlp else None
    export, stopped = Export(metrics, pushed), threading.Event()
    worker = threading.Thread(target=look, args=(stack, database, export, exports.every, stopped), daemon=True)
    try:
        export.publish(snapshot.take(Facts(stack, database)))
        worker.start()
        say(f"metrics: http://127.0.0.1:{exports.port}/metrics" + (f", pushed to {exports.otlp}" if pushed else ""))
        yield export
    finally:
        stopped.set()
        server.shutdown()
        server.server_close()
        if pushed:
            pushed.close()


def look(stack: Stack, database: str | None, export: Export, every: float, stopped: threading.Event) -> None:
    """A state each `every` seconds; what cannot be asked, and that it can again, as a line."""
    known: dict[str, str] = {}
    while not stopped.wait(every):
        found = snapshot.take(Facts(stack, database))
        export.publish(found)
        if found.problems.keys() != known.keys():
            told = "; ".join(f"{name}: {why}" for name, why in found.problems.items())
            say(f"{time.strftime('%H:%M:%S')}  " + (f"not known: {told}" if told else "everything is known again"))
        known = found.problems
