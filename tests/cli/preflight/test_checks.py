"""Each check on accounts where all is well, and on one with a single thing wrong: an AWS that forgets (moto), and the local Confluent Cloud."""

import json
from typing import Any

import botocore.client
import pytest
from botocore.exceptions import NoCredentialsError

from cli.commands import preflight
from cli.preflight import here
from cli.preflight.accounts import Accounts
from cli.preflight.check import examine
from cli.preflight.every import every
from stacks.errors import InvalidFiles
from tests.support.preflight import (
    Confluent,
    Settings,
    client,
    leave_secret,
    look,
    make_alias,
    make_cluster,
    make_vpcs,
    protected,
    pulumi,
    remove,
    setting,
    without,
)


def test_a_new_account_is_ready(accounts: Accounts) -> None:
    results = {one.check: one for one in examine(accounts, every())}
    assert {
        name: (one.verdict, one.reason, one.findings)
        for name, one in results.items()
        if one.verdict not in ("ok", "skipped")
    } == {}
    assert {name for name, one in results.items() if one.verdict == "skipped"} == {"vpc-exists", "secrets-have-a-key"}


WRONG = [
    ("secrets-are-set", without("databasePassword"), "databasePassword is not set", "pulumi config set --secret cdc-streaming:databasePassword -s dev"),
    ("secrets-are-set", without("eventsApiPassword"), "eventsApiPassword is not set", "pulumi config set"),
    ("secrets-are-set", setting("backend.alarms", {"confluent": "slack"}), "notificationUrl is not set", "pulumi config set"),
    ("secrets-are-secret", setting("databasePassword", "hunter2"), "stands in Pulumi.dev.yaml as it is", "pulumi config set"),
    ("secrets-have-a-key", protected, "names no encrypted key", "pulumi stack change-secrets-provider"),
    ("pulumi-is-there", pulumi("v3.1.0"), "pulumi is v3.1.0", "install Pulumi"),
    ("pulumi-is-there", lambda a, *_: (a.root / "bin" / "pulumi").unlink(), "is not on the PATH", "install Pulumi"),
    ("clock-is-right", lambda _, cloud, __: setattr(cloud, "behind", 400), " s ahead", "timedatectl"),
    ("clock-is-right", lambda _, cloud, __: setattr(cloud, "behind", -60), " s behind", "timedatectl"),
    ("cloud-key-works", lambda _, cloud, __: setattr(cloud, "status", 401), "answers 401", "confluent api-key create"),
    ("environment-is-new", lambda _, cloud, __: cloud.environments.append({"id": "env-1", "display_name": "cdc-dev"}), "cdc-dev already (env-1)", "another cdc-streaming:environment.name"),
    ("flink-is-in-the-region", lambda _, cloud, __: cloud.regions.clear(), "no Flink in AWS us-east-1", "confluent flink region list"),
    ("credentials-work", setting("backend.account", "999999999999"), "belong to the account 123456789012", "aws sso login"),
    ("zones-exist", setting("backend.vpc.zones", ["us-east-1a", "us-east-1z"]), "no zone us-east-1z", "aws ec2 describe-availability-zones"),
    ("another-vpc-has-room", make_vpcs(5), "5 VPCs of 5", "aws service-quotas request"),
    ("ranges-do-not-overlap", make_vpcs(1, "10.20.128.0/17"), "10.20.0.0/16 overlaps 10.20.128.0/17", "another backend.vpc.cidr"),
    ("instance-is-offered", setting("backend.engineVersion", "15.99"), "with Aurora PostgreSQL 15.99 (offered: ", "another backend.engineVersion"),
    ("functions-have-room", lambda _, __, limits: limits.update(UnreservedConcurrentExecutions=105), "reserve 11 concurrent runs, of which 5 are free", "aws service-quotas request"),
    ("functions-have-room", lambda _, __, limits: limits.update(UnreservedConcurrentExecutions=10), "of which 0 are free", "aws service-quotas request"),
    ("names-are-free", make_cluster, "a cluster cdc-dev-events already", "aws rds describe-db-clusters"),
    ("names-are-free", make_alias, "a key alias alias/cdc-dev-cdc already", "aws kms describe-key"),
    ("secrets-are-not-leaving", leave_secret, "cdc-dev-car-consumer-x waits", "aws secretsmanager delete-secret"),
]  # fmt: skip


