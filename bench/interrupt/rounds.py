"""Commands that are interrupted at random moments by random victims, each followed by the same one to its end."""

import os
import random
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bench.interrupt import judge
from bench.interrupt.victims import COMMAND, POWER, PULUMI, RUNNING, Command, Victim
from bench.ledger.checkout import Checkout
from bench.ledger.configuration import Configuration, changed
from cli.console import say

LONGEST_END = 300  # seconds that a command may go on whose engine or child was ended
DESTROY = ("pulumi", "destroy", "-s", "local", "--yes", "--non-interactive")


@dataclass(frozen=True, slots=True)
class Point:
    """Interruptions of one command: the latest moment (seconds), by whom (`shuffled`), and what must hold when it ran again."""

    name: str
    command: tuple[str, ...]
    latest: float
    victims: Sequence[Victim]
    judge: Callable[[Checkout], list[str]]
    shuffled: bool = True

    def round(self, dice: random.Random) -> list[Victim]:
        """Each victim once; the last one comes first."""
        return dice.sample(list(self.victims), len(self.victims)) if self.shuffled else list(reversed(self.victims))


FIRST = Point("first up", ("up",), 32, [*COMMAND, *PULUMI, *RUNNING, *POWER], judge.after_up)
CHANGE = Point("change", ("up",), 9, [*COMMAND, *PULUMI, *RUNNING, *POWER], judge.after_up)
DOWN = Point("down", ("down",), 2.5, [*COMMAND, *RUNNING, *POWER], judge.after_down)
DESTROYED = Point(
    "destroy", DESTROY, 9, [*COMMAND, *PULUMI, *RUNNING, *POWER], lambda c: judge.after_destroy(c, *DESTROY)
)


def surrounded(victims: Sequence[Victim]) -> Point:
    """Changes while the disk fills or the clock jumps, in this order."""
    return replace(CHANGE, name="surroundings", victims=victims, shuffled=False)


def interrupt(checkout: Checkout, point: Point, victim: Victim, after: float) -> str:
    """Start the command, end the victim after some seconds, and wait for what is left of the command. What happened."""
    command = started(checkout, point.command)
    begun = time.monotonic()
    hit = False
    while command.poll() is None and not hit:
        if time.monotonic() - begun >= after:
            hit = victim.end(command)
        time.sleep(0.02)
    moment = time.monotonic() - begun
    try:
        code = command.wait(LONGEST_END)
    except subprocess.TimeoutExpired:
        os.killpg(command.pid, 9)
        return f"{victim.name} after {moment:.1f} s; the command hung for {LONGEST_END} s"
    finally:
        victim.undo()
    return f"{victim.name} after {moment:.1f} s, exit {code}" if hit else f"{victim.name}: the command was faster"


def started(checkout: Checkout, arguments: Sequence[str]) -> Command:
    """The command, in a process group of its own."""
    quiet = subprocess.DEVNULL
    return subprocess.Popen(
        [str(checkout.root / "cdc"), *arguments],
        cwd=checkout.root,
        env=checkout.environment,
        stdin=quiet,
        stdout=quiet,
        stderr=quiet,
        start_new_session=True,
    )


def rounds(
    checkout: Checkout, point: Point, count: int, dice: random.Random, prepare: Callable[[int], None]
) -> list[dict[str, Any]]:
    """`count` interruptions of one command; each victim once before any comes again."""
    log: list[dict[str, Any]] = []
    victims: list[Victim] = []
    for number in range(count):
        prepare(number)
        victims = victims or point.round(dice)
        what = interrupt(checkout, point, victims.pop(), dice.uniform(0.3, point.latest))
        problems = point.judge(checkout)
        problems += [what] if "hung" in what else []
        log.append({"what": what, "problems": problems})
        say(f"  {point.name} {number + 1:>2}/{count}: {what}: {'; '.join(problems) or 'converged'}")
    return log


class Versions:
    """Configurations of routes, one random change after the other, written before each interruption."""

    def __init__(self, checkout: Checkout, first: Configuration, dice: random.Random) -> None:
        self.checkout, self.dice, self.all = checkout, dice, [first]
        checkout.write(first)

    def another(self, number: int) -> None:
        """The next one."""
        self.all.append(changed(self.all[-1], self.dice, number)[1])
        self.checkout.write(self.all[-1])
