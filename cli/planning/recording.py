"""Builds the whole program once against a recording monitor and prints what it registered, as JSON.

Usage: python -m cli.planning.recording STACK. The environment variable CDC_PLAN_LAST_OUTPUTS may hold the outputs of
the update before. A process of its own, since Pulumi's mocks are global to a process.
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

from plugins.aws import functions
from plugins.aws import outputs as aws
from stacks import program
from stacks.settings.model import SECRETS

ROOT = Path(__file__).parents[2]
SIGNATURE, SECRET, OUTPUT = (
    "4dabf18193072939515e22adb298388d",
    "1b47061264138c4ac30d75fd1eb44270",
    "d0e6a833031e9bbcd3f4e8bde6ca49a4",
)
ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7"
LAST = "CDC_PLAN_LAST_OUTPUTS"  # JSON: the stack's outputs, as if this were its next update
MARKERS = {name: f"marker-{name}" for name in SECRETS}


def computed(kind: str, name: str, inputs: dict[str, Any]) -> dict[str, Any]:
    """What Confluent would fill in."""
    env, cluster = "crn://confluent.cloud/organization=O/environment=env-1", "lkc-1"
    table = {
        "Environment": {"resourceName": env},
        "KafkaCluster": {
            "apiVersion": "cmk/v2",
            "kind": "Cluster",
            "rbacCrn": f"{env}/cloud-cluster={cluster}",
            "restEndpoint": "https://kafka.example",
            "bootstrapEndpoint": "SASL_SSL://kafka.example:9092",
        },
        "ServiceAccount": {"apiVersion": "iam/v2", "kind": "ServiceAccount"},
        "ApiKey": {"secret": f"secret-of-{name}"},
        "Schema": {"schemaIdentifier": 100001},
        "Gateway": {
            "awsEgressPrivateLinkGateway": {"region": "us-east-1", "principalArn": "arn:aws:iam::1:role/confluent"}
        },
        "PrivateLinkAttachment": {
            "aws": [{"vpcEndpointServiceName": "com.amazonaws.vpce.x"}],
            "dnsDomain": "us-east-1.aws.private.example",
        },
    }
    return {**inputs, **table.get(kind, {})}


class Mocks(mocks.Mocks):
    """Answers for resources and look-ups. `last`: the stack's outputs of its last update."""

    def __init__(self, last: dict[str, Any]) -> None:
        self.last = last

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        ids = {"Environment": "env-1", "KafkaCluster": "lkc-1"}
        kind = args.typ.rpartition(":")[2]
        if args.typ.startswith("aws:"):
            made, outputs = aws.outputs(args.typ.removeprefix("aws:"), args.name, args.inputs, "us-east-1")
            return made, {**args.inputs, **outputs}
        prefix = "sa-of" if kind == "ServiceAccount" else "id-of"
        return ids.get(kind, f"{prefix}-{args.name}"), computed(kind, args.name, args.inputs)

    def call(self, args: mocks.MockCallArgs) -> Any:
        answers = {
            "readStackOutputs": {"outputs": self.last},
            "getOrganization": {"id": "O", "resourceName": "crn://confluent.cloud/organization=O"},
            "getFlinkRegion": {
                "id": "aws.us-east-1",
                "apiVersion": "fcpm/v2",
                "kind": "Region",
                "restEndpoint": "https://flink.example",
                "privateRestEndpoint": "https://private.flink.example",
            },
            "getSchemaRegistryCluster": {
                "id": "lsrc-1",
                "apiVersion": "srcm/v3",
                "kind": "Cluster",
                "restEndpoint": "https://registry.example",
                "catalogEndpoint": "https://catalog.example",
                "resourceName": "crn://confluent.cloud/organization=O/environment=env-1/schema-registry=lsrc-1",
            },
            "getIpAddresses": {"ipAddresses": [{"ipPrefix": "198.51.100.0/24"}]},
        }
        if args.token.startswith("aws:"):
            return functions.planned(args.token, args.args)
        return answers[args.token.rpartition(":")[2]]


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


def record(stack: str) -> dict[str, Any]:
    """The graph of one stack: resources by name, and the stack's exports."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    recorder, values = Recorder(json.loads(os.environ.get(LAST, "{}"))), configuration(stack)
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
    json.dump(record(sys.argv[1]), sys.stdout, indent=1, sort_keys=False)
