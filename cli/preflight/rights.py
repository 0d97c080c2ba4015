"""May the shell's AWS identity make what the stack declares? Asked of IAM's own simulation, which changes nothing."""

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from cli.doctor.facts import Skipped
from cli.preflight.accounts import Accounts
from cli.preflight.aws import backend
from cli.preflight.check import Check, Finding

ALWAYS = (
    "ec2:CreateSecurityGroup", "ec2:AuthorizeSecurityGroupIngress", "rds:CreateDBCluster", "rds:CreateDBInstance",
    "rds:CreateDBProxy", "rds:CreateDBSubnetGroup", "rds:CreateDBClusterParameterGroup", "iam:CreateRole",
    "iam:PutRolePolicy", "iam:PassRole", "kms:CreateKey", "kms:CreateAlias", "lambda:CreateFunction",
    "lambda:InvokeFunction", "secretsmanager:CreateSecret", "secretsmanager:PutSecretValue", "apigateway:POST",
    "logs:CreateLogGroup", "sns:CreateTopic", "cloudwatch:PutMetricAlarm",
)  # fmt: skip
OWN_VPC = ("ec2:CreateVpc", "ec2:CreateSubnet", "ec2:CreateRouteTable", "ec2:CreateFlowLogs", "ec2:CreateVpcEndpoint")
PRIVATE = (
    "elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:CreateTargetGroup", "ec2:CreateVpcEndpointServiceConfiguration",
    "route53:CreateHostedZone", "route53:ChangeResourceRecordSets", "sqs:CreateQueue", "events:PutRule",
)  # fmt: skip
NOT_ALLOWED = ("AccessDenied", "AccessDeniedException", "NoSuchEntity")


class RightsSuffice(Check):
    """IAM would let the shell's identity make what the stack declares, one action of each kind. Conditions on single resources are not seen."""

    area = "aws"

    def look(self, accounts: Accounts) -> Iterator[Finding]:
        own = backend(accounts)
        if accounts.served_here:
            raise Skipped("moto simulates no rights")
        wanted = [*ALWAYS, *(OWN_VPC if own.vpc.kind == "new" else ()), *(PRIVATE if accounts.settings.private else ())]
        arn = identity(accounts.ask_aws("sts").get_caller_identity()["Arn"])
        refused = [
            action for action, decision in simulated(accounts.ask_aws("iam"), arn, wanted) if decision != "allowed"
        ]
        if refused:
            yield Finding(
                f"{arn.rpartition('/')[2]} may not: {', '.join(refused)}",
                "the `up` would stop where it first needs one of them (AccessDenied), with what was made before kept",
                f"aws iam simulate-principal-policy --policy-source-arn {arn} --action-names {' '.join(refused)}",
            )


def identity(caller: str) -> str:
    """The user or role behind a caller's ARN: `sts:…:assumed-role/NAME/SESSION` is IAM's `role/NAME`. Skipped for the root user."""
    head, _, rest = caller.partition(":assumed-role/")
    if rest:
        return f"{head.replace(':sts:', ':iam:')}:role/{rest.split('/')[0]}"
    if caller.endswith(":root"):
        raise Skipped("the account's root user may do everything")
    return caller


def simulated(iam: Any, arn: str, actions: list[str]) -> Iterator[tuple[str, str]]:
    """Each action with IAM's decision. Skipped for an identity that may not ask, or that IAM does not know (a role with a path)."""
    try:
        for page in iam.get_paginator("simulate_principal_policy").paginate(PolicySourceArn=arn, ActionNames=actions):
            for one in page["EvaluationResults"]:
                yield one["EvalActionName"], one["EvalDecision"]
    except ClientError as error:
        if error.response["Error"]["Code"] not in NOT_ALLOWED:
            raise
        raise Skipped(f"IAM does not simulate for {arn}: {error.response['Error']['Code']}") from error
