"""Compute pool, dead-letter tables and routing statements."""

import pulumi
import pulumi_confluentcloud as cc

from stacks import naming
from stacks.components.confluent.compute_pool import Compute, ComputeArgs
from stacks.components.confluent.kafka import Kafka
from stacks.pipeline.context import Inputs
from stacks.pipeline.identities import Identities
from stacks.rollout.flink_client import Connection
from stacks.settings.model import Settings


def flink_endpoint(settings: Settings, region: pulumi.Output[cc.GetFlinkRegionResult]) -> pulumi.Output[str]:
    """Statements on the public endpoint cannot reach a private cluster."""
    return region.private_rest_endpoint if settings.private else region.rest_endpoint


def flink_connection(
    settings: Settings,
    kafka: Kafka,
    access: Identities,
    organization: pulumi.Output[cc.GetOrganizationResult],
    region: pulumi.Output[cc.GetFlinkRegionResult],
) -> Connection:
    """How the program itself asks about statements: as the deployer, who submits them."""
    key = access.deployer.credentials("flink")
    return Connection(
        rest_endpoint=flink_endpoint(settings, region),
        organization_id=organization.id,
        environment_id=kafka.environment.id,
        api_key=key.key,
        api_secret=key.secret,
    )


def declare_compute(
    settings: Settings,
    inputs: Inputs,
    kafka: Kafka,
    access: Identities,
    organization: pulumi.Output[cc.GetOrganizationResult],
    region: pulumi.Output[cc.GetFlinkRegionResult],
    opts: pulumi.ResourceOptions,
) -> Compute:
    """The pool, and the provider that submits as the deployer and runs as the Flink account."""
    key = access.deployer.credentials("flink")
    args = ComputeArgs(
        display_name=naming.physical(settings.environment.name, "flink"),
        max_cfu=settings.flink.max_cfu,
        region=settings.kafka.region,
        environment_id=kafka.environment.id,
        organization_id=organization.id,
        rest_endpoint=flink_endpoint(settings, region),
        api_key=key.key,
        api_secret=key.secret,
        runner_id=access.flink.account.id,
        deployer_id=access.deployer.account.id,
        cloud_api_key=inputs.cloud_api_key,
        cloud_api_secret=inputs.cloud_api_secret,
        endpoint=inputs.endpoint,
        protect=settings.protect,
    )
    return Compute("flink", args, opts)
