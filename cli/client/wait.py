"""Waiting for something to become true."""

import time
from collections.abc import Callable

from stacks.errors import CdcError


def wait_for(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """Return as soon as the condition holds; CdcError when it does not within the time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise CdcError(f"{what} did not happen within {seconds:.0f} s", "look at ./cdc status and ./cdc logs")
        time.sleep(0.05)
