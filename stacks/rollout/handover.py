"""Replacing a running statement without loss or repetition, over Confluent's Flink REST API.

The new statement names the old one in `sql.tables.initial-offset-from` and waits as PENDING. Before Pulumi deletes the
old one, the hook stops it, so that its offsets are final, and waits until the new one runs. Every step can be repeated:
an interrupted update is finished by the next one.
"""

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping

import pulumi

from stacks.errors import CdcError
from stacks.rollout.flink_client import Connection, Flink, StatementJson, carried_from, phase

HOOK = "cdc-hand-over"  # recorded in the state of every statement: this name is for ever
PATIENCE = 900  # seconds a statement may take to stop or to start
PLANNING = 60  # seconds a new statement may be planned before the old one is stopped all the same
WAITS = "until referenced statement"  # part of the detail of a statement that waits for its predecessor
ENDED = ("FAILED", "FAILING", "COMPLETED", "DELETING")


async def predecessor(flink: Flink, recorded: str, named: Callable[[str], str]) -> str:
    """The statement to continue from: the recorded one, or what has taken its place since an interrupted update.

    `named` gives the name of the wanted statement when it continues from another: when it was made already, it is found.
    Raises LookupError, with what is known, when there is nothing to continue from.
    """
    known = {s["name"]: s for s in await flink.all()}
    current = recorded
    while named(current) not in known and (successor := living_successor(known, current)):
        current = successor
    if named(current) in known and phase(known[named(current)]) not in ENDED:
        return current
    found = known.get(current)
    if phase(found) in ENDED and found and phase(known.get(carried_from(found))) not in (*ENDED, "GONE"):
        return carried_from(found)  # it never ran: the one before it still has the offsets
    if phase(found) in (*ENDED, "GONE"):
        raise LookupError(f"{current} is {phase(found)}")
    return current


def living_successor(known: Mapping[str, StatementJson], name: str) -> str:
    """What continues from a statement and has not ended; an empty string when nothing does."""
    return next((n for n, s in known.items() if carried_from(s) == name and phase(s) not in ENDED), "")


def pauses() -> Iterator[float]:
    """Seconds between two looks: close together at first, since events wait meanwhile; then as one asks a shared API."""
    yield from itertools.repeat(0.25, 80)
    yield from itertools.repeat(2.0)


async def until(
    flink: Flink, name: str, wanted: Callable[[StatementJson | None], bool], what: str
) -> StatementJson | None:
    """The statement as soon as the condition holds."""
    deadline = time.monotonic() + PATIENCE
    statement = await flink.get(name)
    for pause in pauses():
        if wanted(statement) or time.monotonic() > deadline:
            break
        await asyncio.sleep(pause)
        statement = await flink.get(name)
    if not wanted(statement):
        raise CdcError(
            f"statement {name} is {phase(statement)} after {PATIENCE} s, waiting until it {what}",
            "the next update goes on from here",
        )
    return statement


async def hand_over(flink: Flink, old: str) -> None:
    """Stop the old statement and wait until what continues from it runs. Nothing to do when nothing does."""
    every = await flink.successors(old)
    successors = [successor for successor in every if phase(successor) not in ENDED]
    for successor in every if not successors else ():
        refuse(successor, "the old one runs on")
    if not successors:
        return
    for successor in successors:
        refuse(await planned(flink, successor), "the old one runs on")
    # One that itself still waits for its predecessor has no offsets yet.
    found = await until(flink, old, lambda s: phase(s) != "PENDING" or s is None or not carried_from(s), "starts")
    if found and phase(found) not in ("STOPPED", *ENDED):
        pulumi.info(f"stopping {old}; {', '.join(h['name'] for h in successors)} continues from its offsets")
        await flink.set_stopped(found, True)
        found = await until(flink, old, lambda s: phase(s) in ("STOPPED", "GONE", *ENDED), "stops")
    for successor in successors:
        ended = await until(flink, successor["name"], lambda s: phase(s) in ("RUNNING", "GONE", *ENDED), "runs")
        if phase(ended) != "RUNNING" and found:
            await flink.set_stopped(found, False)
        refuse(ended or successor, "the old one was resumed")


async def planned(flink: Flink, successor: StatementJson) -> StatementJson:
    """The new statement once it only waits for the old one, or has failed: the shorter is the pause, and nothing is
    stopped for a statement that cannot run.
    """
    deadline = time.monotonic() + PLANNING
    for pause in pauses():
        statement = await flink.get(successor["name"]) or successor
        if phase(statement) != "PENDING" or WAITS in str(statement["status"].get("detail") or ""):
            return statement
        if time.monotonic() > deadline:
            break
        await asyncio.sleep(pause)
    return successor


def refuse(successor: StatementJson, consequence: str) -> None:
    """Raises CdcError when the new statement has failed."""
    if phase(successor) in ENDED:
        detail = str(successor["status"].get("detail") or "").strip()
        raise CdcError(
            f"statement {successor['name']} is {phase(successor)}: {detail}; {consequence}",
            "correct what it says and update again",
        )


def hook(connection: Connection) -> pulumi.ResourceHook:
    """The hook that every carrying statement has."""

    async def before_delete(args: pulumi.ResourceHookArgs) -> None:
        flink = await connection.open().future()
        old = str((args.old_inputs or {}).get("statementName") or "")
        if flink is None or not old:
            return
        try:
            await hand_over(flink, old)
        except CdcError as error:
            raise pulumi.RunError(f"{error.message}\nhint: {error.hint}" if error.hint else error.message) from None

    run: Callable[[pulumi.ResourceHookArgs], Awaitable[None]] = before_delete
    return pulumi.ResourceHook(HOOK, run)
