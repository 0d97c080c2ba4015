"""`cdc down`: stop, and with --purge forget."""

from cli.console import say, step
from cli.web import background
from local.engines import client
from local.environment import Instance
from local.exclusive import changing


def run(purge: bool) -> int:
    """Stop every process of the environment. Saying so twice is no error."""
    instance = Instance.here()
    with changing(instance, "cdc down"):
        with step("Stopping") as progress:
            background.stop(instance)
            stopped = client.stop(instance, progress)
        if purge:
            client.purge(instance)
    client.make_caches()
    if purge:
        say("  its data, logs, secrets and stack state are gone")
    elif not stopped:
        say("  nothing was running")
    return 0
