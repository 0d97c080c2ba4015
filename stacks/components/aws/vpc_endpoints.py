"""Interface endpoints: the ways out of the VPC that functions need, and no others."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from stacks.components.aws.context import AwsContext
from stacks.components.aws.iam import Json, document
from stacks.components.base import Component

ACTIONS = {
    "secretsmanager": ["secretsmanager:GetSecretValue"],
    "elasticloadbalancing": [
        "elasticloadbalancing:DescribeTargetHealth",
        "elasticloadbalancing:RegisterTargets",
        "elasticloadbalancing:DeregisterTargets",
    ],
}


@dataclass(frozen=True, kw_only=True, slots=True)
class VpcEndpointsArgs:
    """`services`: keys of ACTIONS."""

    context: AwsContext
    vpc_id: pulumi.Input[str]
    subnets: Sequence[pulumi.Input[str]]
    groups: Sequence[pulumi.Input[str]]
    services: Sequence[str]


class VpcEndpoints(Component):
    """One interface endpoint per service, for what functions ask of it, by this account only."""

    TYPE = "cdc:aws:VpcEndpoints"
    endpoints: list[aws.ec2.VpcEndpoint]

    def __init__(self, name: str, args: VpcEndpointsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self.endpoints = [self.endpoint(service, args) for service in args.services]
        self.register_outputs({"services": list(args.services)})

    def endpoint(self, service: str, args: VpcEndpointsArgs) -> aws.ec2.VpcEndpoint:
        """One endpoint."""
        statement: Json = {
            "Effect": "Allow",
            "Principal": {"AWS": pulumi.Output.concat("arn:aws:iam::", args.context.account, ":root")},
            "Action": ACTIONS[service],
            "Resource": "*",
        }
        return aws.ec2.VpcEndpoint(
            f"{self.name}-{service}",
            vpc_id=args.vpc_id,
            vpc_endpoint_type="Interface",
            service_name=f"com.amazonaws.{args.context.region}.{service}",
            subnet_ids=list(args.subnets),
            security_group_ids=list(args.groups),
            private_dns_enabled=True,
            policy=document(statement),
            opts=self.child(),
        )
