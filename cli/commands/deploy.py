"""`cdc deploy` and `cdc drift`: what pipelines run. Real accounts for dev and prod, the local environment for `local`."""

import os
import subprocess

from cli.client.stack import served_here
from cli.commands import notifications, preflight, up, verify
from cli.console import say
from local.environment import ROOT, Instance
from local.exclusive import changing
from local.workspace import workspace as pulumi
from stacks.errors import CdcError

QUIET = ["--non-interactive", "--color", "never", "--suppress-outputs"]
UNCHANGED = ["--expect-no-changes", *QUIET]


def command(stack: str, arguments: list[str]) -> int:
    """Run the Pulumi CLI on a stack: the user's own, or the local environment's."""
    if served_here(stack):
        instance = Instance.here()
        workspace = pulumi.open_workspace(instance, stack, "bundled")
        with changing(instance, "cdc deploy"):
            return workspace.run(arguments)
    return subprocess.run(["pulumi", *arguments, "--stack", stack], cwd=ROOT, check=False).returncode


def require_account(stack: str) -> None:
    """Say what is missing before anything is touched."""
    needed = () if served_here(stack) else ("CONFLUENT_CLOUD_API_KEY", "CONFLUENT_CLOUD_API_SECRET")
    if missing := [name for name in needed if not os.environ.get(name)]:
        raise CdcError(
            f"{' and '.join(missing)} not set", "docs/deploy.md says whose key this is and where it comes from"
        )


def install(stack: str) -> int:
    """The .venv and plugins that the user's CLI runs the program with, as its requirements are now."""
    if served_here(stack):
        return 0
    try:
        return subprocess.run(["pulumi", "install"], cwd=ROOT, check=False).returncode
    except FileNotFoundError as error:
        raise CdcError("the Pulumi CLI is not on PATH", "install it, and log in to your backend") from error


def deploy(stack: str) -> int:
    """Files, preflight, `up` under the policy pack, subscriptions, a preview that must show nothing more to do, doctor and canaries."""
    up.check_files(stack)
    require_account(stack)
    if code := install(stack) or (0 if served_here(stack) else preflight.before(stack)):
        return code
    pack = [] if served_here(stack) else ["--policy-pack", str(ROOT / "policies")]
    if code := command(stack, ["up", "--yes", "--skip-preview", *QUIET, *pack]):
        say(f"deploying {stack} failed; what was made is kept, and the next run carries on")
        return code
    notifications.subscribed(stack)
    if code := command(stack, ["preview", *UNCHANGED]):
        return code
    return verify.after(stack)


def drift(stack: str) -> int:
    """Does the world still look as declared? Nothing is changed. Exit code 1 when it does not."""
    up.check_files(stack)
    require_account(stack)
    if code := install(stack):
        return code
    untold = notifications.missing(stack)
    for name in untold:
        say(f"Confluent no longer notifies of: {name} (the next cdc deploy subscribes again)")
    return 1 if command(stack, ["preview", "--refresh", *UNCHANGED]) or untold else 0
