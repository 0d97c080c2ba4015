"""What every AWS component shares: names, the account, the key that encrypts everything, policy documents."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from stacks import naming

Json = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class AwsWorld:
    """One environment in one region of one account."""

    environment: str
    region: str
    account: pulumi.Output[str]
    provider: pulumi.ProviderResource
    log_days: int
    protect: bool

    def name(self, role: str, limit: int = 64) -> str:
        """The physical name of something of this environment."""
        return naming.physical(self.environment, role, limit)

    def arn(self, service: str, resource: pulumi.Input[str]) -> pulumi.Output[str]:
        """An ARN of this account and region."""
        return pulumi.Output.concat("arn:aws:", service, ":", self.region, ":", self.account, ":", resource)


def world_of(
    environment: str, region: str, log_days: int, protect: bool, provider: pulumi.ProviderResource
) -> AwsWorld:
    """The world, with the account that the credentials belong to."""
    caller = aws.get_caller_identity_output(opts=pulumi.InvokeOutputOptions(provider=provider))
    return AwsWorld(environment, region, caller.account_id, provider, log_days, protect)


def document(*statements: Json) -> pulumi.Output[str]:
    """A policy document. Values of the statements may be outputs."""
    return pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(actions: Sequence[str], resources: Sequence[pulumi.Input[str]], condition: Json | None = None) -> Json:
    """One statement of an identity's policy."""
    found: dict[str, object] = {"Effect": "Allow", "Action": list(actions), "Resource": list(resources)}
    return {**found, "Condition": condition} if condition else found


def trusts(service: str, account: pulumi.Input[str]) -> pulumi.Output[str]:
    """A trust policy for an AWS service, on behalf of this account only (the confused deputy is refused)."""
    condition = {"StringEquals": {"aws:SourceAccount": account}}
    statement: Json = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
        "Condition": condition,
    }
    return document(statement)


LAMBDA_TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)
