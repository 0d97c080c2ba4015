"""First ups, route changes, downs and destroys, interrupted at random moments: the same command again must converge.

Usage: python -m bench.interrupt [--first 20] [--changes 20] [--downs 10] [--destroys 10] [--surroundings 7] [--seed N]

Ended are, at random: the command with its children (-9 or Ctrl-C) or alone, the Pulumi CLI, its plugin, its language host, the
supervisor, an engine, or everything at once with a half-written file (a power cut). Then the disk fills during changes, and the clock
jumps by an hour (bench/interrupt/surroundings.py; `missing` says what this machine cannot do).
Events are written meanwhile, from the first change to the last down, and judged one by one at the end.

Works on a copy of this checkout with an environment of its own. Prints one JSON object; exit code 1 when a command did not converge,
a preview after it was not empty, an object of the cloud was left that no state knows, a key was lost, or an event.
"""

import argparse
import random
import signal
import sys
import time
from pathlib import Path
from typing import Any

from bench import machine, throwaway
from bench.interrupt import surroundings
from bench.interrupt.rounds import CHANGE, DESTROYED, DOWN, FIRST, Versions, rounds, surrounded
from bench.interrupt.victims import Victim
from bench.ledger.__main__ import settle
from bench.ledger.checkout import Checkout
from bench.ledger.configuration import initial
from bench.ledger.load import Load
from cli.client import stack
from cli.console import data, say

RATE = 50  # events a second
TAIL = 1500


def run(arguments: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Everything; on a small disk and by a clock of its own where the surroundings are asked for."""
    checkout = Checkout(folder, arguments.port_base)
    if not arguments.surroundings:
        return measure(arguments, checkout, [])
    clock = surroundings.Clock(checkout) if surroundings.LIBRARY else None
    with surroundings.small_disk(folder / "home") as folders:
        try:
            found = measure(arguments, checkout, surroundings.victims(folders, clock))
        finally:  # before the disk goes that its keys are on
            checkout.cdc("down", "--purge")
    return {**found, "missing": surroundings.missing()}


def measure(arguments: argparse.Namespace, checkout: Checkout, around: list[Victim]) -> dict[str, Any]:
    """Every point, and the events that were written meanwhile."""
    dice = random.Random(arguments.seed)  # noqa: S311 - a schedule
    versions = Versions(checkout, initial(), dice)
    log = {"first": rounds(checkout, FIRST, arguments.first, dice, lambda _: purge(checkout))}
    events: dict[str, Any] = {"clean": True}
    if arguments.changes or arguments.downs or around:
        under, events = under_load(checkout, versions, arguments, dice, around)
        log |= under
    log["destroys"] = rounds(checkout, DESTROYED, arguments.destroys, dice, lambda _: checkout.up())
    entries = [entry for some in log.values() for entry in some]
    bad = sum(bool(entry["problems"]) for entry in entries) + (not events["clean"])
    seed = {"seed": arguments.seed, "machine": machine.describe()}
    return {"points": len(entries), "not_converged": bad, "events": events, **seed, **log}


def purge(checkout: Checkout) -> None:
    """Nothing is there."""
    checkout.cdc("down", "--purge")


def under_load(
    checkout: Checkout, versions: Versions, arguments: argparse.Namespace, dice: random.Random, around: list[Victim]
) -> tuple[dict[str, list[dict[str, Any]]], dict[str, Any]]:
    """Changes and downs while events are written; the database may be away meanwhile."""
    checkout.up()
    load = Load(
        stack.local_dsn(stack.load("local"), "events_api"), RATE, arguments.seed, versions.all[0].table, bulk=True
    )
    log = {
        "changes": rounds(checkout, CHANGE, arguments.changes, dice, versions.another),
        "surroundings": rounds(
            checkout, surrounded(around), arguments.surroundings if around else 0, dice, versions.another
        ),
        "downs": rounds(checkout, DOWN, arguments.downs, dice, lambda _: None),
    }
    load.stop()
    topics = {f"filtered-{name}" for version in versions.all for name in version.rules}
    report = settle(topics, load, versions.all)
    clean = report.clean and not load.problem
    if not clean:
        for command in ("doctor", "status"):  # before everything is taken away
            say(checkout.cdc(command).stdout[:TAIL])
    return log, {**report.data(), "clean": clean, "load": load.problem}


def main() -> None:
    """Print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, count in (("first", 20), ("changes", 20), ("downs", 10), ("destroys", 10), ("surroundings", 7)):
        parser.add_argument(f"--{name}", type=int, default=count)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--port-base", type=int, default=24600)
    arguments = parser.parse_args()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it, and so would theirs
    with throwaway.folder("interrupt", arguments.port_base) as folder:
        found = run(arguments, folder)
        data(found)
    sys.exit(1 if found["not_converged"] else 0)


if __name__ == "__main__":
    main()
