"""One environment's plan: the recorded graph, checked by the bundled plugins, and everything that is said of it."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.planning import cost, duration, quota
from local.environment import ROOT
from plugins import aws
from plugins.confluentcloud import package
from plugins.engine.check import check
from plugins.engine.values import UNKNOWN
from policies.graph import SECRET, Graph, from_recorded
from policies.rule import Finding
from policies.rules import evaluate
from stacks import load as loading
from stacks.errors import CdcError
from stacks.routes.model import Routes
from stacks.settings.model import Settings

PACKAGES = {"aws": aws.PACKAGE, "confluentcloud": package.PACKAGE}


@dataclass(frozen=True, slots=True)
class Plan:
    """A stack at one state of the files."""

    stack: str
    settings: Settings
    routes: Routes
    graph: Graph
    recorded: dict[str, Any]
    costs: list[cost.Line]
    uses: list[quota.Use]
    seconds: int
    findings: list[Finding]


def record(stack: str, root: Path, last: Mapping[str, Any]) -> dict[str, Any]:
    """Run the program of `root` against the recording monitor. CdcError with what it said."""
    command = [sys.executable, "-m", "cli.planning.recording", stack]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    done = subprocess.run(
        command, cwd=root, env=environment, input=json.dumps(dict(last)), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise CdcError(f"stack {stack} cannot be planned: {done.stderr.strip()[-1500:]}")
    return json.loads(done.stdout)


def after(base: Plan) -> dict[str, Any]:
    """A plan's exports, for the plan of the update that follows it."""
    kept = {
        name: base.recorded["exports"][name]
        for name in ("routing", "contract", "keyGenerations")
        if name in base.recorded["exports"]
    }
    return {**kept, "assumed": True}


def make(stack: str, root: Path = ROOT, last: Mapping[str, Any] | None = None) -> Plan:
    """Check the files, record the graph, look at it from every side.

    `last`: the stack's outputs before this update (see `after`); without them it is a first update.
    """
    settings, routes = loading.from_files(root, stack)
    return of(stack, settings, routes, record(stack, root, last or {}))


def of(stack: str, settings: Settings, routes: Routes, recorded: dict[str, Any]) -> Plan:
    """The plan of a recorded graph. CdcError when the plugins would refuse an argument of it."""
    graph = from_recorded(recorded)
    if refused := refusals(graph):
        raise CdcError("the plugins refuse arguments:\n" + "\n".join(f"  {line}" for line in refused))
    costs = cost.estimate(settings, routes, graph)
    uses = quota.usage(settings, graph)
    return Plan(stack, settings, routes, graph, recorded, costs, uses, duration.seconds(graph), evaluate(graph))


def hidden(value: Any) -> Any:
    """Inputs as a plugin's check takes them: a secret is a value that cannot be looked at."""
    if isinstance(value, Mapping):
        return {key: hidden(item) for key, item in value.items()}
    if isinstance(value, list):
        return [hidden(item) for item in value]
    return UNKNOWN if value == SECRET else value


def refusals(graph: Graph) -> list[str]:
    """Missing, unknown and conflicting arguments, by the plugins' own rules."""
    found: list[str] = []
    for resource in graph:
        package = PACKAGES.get(resource.package)
        if package and package.key(resource.token) in package.resource_types:
            _, failures = check(
                package.resource_types[package.key(resource.token)], resource.name, {}, hidden(resource.props)
            )
            found += failures
        elif package:
            found.append(f"the bundled plugin does not know {resource.token}")
    return found
