"""What every AWS component shares: names, the account, the region, the provider."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from stacks import naming
from stacks.settings.model import Settings
from stacks.settings.source_database import AuroraBackend


@dataclass(frozen=True, kw_only=True, slots=True)
class AwsContext:
    """One environment in one region of one account."""

    environment: str
    region: str
    account: pulumi.Output[str]
    provider: pulumi.ProviderResource
    log_days: int
    protect: bool

    @classmethod
    def build(cls, settings: Settings, backend: AuroraBackend, provider: pulumi.ProviderResource) -> "AwsContext":
        """The context, with the account that the credentials belong to."""
        caller = aws.get_caller_identity_output(opts=pulumi.InvokeOutputOptions(provider=provider))
        return cls(
            environment=settings.environment.name,
            region=settings.kafka.region,
            account=caller.account_id,
            provider=provider,
            log_days=backend.log_days,
            protect=settings.protect,
        )

    def name(self, role: str, limit: int = 64) -> str:
        """The physical name of something of this environment."""
        return naming.physical(self.environment, role, limit)

    def arn(self, service: str, resource: pulumi.Input[str]) -> pulumi.Output[str]:
        """An ARN of this account and region."""
        return pulumi.Output.concat("arn:aws:", service, ":", self.region, ":", self.account, ":", resource)
