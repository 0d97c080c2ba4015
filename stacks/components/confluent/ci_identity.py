"""Deployment without a stored key: GitHub Actions signs in by OIDC and acts in this environment only."""

from dataclasses import dataclass

import pulumi
import pulumi_confluentcloud as cc

from stacks.components.base import Component
from stacks.settings.model import CiSettings

ISSUER = "https://token.actions.githubusercontent.com"  # GitHub's documented issuer of workflow tokens


@dataclass(frozen=True, kw_only=True, slots=True)
class CiIdentityArgs:
    """Whose workflows, and the environment that they may administer."""

    display_name: str
    ci: CiSettings
    environment_crn: pulumi.Input[str]


class CiIdentity(Component):
    """Identity provider, a pool for one repository's deployments to one environment, and what the pool may do."""

    TYPE = "cdc:confluent:CiIdentity"
    pool: cc.IdentityPool

    def __init__(self, name: str, args: CiIdentityArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        ci = args.ci
        provider = cc.IdentityProvider(
            f"{name}-github",
            display_name=args.display_name,
            description="GitHub Actions",
            issuer=ISSUER,
            jwks_uri=f"{ISSUER}/.well-known/jwks",
            opts=self.child(),
        )
        self.pool = cc.IdentityPool(
            f"{name}-pool",
            display_name=args.display_name,
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
            crn_pattern=args.environment_crn,
            opts=self.child(),
        )
        self.register_outputs({"poolId": self.pool.id})
