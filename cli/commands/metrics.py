"""`cdc metrics`: a stack's figures, printed once, or exported until it is stopped."""

import sys

from prometheus_client.openmetrics.exposition import generate_latest

from cli.client import stack as stacks
from cli.console import say
from cli.doctor.facts import Facts
from cli.monitoring import exporting, snapshot
from cli.monitoring.exporting import Exports
from cli.monitoring.openmetrics import OpenMetrics
from cli.stopping import stopping


def show(stack: str, database: str | None) -> int:
    """OpenMetrics on standard output. Exit code 1 when something could not be asked."""
    found = snapshot.take(Facts(stacks.load(stack), database))
    metrics = OpenMetrics(stack)
    metrics.publish(found)
    sys.stdout.write(generate_latest(metrics.registry).decode())
    for name, why in found.problems.items():
        say(f"not known: {name}: {why}")
    return 1 if found.problems else 0


def serve(stack: str, database: str | None, exports: Exports) -> int:
    """Until Ctrl-C, or the end of the process is asked for."""
    stopped = stopping()
    with exporting.exporting(stacks.load(stack), database, exports):
        stopped.wait()
    return 0
