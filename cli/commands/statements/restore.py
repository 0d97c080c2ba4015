"""`cdc statements restore`: statements that are gone or failed begin where they came to, as their own records tell."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from cli.client import recent, registry, rest
from cli.client import stack as stacks
from cli.client.stack import Stack, served_here
from cli.console import data, say
from cli.planning import routes_file, routes_text
from cli.planning.replaying import COMMITTED, instant
from local.environment import ROOT
from stacks import load as loading
from stacks.errors import CdcError
from stacks.rollout.start_position import LOST, OVERLAP_SECONDS
from stacks.statements import sets
from stacks.statements.sets import Group

FILE = ROOT / routes_file.NAME
NEWEST = 20  # records per topic that are looked at


@dataclass(frozen=True, slots=True)
class Restored:
    """`start`: as routes.yaml has it. `repeated`: raw records from there on, of which those that were routed come again."""

    statement: str
    phase: str
    start: str
    repeated: int


def run(stack: str, as_json: bool) -> int:
    """Write the starts, and say what repeats. Exit code 1 when nothing is lost."""
    running = stacks.load(stack)
    settings, routes = loading.from_files(ROOT, stack)
    groups = {group.key: group for group in sets.pack(routes, None, settings.flink.routes_per_statement)}
    found: list[Restored] = []
    for key, name in running.contract.flink.statements.items():
        if (state := phase(running, name)) in LOST:
            if key not in groups:
                raise CdcError(
                    f"{name} is {state}, and routes.yaml has no statement {key}", "is this the stack's checkout?"
                )
            found.append(restored(running, groups[key], name, state))
    if as_json:
        data({"statements": [asdict(one) for one in found]})
    else:
        show(stack, found)
    return 0 if found else 1


def phase(running: Stack, name: str) -> str:
    """A statement's phase; GONE when there is none."""
    try:
        return str(rest.statement(running, name)["status"]["phase"])
    except rest.NotFound:
        return "GONE"


def restored(running: Stack, group: Group, name: str, state: str) -> Restored:
    """Write a statement's start: a little before the newest row that it wrote."""
    topics = [route.topic for route in group.routes]
    if group.rest is not None:
        topics.append(group.source.unrouted_topic)
    newest = max(commits(running, topics), default=None)
    begin = 0 if newest is None else newest - OVERLAP_SECONDS * 1000
    start = "earliest" if newest is None else instant(begin)
    line = f"start: {start}" if newest is None else f'start: "{start}"'
    own = len(group.routes) == 1 and group.routes[0].own_statement
    place = ("routes", group.routes[0].name) if own else ("sources", group.source.name)
    FILE.write_text(routes_text.with_value(FILE.read_text(), *place, line))
    repeated = sum(1 for _ in recent.since(running, [group.source.topic], begin))
    return Restored(name, state, start, repeated)


def commits(running: Stack, topics: list[str]) -> Iterator[int]:
    """Commit times (Unix, in ms) of the newest records of some topics: by these, not by when they were written, rows came in."""
    decoder = registry.Decoder(running, "operator")
    for topic in topics:
        for message in recent.last(running, topic, NEWEST):
            try:
                value = decoder.part(message.value())
            except CdcError:
                continue
            if isinstance(value, dict) and isinstance(value.get(COMMITTED), int):
                yield value[COMMITTED]


def show(stack: str, found: list[Restored]) -> None:
    """What was written, and what to type."""
    if not found:
        say("no statement is lost; routes.yaml stays as it is")
        return
    for one in found:
        say(f"{one.statement} is {one.phase}: it begins at {one.start} (in routes.yaml now)")
        say(f"  {one.repeated:,} raw records are read from there on; those that were routed before come twice")
    tool = "./cdc pulumi" if served_here(stack) else "pulumi"
    say(f"Next: {tool} up -s {stack} --refresh")
