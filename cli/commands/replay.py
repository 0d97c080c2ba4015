"""`cdc replay`: a span of the past of a route, again, into a topic of its own."""

from collections.abc import Iterator
from dataclasses import dataclass

from confluent_kafka.admin import OffsetSpec

from cli.client import recent, registry
from cli.client import stack as stacks
from cli.client.offsets import Offsets, records_at
from cli.console import data, out, say, step
from cli.planning import replaying, routes_file, routes_text
from cli.planning.replaying import Span
from local.environment import ROOT
from stacks.errors import CdcError
from stacks.routes import matching
from stacks.routes.model import Route, Routes, Source

FILE = ROOT / routes_file.NAME


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """The route, the times as they were typed, the side topic (None: `<prefix><route>-replay`), and whether to write it."""

    route: str
    begin: str
    end: str
    topic: str | None
    write: bool


def run(stack: str, wanted: Wanted, as_json: bool) -> int:
    """Count what it would bring, and print, or write into routes.yaml, the route that brings it."""
    routes = routes_file.here()
    span, route = Span.of(wanted.begin, wanted.end), replaying.route_named(routes, wanted.route)
    made, consumer = replaying.replay(routes, route, span, wanted.topic)
    replayed = replaying.checked(routes, made, consumer)
    with step(f"Records of {route.name}, {replaying.instant(span.begin)} to {replaying.instant(span.end)}"):
        count, oldest = counted(stack, routes, replayed, span)
    text = replaying.block(made, f"Replay of {route.name}: ./cdc replay {route.name} --end takes it out again")
    reader = replaying.block(consumer)
    if wanted.write:
        FILE.write_text(routes_text.added(FILE.read_text(), [("routes", text), ("consumers", reader)]))
    if as_json:
        data({"records": count, "kept_since": oldest, "route": made, "consumer": consumer, "written": wanted.write})
    else:
        show(count, oldest, span, wanted, text + "\n" + reader)
    return 0


def counted(stack: str, routes: Routes, route: Route, span: Span) -> tuple[int, int | None]:
    """How many records the route takes now; and since when (ms) the raw topic keeps any, when that is after the beginning."""
    running, source = stacks.load(stack), routes.source(route.source)
    takes = matching.taker(source, route)
    taken = sum(takes(row) for row in rows(running, source, span))
    firsts = records_at(running, Offsets(running).of([source.topic], OffsetSpec.earliest()))
    oldest = min((message.timestamp()[1] for message in firsts), default=None)
    return taken, oldest if oldest is not None and oldest > span.begin else None


def rows(running: stacks.Stack, source: Source, span: Span) -> Iterator[dict[str, object]]:
    """Raw records that came in the span, or later: a row may be captured after the span's end."""
    decoder = registry.Decoder(running, "operator")
    for message in recent.since(running, [source.topic], span.begin):
        try:
            row = decoder.part(message.value())
        except CdcError:
            continue  # a dead letter then as now
        if isinstance(row, dict):
            yield row


def show(count: int, oldest: int | None, span: Span, wanted: Wanted, text: str) -> None:
    """What it would bring, the blocks, and what to type."""
    if oldest is not None:
        say(f"  the raw topic keeps records since {replaying.instant(oldest)}: what was before is not there any more")
    say(f"{count:,} records would be replayed")
    if not wanted.write:
        out.print(text, markup=False, highlight=False, soft_wrap=True)
        say("Add these to routes.yaml (--write does), then apply: ./cdc up, or ./cdc deploy STACK.")
        return
    name = f"{wanted.route}{replaying.SUFFIX}"
    say(f"routes.yaml has the route {name} and a consumer of its own now. Next:")
    say("  ./cdc up                            apply it (elsewhere: ./cdc deploy STACK)")
    say(f"  ./cdc tail {name} --from-beginning")
    say(f"  ./cdc replay {wanted.route} --end   when it was read: takes it out of routes.yaml, in two updates")


def end(route: str) -> int:
    """Take the replay out of routes.yaml."""
    text, gone = replaying.ended(FILE.read_text(), route)
    FILE.write_text(text)
    if gone:
        say(
            f"routes.yaml has no replay of {route} any more; its topic goes with the next ./cdc up or ./cdc deploy STACK"
        )
    else:
        say(f"the replay of {route} is retired and has no consumer any more. Apply it, then once more:")
        say(f"  ./cdc up && ./cdc replay {route} --end && ./cdc up")
    return 0
