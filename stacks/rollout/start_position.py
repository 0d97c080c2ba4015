"""Where each statement begins: at the start, at a moment, or where the one before it stopped."""

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import pulumi

from stacks.errors import CdcError
from stacks.rollout.flink_client import CARRY, START_MILLIS, START_MODE, Connection, Flink, phase
from stacks.rollout.handover import predecessor
from stacks.rollout.previous_outputs import PreviousOutputs, Served
from stacks.statements.render import Statement

LOST = ("GONE", "FAILED")
OVERLAP_SECONDS = 600  # what a statement that cannot continue reads again, so that nothing is missed


@dataclass(frozen=True, slots=True)
class StartPosition:
    """The statement's name and properties, and what is exported so that the next update finds the same again."""

    name: pulumi.Input[str]
    properties: pulumi.Input[Mapping[str, pulumi.Input[str]]]
    carried_from: pulumi.Input[str]
    start: pulumi.Input[str]


def decide(statement: Statement, previous: PreviousOutputs, connection: Connection) -> StartPosition:
    """Where the statement start."""
    served = previous.routing.get(statement.key)
    if served and served.statement == statement.name(served.carried_from, served.start):
        # Only who says where a lost one begins is asked whether it was lost: an interrupted destroy looks the same.
        if statement.start is None or previous.assumed or pulumi.runtime.is_dry_run():
            return fixed(statement, served.carried_from, served.start)
        return asked(statement, connection, lambda flink: kept(flink, statement, served))
    if not statement.carries and previous.knows(statement.source):
        return fixed(statement, "", str(now() - OVERLAP_SECONDS * 1000))
    if served is None:
        return fixed(statement, "", first(statement, previous))
    if previous.assumed:
        return fixed(statement, served.statement, "")
    return asked(statement, connection, lambda flink: continued(flink, statement, served))


def asked(
    statement: Statement, connection: Connection, ask: Callable[[Flink], Awaitable[tuple[str, str]]]
) -> StartPosition:
    """A position that Flink has to be asked for. The key that is asked with is secret; what it finds is not."""
    found = pulumi.Output.unsecret(connection.open().apply(ask))
    return StartPosition(
        found.apply(lambda place: statement.name(*place)),
        found.apply(lambda place: {**statement.properties, **properties(*place)}),
        found.apply(lambda place: place[0]),
        found.apply(lambda place: place[1]),
    )


def fixed(statement: Statement, carried_from: str, start: str) -> StartPosition:
    """A position that is known already."""
    name = statement.name(carried_from, start)
    return StartPosition(name, {**statement.properties, **properties(carried_from, start)}, carried_from, start)


def properties(carried_from: str, start: str) -> dict[str, str]:
    """The session properties of a start position."""
    if carried_from:
        return {CARRY: carried_from}
    return {START_MODE: "timestamp", START_MILLIS: start} if start else {}


def now() -> int:
    """Milliseconds since 1970."""
    return int(time.time() * 1000)


def first(statement: Statement, previous: PreviousOutputs) -> str:
    """A new statement's start. A further set of a source that is read already begins now: its routes are new."""
    if statement.start is None:
        return str(now()) if previous.knows(statement.source) else ""
    return millis(statement.start)


def millis(start: str) -> str:
    """`earliest`, `latest` or an instant as milliseconds; earliest is empty."""
    if start in ("earliest", "latest"):
        return "" if start == "earliest" else str(now())
    return str(int(datetime.fromisoformat(start).timestamp() * 1000))


async def kept(flink: Flink, statement: Statement, served: Served) -> tuple[str, str]:
    """The position of a statement that did not change, unless it was lost: made again as it was, it would repeat everything.

    Where Flink does not answer, as from outside of a private network, it is taken to be there.
    """
    try:
        found = await flink.get(served.statement, attempts=1)
    except CdcError:
        return served.carried_from, served.start
    if phase(found) not in LOST:
        return served.carried_from, served.start
    return await continued(flink, statement, served)


async def continued(flink: Flink, statement: Statement, served: Served) -> tuple[str, str]:
    """The statement to continue from, or a start when there is none any more: (carried from, start)."""
    try:
        return await predecessor(flink, served.statement, statement.name), ""
    except LookupError as error:
        if statement.start is None:
            raise CdcError(
                f"statement {statement.key} cannot continue: {error}, so its offsets are lost",
                f"say where it begins: start: earliest, latest or a time, on the source {statement.source} "
                "in routes.yaml (or on the route, where it has a statement of its own; `cdc statements restore` finds "
                "the time and writes it); then `pulumi refresh`, which forgets what is gone, and update again",
            ) from error
        pulumi.warn(f"{error}: {statement.key} begins at {statement.start} instead of continuing from it")
        return "", millis(statement.start)
