"""What every AWS component shares: names, the account, the key that encrypts everything, policy documents."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from stacks import naming


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
