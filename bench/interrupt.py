"""Updates and destroys, killed (-9, with all their children) at random moments: the same command again must converge.

Usage: python -m bench.interrupt [--first 5] [--changes 5] [--destroys 3] [--seed N]

Works on a copy of this checkout with an environment of its own. Prints one JSON object; exit code 1 when a command did not converge,
when a preview after it was not empty, or when an object of the cloud was left that no state knows.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2

from bench import machine
from bench.ledger.checkout import Checkout
from bench.ledger.configuration import changed, initial
from cli.commands import down
from cli.console import data, say
from local.environment import Instance

LISTED = ("/org/v2/environments", "/iam/v2/service-accounts", "/cmk/v2/clusters", "/fcpm/v2/compute-pools")


def orphans(checkout: Checkout) -> list[str]:
    """Objects of the local cloud that the stack's state does not name."""
    done = checkout.cdc("pulumi", "stack", "export", "-s", "local")
    known = {resource.get("id") for resource in json.loads(done.stdout)["deployment"].get("resources", [])}
    instance = Instance.here()
    own = instance.secrets
    found: list[str] = []
    with httpx2.Client(
        base_url=instance.url("cloud"), auth=(own["cloud_api_key"], own["cloud_api_secret"]), trust_env=False
    ) as api:
        for path in LISTED:
            found += [one["id"] for one in api.get(path).json()["data"] if one["id"] not in known]
    return [identity for identity in found if identity != "env-default"]


def problems(checkout: Checkout, done: "subprocess.CompletedProcess[str]") -> list[str]:
    """What is wrong after the same command again."""
    if done.returncode:
        return [f"exit {done.returncode}: {done.stderr.strip()[-400:]}"]
    found = [f"left behind: {identity}" for identity in orphans(checkout)]
    preview = checkout.cdc("pulumi", "preview", "-s", "local", "--expect-no-changes", "--non-interactive")
    return found + ([f"preview: {preview.stdout.strip()[-300:]}"] if preview.returncode else [])


def rounds(
    checkout: Checkout, count: int, longest: float, dice: random.Random, prepare: Callable[[int], None]
) -> list[dict[str, Any]]:
    """Updates that are killed, each followed by the same one to its end."""
    log: list[dict[str, Any]] = []
    for number in range(count):
        prepare(number)
        after = dice.uniform(1, longest)
        killed = checkout.interrupted_up(after)
        found = problems(checkout, checkout.cdc("up"))
        log.append({"killed_after_s": round(after, 1) if killed else None, "problems": found})
        say(f"  {number + 1:>3}/{count} killed after {after:>4.1f} s: {'; '.join(found) or 'converged'}")
    return log


def destroys(checkout: Checkout, count: int, dice: random.Random) -> list[dict[str, Any]]:
    """Destroys that are killed; the same again leaves nothing."""
    log: list[dict[str, Any]] = []
    arguments = ("pulumi", "destroy", "-s", "local", "--yes", "--non-interactive")
    for number in range(count):
        checkout.up()
        after = dice.uniform(1, 12)
        command = [str(checkout.root / "cdc"), *arguments]
        process = subprocess.Popen(
            command,
            cwd=checkout.root,
            env=checkout.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        time.sleep(after)
        if process.poll() is None:
            os.killpg(process.pid, 9)
        process.wait()
        checkout.cdc("pulumi", "cancel", "-s", "local", "--yes")
        done = checkout.cdc(*arguments)
        found = [f"exit {done.returncode}: {done.stdout[-400:]}"] if done.returncode else orphans(checkout)
        log.append({"killed_after_s": round(after, 1), "problems": found})
        say(f"  {number + 1:>3}/{count} destroy killed after {after:>4.1f} s: {'; '.join(found) or 'converged'}")
    return log


def run(arguments: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Everything."""
    dice = random.Random(arguments.seed)  # noqa: S311 - a schedule
    checkout, versions = Checkout(folder, arguments.port_base), [initial()]
    checkout.write(versions[0])

    def anew(_: int) -> None:
        checkout.cdc("down", "--purge")

    def another(number: int) -> None:
        versions.append(changed(versions[-1], dice, number)[1])
        checkout.write(versions[-1])

    log = {
        "first": rounds(checkout, arguments.first, 45, dice, anew),
        "changes": rounds(checkout, arguments.changes, 12, dice, another),
        "destroys": destroys(checkout, arguments.destroys, dice),
    }
    bad = sum(bool(entry["problems"]) for entries in log.values() for entry in entries)
    return {"not_converged": bad, "seed": arguments.seed, "machine": machine.describe(), **log}


def main() -> None:
    """Print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, count in (("first", 5), ("changes", 5), ("destroys", 3)):
        parser.add_argument(f"--{name}", type=int, default=count)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--port-base", type=int, default=24600)
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="cdc-interrupt-"))
    try:
        found = run(arguments, folder)
        data(found)
    finally:
        os.environ |= {"CDC_HOME": str(folder / "home"), "CDC_PORT_BASE": str(arguments.port_base)}
        down.run(purge=True)
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(1 if found["not_converged"] else 0)


if __name__ == "__main__":
    main()
