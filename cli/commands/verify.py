"""Is a stack well after something was done to it? The doctor until it has settled, then a canary for each route."""

from cli.canary import watch
from cli.client import stack as stacks
from cli.commands import doctor
from cli.commands.canary import rounds
from cli.console import step
from cli.doctor.settle import settled
from local.environment import ROOT
from stacks import load as loading

CANARY = 180.0


def after(stack: str) -> int:
    """Doctor and canaries after a deployment. Exit code 1 when something failed; what cannot be asked is only said."""
    running = stacks.load(stack)
    with step("Doctor") as progress:
        results = settled(running, None, "deploy", progress)
    bad = [one for one in results if one.verdict == "failed"]
    if bad:
        doctor.show(stack, bad)
    _, routes = loading.from_files(ROOT, stack)
    with step("A canary for each route"):
        outcomes = watch.once(running, routes, (), None, CANARY)
    rounds.show([one for one in outcomes if one.lost_at or one.problem], CANARY)
    return 1 if bad or any(one.lost_at for one in outcomes) else 0
