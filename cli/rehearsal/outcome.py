"""How the steps of a rehearsal went."""

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass

from stacks.errors import CdcError


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one step went."""

    step: str
    well: bool
    seconds: float
    told: str


@contextmanager
def timed(found: list[Outcome], name: str) -> Generator[Callable[[str], None]]:
    """Write down how a step went."""
    started, told = time.monotonic(), list[str]()
    try:
        yield told.append
    except CdcError as error:
        found.append(Outcome(name, False, round(time.monotonic() - started, 1), error.message))
        raise
    found.append(Outcome(name, True, round(time.monotonic() - started, 1), "".join(told)))
