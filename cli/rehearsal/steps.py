"""What a rehearsal does, one after the other: the commands of docs/deploy.md, each in a copy of the checkout."""

import re
import time
from collections.abc import Generator
from typing import Any

import yaml

from cli.client.notifications import integration_name
from cli.client.rest import control_plane
from cli.commands.deploy import QUIET, UNCHANGED
from cli.planning import rotation
from cli.rehearsal.commands import TAIL, Rehearsal, Wrong, well

APPLY = ("--yes", "--skip-preview", *QUIET)
DEFAULT = "env-default"  # the organization's own environment
# Where a destroy must leave nothing.
BINDINGS = ("/iam/v2/role-bindings", {"crn_pattern": "crn://*"})
PLACES: dict[str, tuple[str, dict[str, str]]] = {
    "environments": ("/org/v2/environments", {}),
    "service-accounts": ("/iam/v2/service-accounts", {}),
    "role bindings": BINDINGS,
    "API keys": ("/iam/v2/api-keys", {}),
    "identity providers": ("/iam/v2/identity-providers", {}),
    "integrations": ("/notifications/v1/integrations", {}),
}


def apply(it: Rehearsal) -> str:
    """`up`, then a preview that has nothing more to do."""
    well(it.pulumi("up", *APPLY), "up")
    return unchanged(it)


def unchanged(it: Rehearsal) -> str:
    """A second preview."""
    well(it.pulumi("preview", *UNCHANGED), "a second preview")
    return "the next preview has nothing to do"


def refreshed(it: Rehearsal) -> str:
    """What is there is what is declared."""
    well(it.pulumi("preview", "--refresh", *UNCHANGED), "a preview with refresh")
    return "nothing drifted"


def outside(it: Rehearsal) -> str:
    """The first step of a private stack, from anywhere: all that fails does so for want of its private address."""
    done = it.pulumi("up", "--continue-on-error", *APPLY)
    told = done.stdout + done.stderr
    if done.returncode == 0:
        raise Wrong("the private stack was applied from outside of its network", "its addresses are not private")
    failed = re.findall(r"^\s*error: (.*)$", told, re.MULTILINE)
    private = str(it.instance.port("private"))
    strange = [
        line for line in failed if private not in line and not re.search(r"update failed|failed to|\d+ errors?", line)
    ]
    if strange or not failed:
        raise Wrong("from outside other things failed, too:\n" + "\n".join(strange or [told[-TAIL:]]))
    return f"{sum(private in line for line in failed)} resources wait for the network, as the guide says"


def deployed(it: Rehearsal) -> str:
    """`cdc deploy`: files, update, notifications, preview, doctor, canaries."""
    well(it.cdc("deploy", it.stack), f"cdc deploy {it.stack}")
    return "doctor and a canary for each route are well"


def route_changed(it: Rehearsal) -> str:
    """A route more, retired, then removed: statements hand over, and deliver again."""
    file = it.root / "routes.yaml"
    before = file.read_text()
    document: dict[str, Any] = yaml.safe_load(before)
    made = another(document)
    for state in ({}, {"retire": True}):
        changed = document | {"routes": [*document["routes"], made | state]}
        file.write_text(yaml.safe_dump(changed, sort_keys=False, allow_unicode=True))
        deployed(it)
    file.write_text(before)
    deployed(it)
    return "one more, retired, removed: all delivered each time"


def another(document: dict[str, Any]) -> dict[str, Any]:
    """A route that takes what the first one takes."""
    first = document["routes"][0]
    source = next(one for one in document["sources"] if one["name"] == first["source"])
    key = next(one["name"] for one in source["columns"] if one.get("key"))
    when = {"all": [first["when"], {"field": key, "isNotNull": True}]}
    topic = f"{document.get('topicPrefix', '')}rehearsal-{int(time.time())}"
    return {"name": "rehearsal", "source": first["source"], "topic": topic, "when": when}


def rotated(it: Rehearsal) -> str:
    """Keys of another generation, step by step, each applied and looked at."""
    now, steps = it.settings.keys, list[str]()
    while True:
        step = rotation.step(now, it.settings.private)
        it.file().write_text(rotation.written(it.file().read_text(), step.next))
        deployed(it)
        now, done = step.next, step.drops
        steps.append(step.what)
        if done:
            return "; ".join(steps)


def drifted(it: Rehearsal) -> str:
    """What somebody deletes behind our back is seen, and mended."""
    rest = control_plane(it.stack)
    path, every = BINDINGS
    victim = next(one for one in rest.listed(path, **every, page_size="100") if "/topic=" in one["crn_pattern"])
    rest.ask("DELETE", f"/iam/v2/role-bindings/{victim['id']}")
    if it.pulumi("preview", "--refresh", *UNCHANGED).returncode == 0:
        raise Wrong(f"a role binding was deleted, and nobody noticed: {victim['role_name']} {victim['crn_pattern']}")
    well(it.pulumi("up", "--refresh", *APPLY), "up after a drift")
    return f"{refreshed(it)} after a role binding was deleted and mended"


def destroyed(it: Rehearsal) -> str:
    """As section 9 of the guide says: nothing is left."""
    if it.settings.protect:
        file = it.file()
        file.write_text(re.sub(r"(cdc-streaming:protect:) true", r"\1 false", file.read_text()))
        well(it.pulumi("up", *APPLY), "up without protection")
    if integration_name(it.settings):
        well(it.cdc("notifications", "-s", it.stack, "--remove"), "notifications --remove")
    well(it.pulumi("destroy", "--yes", "--skip-preview", "--non-interactive", "--color", "never"), "destroy")
    left = [f"{what} {one.get('display_name') or one['id']}" for what, one in leftovers(it)]
    if left:
        raise Wrong(f"destroy left behind: {', '.join(left)}")
    return "nothing is left"


def leftovers(it: Rehearsal) -> Generator[tuple[str, dict[str, Any]]]:
    """What the account still has, beside its own default environment."""
    rest = control_plane(it.stack)
    for what, (path, every) in PLACES.items():
        for one in rest.listed(path, **every, page_size="100"):
            if one["id"] != DEFAULT:
                yield what, one
