"""Deployment without a stored key: GitHub Actions signs in by OIDC and acts in this environment only."""

import pulumi
import pulumi_confluentcloud as cc

from stacks.components.base import Component
from stacks.settings.model import CiSettings

ISSUER = "https://token.actions.githubusercontent.com"  # GitHub's documented issuer of workflow tokens


class CiIdentity(Component):
    """Identity provider, a pool for one repository's deployments to one environment, and what the pool may do."""

    TOKEN = "cdc:ci:CiIdentity"  # noqa: S105 - a type token
    pool: cc.IdentityPool

    def __init__(
        self,
        name: str,
        display_name: str,
        ci: CiSettings,
        environment_crn: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        provider = cc.IdentityProvider(
            f"{name}-github",
            display_name=display_name,
            description="GitHub Actions",
            issuer=ISSUER,
            jwks_uri=f"{ISSUER}/.well-known/jwks",
            opts=self.child(),
        )
        self.pool = cc.IdentityPool(
            f"{name}-pool",
            display_name=display_name,
            description=f"Deployments of {ci.repository} to {ci.environment}",
            identity_provider={"id": provider.id},
            identity_claim="claims.sub",
            filter=f'claims.aud == "confluent" && claims.sub == "repo:{ci.repository}:environment:{ci.environment}"',
            opts=self.child(),
        )
        cc.RoleBinding(
            f"{name}-environment-admin",
            principal=pulumi.Output.concat("User:", self.pool.id),
            role_name="EnvironmentAdmin",
            crn_pattern=environment_crn,
            opts=self.child(),
        )
        self.register_outputs({"poolId": self.pool.id})
