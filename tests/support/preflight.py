"""Accounts for the checks of `cdc preflight`: what Confluent answers, settings that are changed, and an AWS with something in it."""

import time
from collections.abc import Callable
from email.utils import formatdate
from pathlib import Path
from typing import Any

import boto3
import httpx2
import yaml

from cli.preflight.accounts import Accounts
from cli.preflight.check import Check, Result, result
from cli.preflight.every import every

REGION = "us-east-1"
Settings = dict[str, Any]


class Confluent:
    """What Confluent answers, by path."""

    def __init__(self) -> None:
        self.environments: list[dict[str, str]] = []
        self.regions = [{"region_name": REGION}]
        self.status, self.behind = 200, 0
        self.roles = ["OrganizationAdmin"]

    def answer(self, path: str, **_: str) -> httpx2.Response:
        organization = {"metadata": {"resource_name": "crn://confluent.cloud/organization=o-1"}}
        data: dict[str, Any] = {
            "/org/v2/environments": {"data": self.environments},
            "/fcpm/v2/regions": {"data": self.regions},
            "/org/v2/organizations": {"data": [organization]},
            "/iam/v2/api-keys/cloud-key": {"spec": {"owner": {"id": "u-1"}}},
            "/iam/v2/role-bindings": {"data": [{"role_name": one} for one in self.roles]},
        }
        date = {"date": formatdate(time.time() - self.behind, usegmt=True)}
        return httpx2.Response(self.status, json=data[path], headers=date)


def changed(root: Path, change: Callable[[Settings, Settings], object]) -> None:
    """Change the settings: the file, and its own keys without the project's name."""
    file = root / "Pulumi.dev.yaml"
    whole = yaml.safe_load(file.read_text())
    own = {key.partition(":")[2]: value for key, value in whole["config"].items() if key.startswith("cdc-streaming:")}
    change(whole, own)
    whole["config"] |= {f"cdc-streaming:{key}": value for key, value in own.items()}
    gone = [key for key in whole["config"] if key.startswith("cdc-streaming:") and key.partition(":")[2] not in own]
    for key in gone:
        del whole["config"][key]
    file.write_text(yaml.safe_dump(whole))


def remove(vpc: str) -> None:
    ec2 = client("ec2")
    for subnet in ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"]:
        ec2.delete_subnet(SubnetId=subnet["SubnetId"])
    ec2.delete_vpc(VpcId=vpc)


def client(service: str) -> Any:
    return boto3.client(service, region_name=REGION)  # type: ignore[call-overload]


def look(accounts: Accounts, name: str) -> Result:
    check: type[Check] = next(one for one in every() if one.name() == name)
    return result(check, Accounts(name=accounts.name, root=accounts.root))


def without(*names: str) -> Callable[[Accounts, Any, Any], object]:
    return lambda a, *_: changed(a.root, lambda __, own: [own.pop(name) for name in names])


def setting(path: str, value: Any) -> Callable[[Accounts, Any, Any], object]:
    def change(_: Settings, own: Settings) -> None:
        *parents, last = path.split(".")
        for parent in parents:
            own = own[parent]
        own[last] = value

    return lambda a, *_: changed(a.root, change)


def pulumi(text: str) -> Callable[[Accounts, Any, Any], object]:
    return lambda a, *_: (a.root / "bin" / "pulumi").write_text(f"#!/bin/sh\necho {text}\n")


def protected(accounts: Accounts, *_: Any) -> None:
    setting("backend.instances", 2)(accounts, None, None)
    setting("protect", True)(accounts, None, None)


def make_cluster(accounts: Accounts, *_: Any) -> None:
    client("rds").create_db_cluster(
        DBClusterIdentifier=accounts.physical("events", 63), Engine="aurora-postgresql", MasterUsername="m", MasterUserPassword="long-enough"
    )  # fmt: skip


def make_alias(accounts: Accounts, *_: Any) -> None:
    key = client("kms").create_key()["KeyMetadata"]["KeyId"]
    client("kms").create_alias(AliasName=f"alias/{accounts.physical('cdc')}", TargetKeyId=key)


def leave_secret(*_: Any) -> None:
    client("secretsmanager").create_secret(Name="cdc-dev-car-consumer-x", SecretString="x")
    client("secretsmanager").delete_secret(SecretId="cdc-dev-car-consumer-x")


def make_vpcs(count: int, cidr: str = "192.168.0.0/16") -> Callable[[Accounts, Any, Any], object]:
    return lambda *_: [client("ec2").create_vpc(CidrBlock=cidr) for _ in range(count)]
