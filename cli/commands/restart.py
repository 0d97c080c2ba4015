"""`cdc restart ENGINE`: stop one local engine; it starts again as after a crash, and nothing is lost."""

import time

from cli.client.stack import NotRunning
from cli.console import step
from local.engines import client
from local.environment import Instance
from stacks.errors import CdcError


def run(name: str) -> int:
    """Returns when it is ready again."""
    instance = Instance.here()
    before = client.engines(instance)
    if before is None:
        raise NotRunning("the local environment is not running", "start it: ./cdc up (or ./cdc demo)")
    known = {one["name"]: one for one in before}
    if name not in known:
        raise CdcError(f"there is no engine {name!r}", f"known: {', '.join(known)}")
    with step(f"Restart of {name}") as progress:
        progress("stopping")
        client.asked(instance, "POST", f"/restart/{name}", seconds=60)
        while known[name]["pid"] == pid(instance, name):
            time.sleep(0.1)
        client.wait_ready(instance, progress)
    return 0


def pid(instance: Instance, name: str) -> int | None:
    """Of its process now."""
    return next(one["pid"] for one in client.engines(instance) or [] if one["name"] == name)
