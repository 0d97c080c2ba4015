"""`cdc restart ENGINE`: stop one local engine; it starts again as after a crash, and nothing is lost."""

from cli.client.stack import NotRunning
from cli.console import step
from local.engines import client
from local.environment import Instance
from stacks.errors import CdcError


def run(name: str) -> int:
    """Returns when it is ready again. The supervisor answers when the process has ended; one that was given up is said so."""
    instance = Instance.here()
    before = client.engines(instance)
    if before is None:
        raise NotRunning("the local environment is not running", "start it: ./cdc up (or ./cdc demo)")
    known = [one["name"] for one in before]
    if name not in known:
        raise CdcError(f"there is no engine {name!r}", f"known: {', '.join(known)}")
    with step(f"Restart of {name}") as progress:
        progress("stopping")
        client.asked(instance, "POST", f"/restart/{name}", seconds=60)
        client.wait_ready(instance, progress)
    return 0
