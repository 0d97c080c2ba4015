"""The schema of the source database, applied inside the VPC by a function, again whenever its files change."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws as aws

from stacks.components.aws.context import AwsContext
from stacks.components.aws.database import Database
from stacks.components.aws.iam import allow
from stacks.components.aws.lambda_function import LambdaFunction, LambdaFunctionArgs
from stacks.components.base import Component
from stacks.settings.source_database import API_USER, CDC_USER

FILES = Path(__file__).parents[3] / "schemas" / "postgres"


@dataclass(frozen=True, kw_only=True, slots=True)
class MigratorArgs:
    """Where the function runs, and what must be published: `schema.table` of every captured table."""

    context: AwsContext
    database: Database
    database_name: str
    subnets: Sequence[pulumi.Input[str]]
    groups: Sequence[pulumi.Input[str]]
    key_arn: pulumi.Input[str]
    publication: str
    tables: Sequence[str]
    expected: Sequence[Mapping[str, Any]]
    ssl_mode: str
    ssl_root_certificate: str | None
    after: Sequence[pulumi.Resource]


class Migrator(Component):
    """The function, and its run for the present schema."""

    TYPE = "cdc:aws:Migrator"
    function: LambdaFunction
    run: aws.lambda_.Invocation

    def __init__(self, name: str, args: MigratorArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        database = args.database
        secrets = {user: secret.arn for user, secret in database.secrets.items()}
        readable = [database.owner_secret, *secrets.values()]
        environment = {
            "DATABASE_HOST": database.cluster.endpoint,
            "DATABASE_PORT": database.cluster.port.apply(str),
            "DATABASE_NAME": args.database_name,
            "OWNER_SECRET": database.owner_secret,
            "CDC_SECRET": secrets[CDC_USER],
            "EVENTS_API_SECRET": secrets[API_USER],
            "DATABASE_SSL_MODE": args.ssl_mode,
        }
        authorities = [args.ssl_root_certificate] if args.ssl_root_certificate else []
        if authorities:
            environment["DATABASE_ROOT_CERTIFICATE"] = authorities[0]
        function_args = LambdaFunctionArgs(
            context=args.context,
            code="migrator",
            description="Applies schemas/postgres, sets users' passwords, publishes the captured tables",
            environment=environment,
            statements=[allow(["secretsmanager:GetSecretValue"], readable), allow(["kms:Decrypt"], [args.key_arn])],
            subnets=args.subnets,
            groups=args.groups,
            key_arn=args.key_arn,
            timeout=300,
            memory=256,
            concurrency=1,
            files=["schemas/postgres/*.sql", *authorities],
        )
        self.function = LambdaFunction("migrator", function_args, self.child())
        work = {"publication": args.publication, "tables": sorted(args.tables), "sources": args.expected}
        self.run = aws.lambda_.Invocation(
            f"{name}-run",
            function_name=self.function.function.name,
            input=json.dumps(work),
            # A changed file or a changed password runs it again.
            triggers={"schema": schema_hash(), **{user: v.version_id for user, v in database.versions.items()}},
            # It needs the writer up (a cluster alone has no server yet) and a way to the secrets.
            opts=self.child(depends_on=[*database.instances, *args.after]),
        )
        self.register_outputs({"result": self.run.result})


def schema_hash() -> str:
    """Changes when any numbered file does."""
    found = hashlib.sha256()
    for file in sorted(FILES.glob("[0-9]*.sql")):
        found.update(file.name.encode() + b"\0" + file.read_bytes())
    return found.hexdigest()