@pytest.mark.parametrize("case", WRONG, ids=[f"{one[0]}-{n}" for n, one in enumerate(WRONG)])
def test_good_bad(accounts: Accounts, cloud: Confluent, aws: Settings, case: tuple[str, Any, str, str]) -> None:
    name, harm, evidence, command = case
    assert look(accounts, name).verdict in ("ok", "skipped")
    harm(accounts, cloud, aws)
    found = look(accounts, name)
    assert found.verdict in ("failed", "warning"), found
    assert any(evidence in one.evidence for one in found.findings), found.findings
    assert all(one.otherwise for one in found.findings)
    assert any(one.command.startswith(command) for one in found.findings)


def existing(accounts: Accounts) -> tuple[str, list[str]]:
    """A VPC that the settings name, and is there."""
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnets = [ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.9.{n}.0/24")["Subnet"]["SubnetId"] for n in range(4)]
    declared = {"kind": "existing", "id": vpc, "privateSubnets": subnets[:2], "publicSubnets": subnets[2:]}
    setting("backend.vpc", declared)(accounts, None, None)
    return vpc, subnets


def test_a_vpc_that_exists(accounts: Accounts) -> None:
    vpc, subnets = existing(accounts)
    assert look(accounts, "vpc-exists").verdict == "ok"
    for skipped in ("zones-exist", "another-vpc-has-room", "ranges-do-not-overlap"):
        assert look(accounts, skipped).verdict == "skipped"
    client("ec2").delete_subnet(SubnetId=subnets[3])
    assert [one.evidence for one in look(accounts, "vpc-exists").findings] == [f"{vpc} has no subnet {subnets[3]}"]
    remove(vpc)
    assert [one.evidence for one in look(accounts, "vpc-exists").findings] == [f"there is no VPC {vpc}"]


def test_what_stands_needs_no_free_names(accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.client.stack.load", lambda _: None)
    make_cluster(accounts)
    skipped = {one.check for one in examine(accounts, every()) if one.reason == "the stack has been applied"}
    assert {"names-are-free", "environment-is-new", "instance-is-offered", "another-vpc-has-room"} <= skipped


def test_nobody_signed_in(accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*_: object) -> None:
        raise NoCredentialsError

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", nobody)
    assert look(accounts, "credentials-work").verdict == "failed"
    assert look(accounts, "zones-exist").verdict == "unknown"


def test_without_a_key_it_is_not_known(accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    for name in ("CONFLUENT_CLOUD_API_KEY", "CONFLUENT_CLOUD_API_SECRET"):
        monkeypatch.delenv(name, raising=False)
    found = look(accounts, "cloud-key-works")
    assert (found.verdict, "CONFLUENT_CLOUD_API_KEY and CONFLUENT_CLOUD_API_SECRET not set" in found.reason) == (
        "unknown",
        True,
    )


@pytest.mark.parametrize("as_json", [False, True])
def test_the_command(
    accounts: Accounts, cloud: Confluent, monkeypatch: pytest.MonkeyPatch, capsys: Any, as_json: bool
) -> None:
    monkeypatch.setattr(preflight, "ROOT", accounts.root)
    assert preflight.run("dev", as_json) == 0
    told = capsys.readouterr().out
    assert json.loads(told)["ready"] if as_json else "dev: " in told
    cloud.status = 401
    assert preflight.run("dev", as_json) == 1
    told = capsys.readouterr().out
    assert not json.loads(told)["ready"] if as_json else "do:   confluent api-key create" in told
    assert (
        all(len(line) <= 100 or line.lstrip().startswith(("do:", "else:", "✘", "!")) for line in told.splitlines())
        or as_json
    )
    setting("kafka.region", "nowhere")(accounts, None, None)
    with pytest.raises(InvalidFiles):
        preflight.run("dev", as_json)


def test_a_postgres_backend_asks_nothing_of_aws(accounts: Accounts) -> None:
    setting("backend", {"kind": "postgres", "host": "db.example.com", "database": "events"})(accounts, None, None)
    without("eventsApiPassword")(accounts, None, None)
    results = examine(Accounts(name="dev", root=accounts.root), every())
    assert {one.verdict for one in results if one.area == "aws"} == {"skipped"}
    assert {one.check: one.verdict for one in results if one.area == "here"}["secrets-are-set"] == "ok"
    assert here.SLOW < here.WRONG
