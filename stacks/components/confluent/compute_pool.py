"""The Flink compute pool, and the provider instance that statements are submitted through."""

from dataclasses import dataclass

import pulumi
import pulumi_confluentcloud as cc

from stacks.components.base import Component


@dataclass(frozen=True, kw_only=True, slots=True)
class ComputePoolArgs:
    """Size and place of the pool; the key that submits statements, and the account they run as."""

    display_name: str
    max_cfu: int
    region: str
    environment_id: pulumi.Input[str]
    organization_id: pulumi.Input[str]
    rest_endpoint: pulumi.Input[str]
    api_key: pulumi.Input[str]
    api_secret: pulumi.Input[str]
    runner_id: pulumi.Input[str]
    deployer_id: pulumi.Input[str]
    cloud_api_key: pulumi.Input[str] | None
    cloud_api_secret: pulumi.Input[str] | None
    endpoint: str | None
    protect: bool


class ComputePool(Component):
    """Pool and Flink providers: `provider` for what runs, `altering` for what changes tables, as the deployer.

    The Flink key sits on a provider instance, not on statements: a statement cannot change its credentials.
    """

    TYPE = "cdc:confluent:ComputePool"
    pool: cc.FlinkComputePool
    provider: cc.Provider
    altering: cc.Provider

    def __init__(self, name: str, args: ComputePoolArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self.pool = cc.FlinkComputePool(
            f"{name}-pool",
            display_name=args.display_name,
            cloud="AWS",
            region=args.region,
            max_cfu=args.max_cfu,
            environment={"id": args.environment_id},
            opts=self.child(protect=args.protect),
        )
        self.provider = self.submitting(f"{name}-flink", args.runner_id, args)
        # The account that statements run as may read and write topics, not change tables.
        self.altering = self.submitting(f"{name}-altering", args.deployer_id, args)
        self.register_outputs({"poolId": self.pool.id})

    def submitting(self, name: str, principal: pulumi.Input[str], args: ComputePoolArgs) -> cc.Provider:
        """A provider whose statements run as an account."""
        # All seven flink_* and environment values or none: the provider refuses a part of them.
        return cc.Provider(
            name,
            cloud_api_key=args.cloud_api_key,
            cloud_api_secret=args.cloud_api_secret,
            endpoint=args.endpoint,
            organization_id=args.organization_id,
            environment_id=args.environment_id,
            flink_compute_pool_id=self.pool.id,
            flink_rest_endpoint=args.rest_endpoint,
            flink_api_key=args.api_key,
            flink_api_secret=args.api_secret,
            flink_principal_id=principal,
            opts=self.child(),
        )
