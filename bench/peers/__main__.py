"""Ours beside what else could have been picked: `python -m bench.peers [--rounds 3] [--arms ours,outbox] [--page FILE]`.

Arms run one after the other, in turn in each round, each with a PostgreSQL and a Kafka of its own and nothing else on the machine.
`--plug MODULE` adds those of a module's `ARMS` (see bench/peers/arm.py; ours are examples). Prints JSON; exit code 1 when anything was
lost or misrouted.
"""

import argparse
import importlib
import shlex
import sys
from pathlib import Path

from bench import machine, throwaway
from bench.peers import naive, ours, outbox, page, streams
from bench.peers.arm import Arm
from bench.peers.measure import Figures, everything
from cli.console import data, say

PORTS = 29400
EXACTLY, AT_LEAST = "exactly once", "at least once"
ARMS = (
    Arm(
        name="ours",
        what="Debezium → raw topic → Flink SQL → topics",
        guarantee=EXACTLY,
        gives="Avro by a registry, keys; unrouted and dead-letter topics; routes as YAML with any condition; rights per consumer; "
        "a killed Connect worker repeats up to a second of rows",
        running=ours.running(PORTS),
    ),
    Arm(
        name="streams",
        what="Debezium → raw topic → a router of forty lines on Kafka Streams (exactly_once_v2) → topics",
        guarantee=EXACTLY,
        gives="JSON text; what its author writes; a killed Connect worker repeats, as ours",
        running=streams.running(PORTS),
    ),
    Arm(
        name="outbox-eos",
        what="Debezium's EventRouter in Connect, its exactly-once source (a transaction per poll) → topics",
        guarantee=EXACTLY,
        gives="JSON text; one topic per value of one column; a row of an unknown value makes or misses a topic; nothing repeated by a kill",
        running=outbox.running(PORTS, exactly_once=True),
    ),
    Arm(
        name="outbox",
        what="Debezium's EventRouter in Connect → topics",
        guarantee=AT_LEAST,
        gives="as outbox-eos",
        running=outbox.running(PORTS, exactly_once=False),
    ),
    Arm(
        name="naive",
        what="80 lines of Python: read the slot, look at the type, produce",
        guarantee=AT_LEAST,
        gives="JSON text; what its author writes",
        running=naive.running(PORTS),
    ),
)


def chosen(arguments: argparse.Namespace) -> list[Arm]:
    """The arms to run, in their order."""
    arms = {arm.name: arm for arm in (*ARMS, *(arm for name in arguments.plug for arm in importlib.import_module(name).ARMS))}  # fmt: skip
    names = arguments.arms.split(",") if arguments.arms else list(arms)
    if unknown := [name for name in names if name not in arms]:
        raise SystemExit(f"unknown arms: {', '.join(unknown)}; there are {', '.join(arms)}")
    return [arms[name] for name in names]


def one_round(arm: Arm, number: int, arguments: argparse.Namespace) -> Figures:
    """An arm from its start to its end, in a folder that is gone afterwards."""
    with throwaway.folder(f"peers-{arm.name}", PORTS) as folder, arm.running(folder) as place:
        found = everything(place, arguments.rows, arguments.rate, arguments.seconds)
    say(f"  round {number} {arm.name}: {found.events_per_s:,.0f}/s, p50 {found.p50:.0f} ms, p99 {found.p99:.0f} ms")
    return found


def main() -> None:
    """As a command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--rate", type=int, default=1000)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--arms", default="")
    parser.add_argument("--plug", action="append", default=[])
    parser.add_argument("--page", type=Path)
    arguments = parser.parse_args()
    arms = chosen(arguments)
    figures: dict[str, list[Figures]] = {arm.name: [] for arm in arms}
    for number in range(arguments.rounds):
        for arm in arms:
            figures[arm.name].append(one_round(arm, number + 1, arguments))
    if arguments.page:
        arguments.page.write_text(page.html(arms, figures, f"python -m bench.peers {shlex.join(sys.argv[1:])}"))
        say(f"  {arguments.page}")
    found = {name: [one.document() for one in rounds] for name, rounds in figures.items()}
    data({"arms": found, "machine": machine.describe()})
    raise SystemExit(any(one.lost or one.misrouted for rounds in figures.values() for one in rounds))


if __name__ == "__main__":
    main()
