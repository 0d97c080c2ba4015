"""The doctor after something was done: asked again until nothing fails any more, or the time for that is over."""

import time
from collections.abc import Callable
from typing import Literal

from cli.client.stack import Stack
from cli.doctor import probes
from cli.doctor.examine import examine
from cli.doctor.facts import Facts
from cli.doctor.probe import Result

After = Literal["deploy", "failover"]
SETTLES: dict[After, float] = {"deploy": 90, "failover": 300}  # seconds that heartbeats, offsets and DNS may need
PAUSE = 5.0


def settled(stack: Stack, database: str | None, what: After, progress: Callable[[str], None]) -> list[Result]:
    """What the doctor finds once nothing fails any more, or when the time for that is over."""
    deadline = time.monotonic() + SETTLES[what]
    while True:
        results = examine(Facts(stack, database), probes.every())
        failed = [one.probe for one in results if one.verdict in ("failed", "unknown")]
        if not failed or time.monotonic() > deadline:
            return results
        progress(f"waiting for {', '.join(failed[:3])}")
        time.sleep(PAUSE)
