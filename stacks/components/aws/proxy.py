"""RDS Proxy for the events API: TLS, IAM, and waits that fit the function's own. The connector never comes this way."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from stacks.components.aws.context import AwsContext
from stacks.components.aws.database import Database
from stacks.components.aws.iam import PROXY_TRUST, allow, document
from stacks.components.base import Component

BORROW_SECONDS = 3  # less than the function's timeout: it can still answer 503 when no connection is free
IDLE_SECONDS = 900


@dataclass(frozen=True, kw_only=True, slots=True)
class ProxyArgs:
    """The database behind it, and the secret it signs in with."""

    context: AwsContext
    database: Database
    secret_arn: pulumi.Input[str]
    subnets: Sequence[pulumi.Input[str]]
    groups: Sequence[pulumi.Input[str]]
    key_arn: pulumi.Input[str]


class Proxy(Component):
    """The proxy with its pool and its target."""

    TYPE = "cdc:aws:Proxy"
    proxy: aws.rds.Proxy

    def __init__(self, name: str, args: ProxyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        context = args.context
        role = aws.iam.Role(
            f"{name}-role",
            name=context.name("proxy"),
            assume_role_policy=PROXY_TRUST,
            opts=self.child(),
        )
        reads = document(
            allow(["secretsmanager:GetSecretValue"], [args.secret_arn]),
            allow(
                ["kms:Decrypt"],
                [args.key_arn],
                {"StringEquals": {"kms:ViaService": f"secretsmanager.{context.region}.amazonaws.com"}},
            ),
        )
        policy = aws.iam.RolePolicy(f"{name}-policy", role=role.id, policy=reads, opts=self.child())
        self.proxy = aws.rds.Proxy(
            f"{name}-proxy",
            name=context.name("events-api", 60),
            engine_family="POSTGRESQL",
            require_tls=True,
            debug_logging=False,
            idle_client_timeout=IDLE_SECONDS,
            role_arn=role.arn,
            auths=[aws.rds.ProxyAuthArgs(auth_scheme="SECRETS", iam_auth="REQUIRED", secret_arn=args.secret_arn)],
            vpc_subnet_ids=list(args.subnets),
            vpc_security_group_ids=list(args.groups),
            opts=self.child(depends_on=[policy]),  # a proxy that cannot read its secret never becomes available
        )
        pool = aws.rds.ProxyDefaultTargetGroup(
            f"{name}-pool",
            db_proxy_name=self.proxy.name,
            connection_pool_config=aws.rds.ProxyDefaultTargetGroupConnectionPoolConfigArgs(
                max_connections_percent=60,  # the rest is for the connector, the migrator and people
                max_idle_connections_percent=20,
                connection_borrow_timeout=BORROW_SECONDS,
            ),
            opts=self.child(),
        )
        aws.rds.ProxyTarget(
            f"{name}-target",
            db_proxy_name=self.proxy.name,
            target_group_name=pool.name,
            db_cluster_identifier=args.database.cluster.id,
            opts=self.child(depends_on=list(args.database.instances)),  # a target without instances never gets ready
        )
        self.register_outputs({"endpoint": self.proxy.endpoint})

    def user_arn(self, context: AwsContext, user: str) -> pulumi.Output[str]:
        """What `rds-db:connect` names: one user of this proxy."""
        identity = self.proxy.arn.apply(lambda arn: arn.rpartition(":")[2])
        return context.arn("rds-db", pulumi.Output.concat("dbuser:", identity, f"/{user}"))
