"""A running stack as its users see it: the contract and the credentials it exports."""

import json
import os
import subprocess
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from cli.console import NOT_RUNNING
from local.engines import client
from local.environment import Instance
from local.errors import LocalError
from local.workspace import state
from local.workspace import workspace as pulumi
from stacks.contract import ContractV1
from stacks.errors import CdcError


class NotRunning(CdcError):
    """There is no such environment now."""

    exit_code = NOT_RUNNING


@dataclass(frozen=True, slots=True)
class Stack:
    """The contract, and keys by identity and kind: `keys["operator"]["kafka"] == {"key": …, "secret": …}`."""

    name: str
    contract: ContractV1
    keys: dict[str, dict[str, dict[str, str]]]

    @property
    def local(self) -> bool:
        """Is this the environment on this machine?"""
        return served_here(self.name)


def served_here(name: str) -> bool:
    """Is it the stack of the environment on this machine: `local`, or the one that is rehearsed in it?"""
    return name == Instance.here().mode.stack


def outputs(name: str) -> dict[str, Any]:
    """The stack's outputs with their secrets. Raises NotRunning when there are none."""
    if served_here(name):
        instance = Instance.here()
        if client.engines(instance) is None:
            raise NotRunning("the local environment is not running", "start it: ./cdc up (or ./cdc demo)")
        workspace = pulumi.open_workspace(instance, name, "bundled")
        try:
            text = workspace.output(["stack", "output", "--json", "--show-secrets"])
        except LocalError as error:
            if state.broken(workspace.backend, name):
                raise NotRunning(
                    "the state of the stack local broke off while it was written", "mend it: ./cdc up"
                ) from error
            raise NotRunning("the stack local has not been created yet", "create it: ./cdc up") from error
        return json.loads(text)
    command = ["pulumi", "stack", "output", "--json", "--show-secrets", "--stack", name]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ)
    except FileNotFoundError as error:
        raise CdcError(
            f"reading stack {name} needs the Pulumi CLI on PATH", "install Pulumi and log in to its backend"
        ) from error
    if done.returncode:
        raise NotRunning(
            f"stack {name} cannot be read: {done.stderr.strip()[-400:]}",
            "check `pulumi whoami` and the stack's name",
        )
    return json.loads(done.stdout)


def load(name: str) -> Stack:
    """The running stack. Raises NotRunning with the command that starts it."""
    found = outputs(name)
    # An update that was ended half-way leaves Pulumi's mark of an unknown value in its place.
    if not isinstance(found.get("contract"), dict):
        raise NotRunning(
            f"stack {name} has no contract: its last update did not finish", f"run ./cdc pulumi up -s {name}"
        )
    return Stack(name, ContractV1.model_validate(found["contract"]), credentials(found))


def loading(name: str) -> Future[Stack]:
    """`load` at work: the Pulumi CLI takes a second, in which others can be imported, or asked."""
    pool = ThreadPoolExecutor(1)
    try:
        return pool.submit(load, name)
    finally:
        pool.shutdown(wait=False)


def credentials(found: dict[str, Any]) -> dict[str, dict[str, dict[str, str]]]:
    """Keys by identity and kind; none where the last update did not come to them."""
    known = found.get("credentials")
    return known if isinstance(known, dict) else {}


def local_dsn(stack: Stack, user: str) -> str:
    """A PostgreSQL address of the local database as one of its roles (`cdc`, `events_api` or `postgres`)."""
    instance, database = Instance.here(), stack.contract.database
    return f"postgresql://{user}:{instance.secrets[user]}@{database.host}:{database.port}/{database.database}"


def local_aws() -> dict[str, str]:
    """Credentials of the local AWS: signed requests and Secrets Manager."""
    own = Instance.here().secrets
    return {"accessKeyId": own["aws_access_key_id"], "secretAccessKey": own["aws_secret_access_key"]}
