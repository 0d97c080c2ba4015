"""Checks of the AWS account: who asks, what is offered, and which names are free."""

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError, NoCredentialsError

from cli.doctor.facts import Skipped
from cli.preflight.accounts import Accounts
from cli.preflight.check import Check, Finding
from stacks.settings.source_database import AuroraBackend

LEFT = 100  # concurrent runs that AWS keeps for functions without a reservation
MIGRATOR, WRITER_TARGET = 1, 2  # runs that these functions reserve


def backend(accounts: Accounts) -> AuroraBackend:
    """The backend on AWS. Skipped where there is none."""
    if accounts.aurora is None:
        raise Skipped("the stack has nothing on AWS")
    return accounts.aurora


def new(accounts: Accounts) -> AuroraBackend:
    """The same, of a stack that was never applied: its names must be free."""
    found = backend(accounts)
    if accounts.stands:
        raise Skipped("the stack has been applied")
    return found


class CredentialsWork(Check):
    """The shell's AWS credentials are known, and belong to the account that the settings name."""

    area = "aws"

    def look(self, accounts: Accounts) -> Iterator[Finding]:
        wanted = backend(accounts).account
        try:
            caller = accounts.ask_aws("sts").get_caller_identity()
        except (NoCredentialsError, ClientError) as error:
            yield Finding(str(error), "the `up` would stop at its first resource of AWS", "aws sso login")
            return
        if wanted and caller["Account"] != wanted:
            yield Finding(
                f"the credentials belong to the account {caller['Account']}, backend.account is {wanted}",
                "the provider would refuse to make anything",
                f"aws sso login to {wanted}, or another backend.account",
            )


class InstanceIsOffered(Check):
    """AWS offers the instance class with the engine's version in the region. (It withdraws old versions.)"""

    area = "aws"

    def look(self, accounts: Accounts) -> Iterator[Finding]:
        wanted = new(accounts)
        offered: list[dict[str, Any]] = []
        pages = accounts.ask_aws("rds").get_paginator("describe_orderable_db_instance_options")
        for page in pages.paginate(Engine="aurora-postgresql", DBInstanceClass=wanted.instance_class):
            offered += page["OrderableDBInstanceOptions"]
        versions = sorted({one["EngineVersion"] for one in offered})
        if wanted.engine_version not in versions:
            shown = ", ".join(versions[-5:]) or "none"
            yield Finding(
                f"no {wanted.instance_class} with Aurora PostgreSQL {wanted.engine_version} (offered: {shown})",
                "the `up` would stop before its first resource, where it looks them up",
                "another backend.engineVersion or backend.instanceClass",
            )


class FunctionsHaveRoom(Check):
    """The account's concurrent runs of functions leave room for what the stack's functions reserve."""

    area = "aws"

    def look(self, accounts: Accounts) -> Iterator[Finding]:
        own = new(accounts)
        wanted = own.api.concurrency + MIGRATOR + (WRITER_TARGET if own.connectivity.kind == "privatelink" else 0)
        limits = accounts.ask_aws("lambda").get_account_settings()["AccountLimit"]
        free = limits["UnreservedConcurrentExecutions"] - LEFT
        if wanted > free:
            yield Finding(
                f"the functions reserve {wanted} concurrent runs, of which {max(0, free)} are free",
                "the `up` would stop at the function, after the database (a quarter of an hour)",
                "aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 --desired-value 1000",
            )


class NamesAreFree(Check):
    """Names that AWS takes once per account and region are free: the cluster's, the functions', the logs'."""

    area = "aws"

    def look(self, accounts: Accounts) -> Iterator[Finding]:
        new(accounts)
        for kind, name, command in taken(accounts):
            yield Finding(
                f"there is a {kind} {name} already",
                "the `up` would stop there (already exists); what another program made it would not touch",
                command,
            )


class SecretsAreNotLeaving(Check):
    """No secret of the stack waits for its deletion: until then AWS keeps its name."""

    area = "aws"

    def look(self, accounts: Accounts) -> Iterator[Finding]:
        new(accounts)
        prefix = f"{accounts.settings.environment.name}-"
        pages = accounts.ask_aws("secretsmanager").get_paginator("list_secrets")
        for page in pages.paginate(IncludePlannedDeletion=True):
            for one in page["SecretList"]:
                if one["Name"].startswith(prefix) and one.get("DeletedDate"):
                    yield Finding(
                        f"the secret {one['Name']} waits for its deletion",
                        "the `up` would go on (names have a suffix); the old one is paid for until then",
                        f"aws secretsmanager delete-secret --secret-id {one['Name']} --force-delete-without-recovery",
                        "warning",
                    )


def taken(accounts: Accounts) -> Iterator[tuple[str, str, str]]:
    """Kind, name, and the command that shows it, of what is there."""
    cluster = accounts.physical("events", 63)
    if found(
        lambda: accounts.ask_aws("rds").describe_db_clusters(DBClusterIdentifier=cluster), "DBClusterNotFoundFault"
    ):
        yield "cluster", cluster, f"aws rds describe-db-clusters --db-cluster-identifier {cluster}"
    for role in ("events-api", "migrator"):
        name = accounts.physical(role)
        if found(
            lambda name=name: accounts.ask_aws("lambda").get_function(FunctionName=name), "ResourceNotFoundException"
        ):
            yield "function", name, f"aws lambda get-function --function-name {name}"
    alias = f"alias/{accounts.physical('cdc')}"
    if found(lambda: accounts.ask_aws("kms").describe_key(KeyId=alias), "NotFoundException"):
        yield "key alias", alias, f"aws kms describe-key --key-id {alias}"


def found(ask: Any, missing: str) -> bool:
    """Does AWS know it? `missing`: the error that says no."""
    try:
        ask()
    except ClientError as error:
        if error.response["Error"]["Code"] != missing:
            raise
        return False
    return True
