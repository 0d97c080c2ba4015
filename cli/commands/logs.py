"""`cdc logs ENGINE`: the end of an engine's log, and what comes."""

import time
from collections import deque

from cli.console import say
from local.environment import Instance
from stacks.errors import CdcError


def run(engine: str, lines: int, follow: bool) -> int:
    """Print the last lines; with `follow`, go on."""
    folder = Instance.here().home / "logs"
    file = folder / f"{engine}.log"
    if not file.exists():
        known = ", ".join(sorted(f.stem for f in folder.glob("*.log"))) or "none: nothing was started yet (./cdc up)"
        raise CdcError(f"there is no log of {engine!r}", f"known: {known}")
    with file.open(errors="replace") as stream:
        for line in deque(stream, lines):
            print(line, end="")
        try:
            while follow:
                line = stream.readline()
                print(line, end="", flush=True) if line else time.sleep(0.2)
        except KeyboardInterrupt:
            say()
    return 0
