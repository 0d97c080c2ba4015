"""`cdc notifications`: of what Confluent tells the stack's integration; subscribe it, or take it out before a destroy."""

from cli.client.notifications import Notifications, integration_name
from cli.client.rest import control_plane
from cli.console import data, say, table
from local.environment import ROOT
from stacks import load as loading
from stacks.errors import CdcError


def of(stack: str) -> Notifications | None:
    """The stack's integration; None where its settings ask for none."""
    name = integration_name(loading.from_files(ROOT, stack)[0])
    if name is None:
        return None
    return Notifications(control_plane(stack), name)


def run(stack: str, subscribe: bool, remove: bool, as_json: bool) -> int:
    """Exit code 1 when the integration is not told of something that it should be told of."""
    if subscribe and remove:
        raise CdcError("--subscribe and --remove contradict each other", "choose one")
    found = of(stack)
    if found is None:
        raise CdcError(f"{stack} has no integration", f"backend.alarms.confluent in Pulumi.{stack}.yaml asks for one")
    if remove:
        say(f"taken out of {found.unsubscribe()} subscriptions")
        return 0
    if subscribe:
        found.subscribe()
    missing = {kind["id"] for kind, _ in found.missing()}
    rows = [(one["display_name"], one["severity"], "no" if one["id"] in missing else "yes") for one in found.wanted()]
    if as_json:
        data([{"type": name, "severity": severity, "told": told == "yes"} for name, severity, told in rows])
    else:
        table(f"Notifications of {stack}", ("type", "severity", "told"), rows)
    return 1 if missing else 0


def subscribed(stack: str) -> None:
    """What a deployment does after its update."""
    found = of(stack)
    if found and (added := found.subscribe()):
        say(f"Confluent notifies of {len(added)} more: {', '.join(added)}")


def missing(stack: str) -> list[str]:
    """What drift is: types of which the integration is not told any more."""
    found = of(stack)
    return [kind["display_name"] for kind, _ in found.missing()] if found else []
