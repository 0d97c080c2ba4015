"""Replacing a running statement without loss or repetition, over Confluent's Flink REST API.

The new statement names the old one in `sql.tables.initial-offset-from` and waits as PENDING. Before Pulumi deletes the
old one, the hook stops it, so that its offsets are final, and waits until the new one runs. Every step can be repeated:
an interrupted update is finished by the next one.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pulumi

from stacks.errors import CdcError
from stacks.rollout.flink_client import Connection, Flink, Found, carried_from, phase

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
    while named(current) not in known and (heir := living_heir(known, current)):
        current = heir
    if named(current) in known and phase(known[named(current)]) not in ENDED:
        return current
    found = known.get(current)
    if phase(found) in ENDED and found and phase(known.get(carried_from(found))) not in (*ENDED, "GONE"):
        return carried_from(found)  # it never ran: the one before it still has the offsets
    if phase(found) in (*ENDED, "GONE"):
        raise LookupError(f"{current} is {phase(found)}")
    return current


def living_heir(known: Mapping[str, Found], name: str) -> str:
    """What continues from a statement and has not ended; an empty string when nothing does."""
    return next((n for n, s in known.items() if carried_from(s) == name and phase(s) not in ENDED), "")


async def until(flink: Flink, name: str, wanted: Callable[[Found | None], bool], what: str) -> Found | None:
    """The statement as soon as the condition holds."""
    deadline = time.monotonic() + PATIENCE
    while True:
        found = await flink.get(name)
        if wanted(found):
            return found
        if time.monotonic() > deadline:
            raise CdcError(
                f"statement {name} is {phase(found)} after {PATIENCE} s, waiting until it {what}",
                "the next update goes on from here",
            )
        await asyncio.sleep(flink.pause)


async def hand_over(flink: Flink, old: str) -> None:
    """Stop the old statement and wait until what continues from it runs. Nothing to do when nothing does."""
    every = await flink.heirs(old)
    heirs = [heir for heir in every if phase(heir) not in ENDED]
    for heir in every if not heirs else ():
        refuse(heir, "the old one runs on")
    if not heirs:
        return
    for heir in heirs:
        refuse(await planned(flink, heir), "the old one runs on")
    # One that itself still waits for its predecessor has no offsets yet.
    found = await until(flink, old, lambda s: phase(s) != "PENDING" or s is None or not carried_from(s), "starts")
    if found and phase(found) not in ("STOPPED", *ENDED):
        pulumi.info(f"stopping {old}; {', '.join(h['name'] for h in heirs)} continues from its offsets")
        await flink.set_stopped(found, True)
        found = await until(flink, old, lambda s: phase(s) in ("STOPPED", "GONE", *ENDED), "stops")
    for heir in heirs:
        ended = await until(flink, heir["name"], lambda s: phase(s) in ("RUNNING", "GONE", *ENDED), "runs")
        if phase(ended) != "RUNNING" and found:
            await flink.set_stopped(found, False)
        refuse(ended or heir, "the old one was resumed")


async def planned(flink: Flink, heir: Found) -> Found:
    """The new statement once it only waits for the old one, or has failed: the shorter is the pause, and nothing is
    stopped for a statement that cannot run.
    """
    deadline = time.monotonic() + PLANNING
    while time.monotonic() < deadline:
        found = await flink.get(heir["name"]) or heir
        if phase(found) != "PENDING" or WAITS in str(found["status"].get("detail") or ""):
            return found
        await asyncio.sleep(flink.pause)
    return heir


def refuse(heir: Found, consequence: str) -> None:
    """Raises CdcError when the new statement has failed."""
    if phase(heir) in ENDED:
        detail = str(heir["status"].get("detail") or "").strip()
        raise CdcError(
            f"statement {heir['name']} is {phase(heir)}: {detail}; {consequence}",
            "correct what it says and update again",
        )


def hook(connection: Connection) -> pulumi.ResourceHook:
    """The hook that every carrying statement has."""

    async def before_delete(args: pulumi.ResourceHookArgs) -> None:
        flink: Any = await connection.open().future()
        old = str((args.old_inputs or {}).get("statementName") or "")
        if flink is None or not old:
            return
        try:
            await hand_over(flink, old)
        except CdcError as error:
            raise pulumi.RunError(f"{error.message}\nhint: {error.hint}" if error.hint else error.message) from None

    run: Callable[[pulumi.ResourceHookArgs], Awaitable[None]] = before_delete
    return pulumi.ResourceHook(HOOK, run)
