"""A project of many routes: how long `check`, the first `up`, a preview without change, and the change of one route take.

Usage: python -m bench.many [--routes 1000] [--rows 200000] [--per-statement 100]. Works on a copy of this checkout with an
environment of its own. The first `up` of thousands of resources is made with PULUMI_SKIP_CHECKPOINTS=true: the state is
written once, at its end. Rows whose types are spread over all routes are drained twice; the second time the JVMs are warm.
"""

import argparse
import subprocess
import time
from collections.abc import Callable
from typing import Any

import yaml

from bench import drain, machine, throwaway
from bench.ledger.checkout import Checkout
from cli.client import stack
from cli.console import data, say
from local.environment import ROOT
from stacks.settings.model import ROUTES_PER_STATEMENT

QUICK = {"PULUMI_EXPERIMENTAL": "true", "PULUMI_SKIP_CHECKPOINTS": "true"}


def route(number: int) -> dict[str, Any]:
    """A route as teams write them: a type, and every tenth a JSON path."""
    when: dict[str, Any] = {"field": "event_type", "equals": f"Type{number}"}
    if number % 10 == 0:
        when = {"all": [when, {"field": "header_data", "path": "$.uuid", "isNotNull": True}]}
    topic = f"filtered-many-{number}"
    return {"name": f"many-{number}", "source": "event-headers", "topic": topic, "when": when, "partitions": 1}


def write(checkout: Checkout, routes: list[dict[str, Any]]) -> None:
    """routes.yaml with these routes."""
    document = yaml.safe_load((ROOT / "routes.yaml").read_text())
    document |= {"routes": routes, "consumers": []}
    (checkout.root / "routes.yaml").write_text(yaml.safe_dump(document, sort_keys=False))


def pack(checkout: Checkout, size: int) -> None:
    """Pulumi.local.yaml with this number of routes in a statement."""
    file = checkout.root / "Pulumi.local.yaml"
    document = yaml.safe_load(file.read_text())
    document["config"]["cdc-streaming:flink"] = {"routesPerStatement": size}
    file.write_text(yaml.safe_dump(document, sort_keys=False))


def timed(what: str, work: Callable[[], subprocess.CompletedProcess[str]]) -> float:
    """Seconds of a command that must end well."""
    started = time.monotonic()
    done = work()
    seconds = round(time.monotonic() - started, 1)
    if done.returncode:
        raise RuntimeError(f"{what}: exit {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-3000:]}")
    say(f"  {what}: {seconds} s")
    return seconds


def replaced(before: dict[str, str], after: dict[str, str]) -> int:
    """Statements that are another one now."""
    return sum(before.get(key) != name for key, name in after.items())


def events(count: int, rows: int) -> dict[str, Any]:
    """How fast rows whose types are spread over all routes come through, once warm: the second of two drains."""
    expected = {f"Type{number}": f"filtered-many-{number}" for number in range(count)}
    first, second = (drain.measure(rows, list(expected), expected) for _ in range(2))
    say(f"  events: {first['events_per_s']}/s, then {second['events_per_s']}/s")
    return {"first": first, "second": second}


def run(count: int, checkout: Checkout, rows: int) -> dict[str, Any]:
    """Every measurement."""
    routes = [route(number) for number in range(count)]
    write(checkout, [routes[0]])
    timed("engines and a first small up", lambda: checkout.cdc("up"))
    write(checkout, routes)
    found: dict[str, Any] = {"routes": count}
    found["check_s"] = timed("cdc routes check", lambda: checkout.cdc("routes", "check", "routes.yaml"))
    checkout.environment |= QUICK
    found["first_up_s"] = timed("up of all routes", lambda: checkout.cdc("up"))
    for name in QUICK:
        del checkout.environment[name]
    preview = ("pulumi", "preview", "-s", "local", "--expect-no-changes", "--suppress-outputs")
    found["preview_s"] = timed("preview without change", lambda: checkout.cdc(*preview))
    before = stack.load("local").contract.flink.statements
    found["statements"] = len(before)
    found["drain"] = events(count, rows)
    write(checkout, [*routes, route(count)])
    found["add_one_s"] = timed("up of one more route", lambda: checkout.cdc("up"))
    added = stack.load("local").contract.flink.statements
    found["add_one_statements"] = replaced(before, added)
    changed = [*routes[:-1], {**routes[-1], "columns": {"drop": ["saved_date"]}}, route(count)]
    write(checkout, changed)
    found["change_one_s"] = timed("up of one route's columns", lambda: checkout.cdc("up"))
    found["change_one_statements"] = replaced(added, stack.load("local").contract.flink.statements)
    return {**found, "machine": machine.describe()}


def main() -> None:
    """Print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--routes", type=int, default=1000)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--per-statement", type=int, default=ROUTES_PER_STATEMENT)
    parser.add_argument("--port-base", type=int, default=25500)
    arguments = parser.parse_args()
    with throwaway.folder("many", arguments.port_base) as folder:
        checkout = Checkout(folder, arguments.port_base)
        pack(checkout, arguments.per_statement)
        data(run(arguments.routes, checkout, arguments.rows))


if __name__ == "__main__":
    main()
