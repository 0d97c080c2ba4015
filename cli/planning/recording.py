"""Builds the whole program once against a recording monitor and prints what it registered, as JSON.

Usage: python -m cli.planning.recording STACK. Standard input may hold the outputs of the update before, as JSON (they are
too long for an argument or the environment where there are many routes). A process of its own, since Pulumi's mocks are global to a process.
Secrets are markers that must appear nowhere in what is printed.
"""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import pulumi
import yaml
from google.protobuf import json_format
from pulumi.runtime import mocks, set_all_config
from pulumi.runtime import settings as runtime_settings
from pulumi.runtime.stack import run_pulumi_func

from plugins.aws import functions, outputs
from plugins.confluentcloud import plan_answers
from stacks import program
from stacks.settings.model import SECRETS

ROOT = Path(__file__).parents[2]
SIGNATURE, SECRET, OUTPUT = (
    "4dabf18193072939515e22adb298388d",
    "1b47061264138c4ac30d75fd1eb44270",
    "d0e6a833031e9bbcd3f4e8bde6ca49a4",
)
ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7"
MARKERS = {name: f"marker-{name}" for name in SECRETS}


class Mocks(mocks.Mocks):
    """Answers for resources and look-ups. `last`: the stack's outputs of its last update."""

    def __init__(self, last: dict[str, Any]) -> None:
        self.last = last

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        if args.typ.startswith("aws:"):
            made, filled_in = outputs.outputs(args.typ.removeprefix("aws:"), args.name, args.inputs, "us-east-1")
            return made, {**args.inputs, **filled_in}
        return plan_answers.resource(args.typ.rpartition(":")[2], args.name, args.inputs)

    def call(self, args: mocks.MockCallArgs) -> Any:
        if args.token.endswith(":readStackOutputs"):
            return {"outputs": self.last}
        if args.token.startswith("aws:"):
            return functions.planned(args.token, args.args)
        return plan_answers.function(args.token, args.args)


class Hooks:
    """Stands in for the server that the engine would call hooks on: here nothing is ever deleted."""

    def register_resource_hook(self, hook: pulumi.ResourceHook) -> None:
        """Taken note of by the resources that have it."""


class Recorder(mocks.MockMonitor):
    """Keeps every registration."""

    def __init__(self, last: dict[str, Any]) -> None:
        super().__init__(Mocks(last))
        self.requests: list[Any] = []
        self.finished: set[str] = set()

    def RegisterResource(self, request: Any) -> Any:
        self.requests.append(request)
        return super().RegisterResource(request)

    def RegisterResourceOutputs(self, request: Any) -> Any:
        self.finished.add(name_of(request.urn))  # the mocks' URNs differ between threads; names do not
        return super().RegisterResourceOutputs(request)


def name_of(urn: str) -> str:
    return urn.rpartition("::")[2]


def shown(value: Any, secrets: list[str], path: str) -> Any:
    """A property without wire markers; the places of secrets are noted."""
    if isinstance(value, dict):
        if value.get(SIGNATURE) == SECRET:
            secrets.append(path)
            return "[secret]"
        if value.get(SIGNATURE) == ARCHIVE:
            return f"[archive of {Path(value['path']).name.rpartition('-')[0]}]"
        if value.get(SIGNATURE) == OUTPUT:
            if value.get("secret"):
                secrets.append(path)
                return "[secret]"
            return shown(value.get("value"), secrets, path)
        return {k: shown(v, secrets, f"{path}.{k}" if path else k) for k, v in sorted(value.items())}
    if isinstance(value, list):
        return [shown(item, secrets, f"{path}[{n}]") for n, item in enumerate(value)]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def resource(request: Any, finished: set[str]) -> dict[str, Any]:
    """One registration as plain data."""
    secrets: list[str] = []
    inputs = shown(json_format.MessageToDict(request.object), secrets, "")
    found = {
        "type": request.type,
        "parent": name_of(request.parent),
        "provider": name_of(request.provider.rpartition("::")[0]) if request.provider else "",
        "protect": request.protect,
        "dependencies": sorted({name_of(urn) for urn in request.dependencies}),
        "ignoreChanges": list(request.ignoreChanges),
        "deletedWith": name_of(request.deletedWith),
        "replaceOnChanges": list(request.replaceOnChanges),
        "deleteBeforeReplace": request.deleteBeforeReplace,
        **({"beforeDelete": list(request.hooks.before_delete)} if request.hooks.before_delete else {}),
        "references": {
            name: sorted({name_of(urn) for urn in found.urns})
            for name, found in sorted(request.propertyDependencies.items())
            if found.urns
        },
        "secrets": sorted(secrets),
        "inputs": inputs,
    }
    if not request.custom:
        found["outputsRegistered"] = request.name in finished
    return found


def configuration(stack: str) -> dict[str, str]:
    """The stack file's settings as Pulumi hands them over, and a marker in place of the secret."""
    config = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())["config"]
    values = {k: v if isinstance(v, str) else json.dumps(v) for k, v in config.items()}
    return {**values, **{f"cdc-streaming:{name}": value for name, value in MARKERS.items()}}


async def resolved(exports: dict[str, pulumi.Output[Any]]) -> dict[str, Any]:
    """The exports' values; secret ones by that word only."""
    return {name: "[secret]" if await value.is_secret() else await value.future() for name, value in exports.items()}


def record(stack: str, last: dict[str, Any]) -> dict[str, Any]:
    """The graph of one stack: resources by name, and the stack's exports. `last`: its outputs before this update."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    recorder, values = Recorder(last), configuration(stack)
    mocks.set_mocks(recorder.mocks, project="cdc-streaming", stack=stack, preview=False, monitor=recorder)
    runtime_settings.SETTINGS.callbacks = Hooks()  # pyright: ignore[reportAttributeAccessIssue]
    set_all_config(values, [f"cdc-streaming:{name}" for name in MARKERS])
    os.environ["PULUMI_CONFIG"] = json.dumps(values)
    exports: dict[str, pulumi.Output[Any]] = {}

    def keep(name: str, value: Any) -> None:
        exports[name] = value

    pulumi.export = keep

    async def run() -> None:
        program.main()

    try:
        loop.run_until_complete(run_pulumi_func(run))
    except pulumi.RunError as error:
        raise SystemExit(str(error)) from None
    found = loop.run_until_complete(resolved(exports))
    names = [r.name for r in recorder.requests]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise SystemExit(f"resource names must differ, whatever their types: {', '.join(twice)}")
    resources = {r.name: resource(r, recorder.finished) for r in recorder.requests if r.type != "pulumi:pulumi:Stack"}
    return {"resources": dict(sorted(resources.items())), "exports": found}


if __name__ == "__main__":
    json.dump(record(sys.argv[1], json.loads(sys.stdin.read() or "{}")), sys.stdout, indent=1, sort_keys=False)
