"""Random route changes under load, judged event by event.

Usage: python -m bench.ledger [--changes 50] [--rate 2000] [--seed N] [--faults cli,taskmanager,jobmanager,cloud] [--table own]
       python -m bench.ledger --restarts 50 [--rate 2000] [--table quoted]

`--restarts`: no changes, but bulk loads, and one after the other the connector restarted, its worker, the database and the broker
killed (-9) or stopped, at random moments. Then rows may come again (counted), and none may be lost.

Works on a copy of this checkout with an environment of its own. Prints one JSON object; exit code 1 when anything was
lost, extra, twice, out of order or altered.
"""

import argparse
import os
import random
import signal
import sys
import threading
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench import machine, throwaway
from bench.ledger.checkout import Checkout
from bench.ledger.configuration import Configuration, changed, initial
from bench.ledger.disturbances import DISTURBANCES, recovered
from bench.ledger.judge import Report, judge
from bench.ledger.load import Load
from bench.ledger.pauses import Pauses
from bench.ledger.table import OWN, QUOTED
from cli.client import stack, wait
from cli.console import data, say
from local.engines import client
from local.environment import Instance

TABLES = {"own": OWN, "quoted": QUOTED}


def kill(engine: str) -> None:
    """kill -9 an engine; the supervisor starts it again."""
    state = next(e for e in client.engines(Instance.here()) or [] if e["name"] == engine)
    os.kill(state["pid"], signal.SIGKILL)


def change(checkout: Checkout, versions: list[Configuration], fault: str, dice: random.Random) -> str:
    """Apply the last configuration, with a fault in the middle; what was done. `revert` takes the change back half-way."""
    after = dice.uniform(2, 11)
    checkout.write(versions[-1])
    if fault == "revert":
        killed = checkout.interrupted_up(after)
        versions.append(versions[-2])
        checkout.write(versions[-1])
        checkout.up()
        return f"taken back, {'killed' if killed else 'done'} after {after:.1f} s"
    if fault == "cli":
        killed = checkout.interrupted_up(after)
        checkout.up()
        return f"cli killed after {after:.1f} s" if killed else "cli was faster than the kill"
    if fault:
        timer = threading.Timer(after, kill, [fault])
        timer.start()
        checkout.up()
        timer.join()
        return f"{fault} killed after {after:.1f} s"
    checkout.up()
    return ""


def begun(
    checkout: Checkout, version: Configuration, arguments: argparse.Namespace, bulk: bool
) -> tuple[stack.Stack, Load]:
    """The environment with its first routes, under load. A table that is not the project's own joins when it has been written already."""
    table = version.table
    checkout.write(Configuration() if table.declared else version)
    checkout.up()
    running = stack.load("local")
    table.create(running)
    load = Load(stack.local_dsn(running, "events_api"), arguments.rate, arguments.seed, table, bulk)
    if table.declared:
        wait.wait_for(lambda: bool(load.problem) or len(load.events) > arguments.rate, 60, "rows from before")
        checkout.write(version)
        checkout.up()
        running = stack.load("local")
        say(f"  {table.source} joined; {len(load.events):,} rows so far")
    return running, load


