"""Each check on accounts where all is well, and on one with a single thing wrong: an AWS that forgets (moto), and the local Confluent Cloud."""

import json
import socket
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import botocore.client
import httpx2
import pytest
from botocore.exceptions import NoCredentialsError

from cli.commands import preflight
from cli.doctor.facts import Skipped
from cli.preflight import here, rights
from cli.preflight.accounts import Accounts
from cli.preflight.check import examine
from cli.preflight.every import every
from stacks.errors import InvalidFiles
from tests.support.preflight import (
    Confluent,
    Settings,
    changed,
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
    assert {name for name, one in results.items() if one.verdict == "skipped"} == {
        "vpc-exists",
        "secrets-have-a-key",
        "private-addresses-answer",
    }


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
    ("cloud-key-may-make-things", lambda _, cloud, __: setattr(cloud, "roles", ["EnvironmentAdmin"]), "u-1 holds EnvironmentAdmin, and not OrganizationAdmin", "confluent iam rbac role-binding create --principal User:u-1"),
    ("cloud-key-may-make-things", lambda _, cloud, __: setattr(cloud, "roles", []), "u-1 holds no role", "confluent iam rbac"),
    ("rights-suffice", lambda _, __, limits: limits.update(refused=["rds:CreateDBProxy", "ec2:CreateVpc"]), "may not: rds:CreateDBProxy, ec2:CreateVpc", "aws iam simulate-principal-policy"),
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
    monkeypatch.undo()  # asks Confluent, were there a key
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


def test_a_deployment_stops_for_what_is_wrong_and_not_for_what_is_not_known(
    accounts: Accounts, cloud: Confluent, aws: Settings, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setattr(preflight, "ROOT", accounts.root)
    assert preflight.before("dev") == 0
    assert capsys.readouterr() == ("", "")
    aws["refused"] = ["kms:CreateKey"]
    assert preflight.before("dev") == 1
    told = capsys.readouterr()
    assert "may not: kms:CreateKey" in told.out
    assert "dev was not deployed, nothing was touched: rights-suffice (./cdc preflight dev)" in told.err
    aws["refused"] = []
    cloud.status = 500
    assert preflight.before("dev") == 0
    assert "not known beforehand: environment-is-new" in capsys.readouterr().err


def test_secrets_may_come_from_elsewhere(accounts: Accounts) -> None:
    without("databasePassword")(accounts, None, None)
    assert look(accounts, "secrets-are-set").verdict == "failed"
    changed(accounts.root, lambda whole, _: whole.update(environment=["cdc/dev"]))
    assert look(accounts, "secrets-are-set").verdict == "skipped"


def test_a_postgres_backend_asks_nothing_of_aws(accounts: Accounts) -> None:
    setting("backend", {"kind": "postgres", "host": "db.example.com", "database": "events"})(accounts, None, None)
    without("eventsApiPassword")(accounts, None, None)
    results = examine(Accounts(name="dev", root=accounts.root), every())
    assert {one.verdict for one in results if one.area == "aws"} == {"skipped"}
    assert {one.check: one.verdict for one in results if one.area == "here"}["secrets-are-set"] == "ok"
    assert here.SLOW < here.WRONG


def test_private_addresses(accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a private stack that stands: all answer, then one does not, and then its name is none."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"
        places = SimpleNamespace(
            rest_endpoint=f"http://{address}", bootstrap_servers=address, url=f"http://{address}/sr"
        )
        contract = SimpleNamespace(kafka=places, registry=places, flink=places)
        monkeypatch.setattr("cli.client.stack.load", lambda _: SimpleNamespace(contract=contract))
        monkeypatch.setattr(Accounts, "settings", SimpleNamespace(private=True), raising=False)
        assert look(accounts, "private-addresses-answer").reason == ""
    found = look(accounts, "private-addresses-answer")
    assert found.findings[0].evidence == f"Kafka at http://{address} does not answer here: Connection refused"
    places.rest_endpoint = "https://kafka.invalid"
    found = look(accounts, "private-addresses-answer")
    assert found.verdict == "failed"
    assert "kafka.invalid" in found.findings[0].evidence


@pytest.mark.parametrize(
    ("caller", "known"),
    [
        ("arn:aws:sts::1:assumed-role/Deployer/me", "arn:aws:iam::1:role/Deployer"),
        ("arn:aws:iam::1:user/me", "arn:aws:iam::1:user/me"),
    ],
)
def test_who_is_simulated(caller: str, known: str) -> None:
    assert rights.identity(caller) == known
    with pytest.raises(Skipped):
        rights.identity("arn:aws:iam::1:root")


def test_lists_are_read_to_their_end_however_often_it_is_too_much(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    again = httpx2.Response(429, headers={"retry-after": "0"})
    second = "https://api/org/v2/environments?page_token=two"
    pages = [again, httpx2.Response(200, json={"data": [1], "metadata": {"next": second}}), again, again, httpx2.Response(200, json={"data": [2], "metadata": {"next": ""}})]  # fmt: skip

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request.url.params.get("page_token", ""))
        return pages[len(asked) - 1]

    plain = httpx2.Client

    def client_of(**settings: Any) -> httpx2.Client:
        return plain(**settings, transport=httpx2.MockTransport(answer))

    monkeypatch.setattr("cli.preflight.accounts.httpx2.Client", client_of)
    own = Accounts(name="dev", root=tmp_path, confluent="https://api", key=("k", "s"))
    assert own.listed("/org/v2/environments") == [1, 2]
    assert asked == ["", "", "two", "two", "two"]
