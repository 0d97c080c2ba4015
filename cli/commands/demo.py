"""`cdc demo`: routed events on the screen."""

import json
import time
from dataclasses import dataclass
from typing import Any

from cli.client import kafka, registry, wait
from cli.client.stack import Stack
from cli.commands import up
from cli.console import data, out, say, step, table
from cli.traffic.events import TYPES, UNROUTED_TYPE, Factory
from cli.traffic.observer import Observer, percentile
from cli.traffic.sender import sender
from cli.traffic.writer import Sent
from cli.web import background
from local.environment import Instance
from local.workspace.workspace import Plugin
from stacks.errors import CdcError
from stacks.routes.model import Routes

COUNT, RATE = 1000, 200


@dataclass
class Result:
    """One run: where each committed event should be, and where it was seen."""

    stack: Stack
    sent: Sent
    observer: Observer
    targets: dict[str, str]

    def rows(self) -> list[dict[str, Any]]:
        """Per topic: committed, arrived, missing, repeated, latency in milliseconds."""
        found = []
        for topic, arrivals in self.observer.seen.everywhere().items():
            wanted = {i for i, (kind, _) in self.sent.commits.items() if self.targets[kind] == topic}
            took = [1000 * (arrivals[i][0] - self.sent.commits[i][1]) for i in wanted if i in arrivals]
            row = {"topic": topic, "committed": len(wanted), "arrived": len(wanted & set(arrivals))}
            row |= {
                "missing": len(wanted - set(arrivals)),
                "repeated": sum(len(arrivals[i]) - 1 for i in wanted & set(arrivals)),
            }
            row |= {
                "p50_ms": percentile(took, 0.5) if took else None,
                "p99_ms": percentile(took, 0.99) if took else None,
            }
            found.append(row)
        return found


def targets(routes: Routes) -> dict[str, str]:
    """Event type → topic, as the demo's own events are meant: the unrouted topic takes the rest."""
    wanted: dict[str, str] = dict.fromkeys(TYPES, routes.sources[0].unrouted_topic)
    for route in routes.routes:
        value = getattr(route.when, "equals", None)
        if getattr(route.when, "field", "") == "event_type" and value in wanted:
            wanted[str(value)] = route.topic
    return wanted


def run(plugin: Plugin, as_json: bool) -> int:
    """Bring everything up, send a mixed batch, show what arrived. Exit code 1 when an event is missing."""
    started = time.monotonic()
    routes = up.check_files("local").routes
    stack = up.run(plugin)
    contract = stack.contract
    topics = [*(r.topic for r in contract.routes), *(s.unrouted_topic for s in contract.sources)]
    observer = Observer(stack, topics)
    writer, factory = sender(stack), Factory(int(time.time()))
    with step("First events through the pipeline"):
        # A connector that has just started reads its snapshot first: that is not the latency of an event.
        await_arrival(observer, writer.send(factory.mixed(10 * len(TYPES)), rate=0))
    way = "through the events API" if contract.events_api else "into the database"
    with step(f"{COUNT} events of {len(TYPES)} types {way}, {RATE} a second"):
        sent = writer.send(factory.mixed(COUNT), RATE)
        await_arrival(observer, sent)
    result = Result(stack, sent, observer, targets(routes))
    rows = result.rows()
    snapshot = snapshot_rows(stack, topics)
    seconds = time.monotonic() - started
    if as_json:
        shown = [{**row, "last": last_record(stack, observer, row["topic"])} for row in rows]
        data({"seconds": seconds, "events": len(sent.commits), "snapshot": snapshot, "topics": shown})
    else:
        show(stack, observer, rows, snapshot, seconds)
    observer.close()
    return 1 if any(row["missing"] for row in rows) else 0


def await_arrival(observer: Observer, sent: Sent) -> None:
    """Wait until every committed event was seen on some topic."""
    wait.wait_for(lambda: not observer.seen.missing(sent.commits), 90, "the arrival of every event")


def snapshot_rows(stack: Stack, topics: list[str]) -> dict[str, int]:
    """Per topic, how many of its records are rows from before the connector (operation `r`)."""
    decoder, found = registry.Decoder(stack, "operator"), dict.fromkeys(topics, 0)
    for message, _, value in decoder.records(kafka.read_all(stack, "operator", topics)):
        if value.get("__op") == "r":
            found[message.topic() or ""] += 1
    return found


def last_record(stack: Stack, observer: Observer, topic: str) -> dict[str, Any] | None:
    """The last record seen on a topic, decoded."""
    message = observer.seen.last(topic)
    if message is None:
        return None
    key, value = registry.Decoder(stack, "operator").readable(message)
    return {"key": key, "value": value, "partition": message.partition(), "offset": message.offset()}


def milliseconds(value: float | None) -> str:
    """For people."""
    return "-" if value is None else f"{value:.0f} ms"


def look_at_it() -> str:
    """Where the console is. Without one the demo is as good."""
    try:
        return f"Look at it: {background.start(Instance.here())}"
    except CdcError as error:
        return f"(No console: {error.message})"


def show(
    stack: Stack, observer: Observer, rows: list[dict[str, Any]], snapshot: dict[str, int], seconds: float
) -> None:
    """Two tables and what to try next."""
    unrouted = {s.unrouted_topic for s in stack.contract.sources}
    columns = ("topic", "events", "arrived", "from snapshot", "p50", "p99")
    cells = [
        (
            row["topic"] + (" (no route)" if row["topic"] in unrouted else ""),
            row["committed"],
            row["arrived"],
            snapshot[row["topic"]],
            milliseconds(row["p50_ms"]),
            milliseconds(row["p99_ms"]),
        )
        for row in rows
    ]
    out.print()
    table("Routed events: from commit in PostgreSQL to the topic", columns, cells, right=columns[1:])
    out.print("\n[bold]The last record of each topic[/bold]")
    for row in rows:
        record = last_record(stack, observer, row["topic"])
        if record:
            value = record["value"]
            shown = {name: value[name] for name in ("event_type", "created_date", "__op", "header_data")}
            out.print(f"{row['topic']}  key {record['key']['id']}", markup=False)
            out.print(f"  {json.dumps(shown)}", markup=False)
    say()
    say(
        f"Done in {seconds:.0f} s. Events of type {UNROUTED_TYPE} are taken by no route, so they are kept apart, not lost."
    )
    say(f"Everything is still running. {look_at_it()}")
    say("Try next:")
    for command, what in (
        ("./cdc status", "engines, connector, statement, topics"),
        ("./cdc send --rate 100 --count 1000", "more events"),
        ("./cdc tail car-created", "watch a route's topic"),
        ("./cdc env --json -s local", "addresses and credentials for your own program"),
        ("./cdc down", "stop everything (--purge also forgets the data)"),
    ):
        say(f"  {command:<36} {what}")