def restarts(arguments: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Bulk loads while what captures them is restarted."""
    dice = random.Random(arguments.seed)  # noqa: S311 - a schedule
    checkout, version = Checkout(folder, arguments.port_base), initial(TABLES[arguments.table])
    running, load = begun(checkout, version, arguments, bulk=True)
    log: list[dict[str, Any]] = []
    for number in range(arguments.restarts):
        name, disturb = dice.choice(DISTURBANCES)
        time.sleep(dice.uniform(0.5, 4))
        disturb(running)
        back = recovered(running, version.table.raw, len(load.events))
        log.append({"restart": name, "events": len(load.events), "until_it_captures_s": back})
        say(
            f"  {number + 1:>3}/{arguments.restarts} {name:<28} {len(load.events):>9,} events, {back:>5} s until it captures"
        )
        if load.problem:
            raise RuntimeError(f"the load ended: {load.problem}")
    load.stop()
    report = settle({route.topic for route in running.contract.routes}, load, [version])
    kinds = Counter(entry["restart"] for entry in log)
    return {
        **report.data(),
        "clean": report.clean,
        "restarts": dict(kinds),
        "rate": round(len(load.events) / load.seconds),
        "seed": arguments.seed,
        "machine": machine.describe(),
        "log": log,
    }


def run(arguments: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """The whole proof."""
    dice = random.Random(arguments.seed)  # noqa: S311 - a schedule
    checkout, versions = Checkout(folder, arguments.port_base), [initial(TABLES[arguments.table])]
    running, load = begun(checkout, versions[0], arguments, bulk=False)
    pauses = Pauses(running)
    topics = {route.topic for route in running.contract.routes}
    faults = [f for f in arguments.faults.split(",") if f]
    schedule = dict(zip(range(3, arguments.changes, max(1, arguments.changes // 16)), faults * 16, strict=False))
    log: list[dict[str, Any]] = []
    for number in range(arguments.changes):
        what, wanted = changed(versions[-1], dice, number)
        removed = set(versions[-1].rules) - set(wanted.rules)
        fault = "" if removed or "saved_date" in what else schedule.get(number, "")
        versions.append(wanted)
        started = time.time()
        note = change(checkout, versions, fault, dice)
        topics |= {f"filtered-{name}" for name in wanted.rules}
        pause = pauses.longest(started, time.time())
        log.append({"change": what, "fault": note, "seconds": round(time.time() - started, 1), "pause": pause})
        say(f"  {number + 1:>3}/{arguments.changes} {what:<40} {log[-1]['seconds']:>5} s, pause {pause:>4} s {note}")
        if load.problem:
            raise RuntimeError(f"the load ended: {load.problem}")
    load.stop()
    pauses.close()
    report = settle(topics, load, versions)
    plain = [entry["pause"] for entry in log if not entry["fault"]]
    return {
        **report.data(),
        "clean": report.clean,
        "changes": len(log),
        "faults": sum(bool(entry["fault"]) for entry in log),
        "rate": round(len(load.events) / load.seconds),
        "longest_pause_s": max(plain),
        "longest_pause_with_faults_s": max(entry["pause"] for entry in log),
        "seed": arguments.seed,
        "machine": machine.describe(),
        "log": log,
    }


def settle(topics: set[str], load: Load, versions: list[Configuration]) -> Report:
    """Judge once everything has arrived. A removed route's topic is gone, and so is what was on it."""
    running = stack.load("local")
    there = {route.topic for route in running.contract.routes} | {versions[0].table.unrouted}
    shown = [replace(version, gone=frozenset(topics - there)) for version in versions]
    deadline = time.monotonic() + 180
    while True:
        report = judge(running, sorted(there), load.events, shown)
        if report.clean or time.monotonic() > deadline:
            return report
        say(f"  waiting for the last events: {report.data()}")


def main() -> None:
    """Print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changes", type=int, default=50)
    parser.add_argument("--restarts", type=int, default=0)
    parser.add_argument("--rate", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--faults", default="cli,revert,taskmanager,cli,jobmanager,revert,cloud,cli")
    parser.add_argument("--table", choices=TABLES, default="own", help="quoted: in partitions, and it joins under load")
    parser.add_argument("--port-base", type=int, default=24500)
    parser.add_argument("--keep", action="store_true", help="leave the environment running")
    arguments = parser.parse_args()
    with throwaway.folder("ledger", arguments.port_base, arguments.keep) as folder:
        found = (restarts if arguments.restarts else run)(arguments, folder)
        data(found)
    sys.exit(0 if found["clean"] else 1)


if __name__ == "__main__":
    main()
