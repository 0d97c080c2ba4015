"""A new AWS account (moto) and a new Confluent organisation, on which all is well."""

import functools
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.client
import botocore.loaders
import pytest
from moto import mock_aws

from cli.preflight.accounts import Accounts
from stacks.errors import CdcError
from tests.support.paths import ROOT
from tests.support.preflight import Confluent, Settings, changed, client, remove

LOADER = botocore.loaders.JSONFileLoader()
SECRET = {"secure": "AAAB"}


def never_applied(name: str) -> None:
    raise CdcError(f"there is no stack {name}")


@pytest.fixture(scope="module", autouse=True)
def read_once() -> Iterator[None]:
    """What boto says of its services is the same for every account, and moto's thousand machine images are nobody's concern here."""
    load = functools.cache(botocore.loaders.JSONFileLoader.load_file)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.loaders.JSONFileLoader, "load_file", lambda _, path: load(LOADER, path))
        patch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
        yield


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The committed files of dev, with their secrets."""
    for name in ("routes.yaml", "Pulumi.dev.yaml"):
        shutil.copy(ROOT / name, tmp_path / name)
    changed(tmp_path, lambda config, own: own.update(dict.fromkeys(("databasePassword", "eventsApiPassword"), SECRET)))
    return tmp_path


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Confluent:
    found = Confluent()
    monkeypatch.setenv("CONFLUENT_CLOUD_API_KEY", "cloud-key")
    monkeypatch.setenv("CONFLUENT_CLOUD_API_SECRET", "secret")
    monkeypatch.setattr(Accounts, "ask_confluent", lambda _, path, **more: found.answer(path, **more))
    return found


def decided(actions: list[str], refused: list[str]) -> Iterator[dict[str, str]]:
    for one in actions:
        yield {"EvalActionName": one, "EvalDecision": "implicitDeny" if one in refused else "allowed"}


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """An AWS account as it is when it is new; `limits`: what moto does not know of Lambda, and of IAM ("refused")."""
    limits: Settings = {"ConcurrentExecutions": 1000, "UnreservedConcurrentExecutions": 1000, "refused": []}
    plain = botocore.client.BaseClient._make_api_call

    def call(self: Any, operation: str, values: Any) -> Any:
        if operation == "GetAccountSettings":
            return {"AccountLimit": limits}
        if operation == "SimulatePrincipalPolicy":
            return {"EvaluationResults": list(decided(values["ActionNames"], limits["refused"]))}
        return plain(self, operation, values)

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", call)
        for vpc in client("ec2").describe_vpcs()["Vpcs"]:  # the default one
            remove(vpc["VpcId"])
        yield limits


@pytest.fixture(scope="module")
def offered() -> dict[str, str]:
    """An instance class with an engine's version that moto has."""
    with mock_aws():
        pages = (
            client("rds").get_paginator("describe_orderable_db_instance_options").paginate(Engine="aurora-postgresql")
        )
        some = [one for page in pages for one in page["OrderableDBInstanceOptions"]]
    known = [
        one
        for one in some
        if one["EngineVersion"].startswith(("15.", "16.", "17.")) and "serverless" not in one["DBInstanceClass"]
    ]
    return {"instanceClass": known[0]["DBInstanceClass"], "engineVersion": known[0]["EngineVersion"]}


@pytest.fixture
def accounts(
    tree: Path, cloud: Confluent, aws: Settings, offered: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> Accounts:
    """All is well: what moto offers is what the settings ask for, and a Pulumi CLI is on the path."""
    program = tree / "bin" / "pulumi"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho v99.0.0\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    monkeypatch.setattr("cli.client.stack.load", never_applied)
    changed(tree, lambda config, own: own["backend"].update(offered))
    return Accounts(name="dev", root=tree)
