"""Confluent's way to a private Aurora: load balancer, endpoint service, gateway, access point, DNS record.

The balancer's target is the writer's address, which changes at a failover: a function registers the new one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
import pulumi_confluentcloud as cc

from stacks.components.aws.context import AwsContext
from stacks.components.aws.database import PORT, Database
from stacks.components.aws.iam import Json, allow
from stacks.components.aws.lambda_function import LambdaFunction, LambdaFunctionArgs
from stacks.components.base import Component

FAILOVER = '{"source":["aws.rds"],"detail-type":["RDS DB Cluster Event"],"detail":{"EventCategories":["failover"]}}'


@dataclass(frozen=True, kw_only=True, slots=True)
class PrivateLinkEgressArgs:
    """`balancer_groups` and `function_groups` are security groups; `confluent` is the provider of Confluent's side.

    `after`: what the function needs before it can reach anything.
    """

    context: AwsContext
    database: Database
    environment_id: pulumi.Input[str]
    vpc_id: pulumi.Input[str]
    subnets: Sequence[pulumi.Input[str]]
    balancer_groups: Sequence[pulumi.Input[str]]
    function_groups: Sequence[pulumi.Input[str]]
    key_arn: pulumi.Input[str]
    after: Sequence[pulumi.Resource]
    confluent: pulumi.ProviderResource


class PrivateLinkEgress(Component):
    """Everything between the connector and the writer."""

    TYPE = "cdc:aws:PrivateLinkEgress"
    record: cc.DnsRecord
    function: LambdaFunction
    dead_letters: aws.sqs.Queue
    listener: aws.lb.Listener
    ready: list[pulumi.Resource]

    def __init__(self, name: str, args: PrivateLinkEgressArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        target = self.target_group(args)
        balancer = self.balancer(args, target)
        self.function = self.keep_target(args, target)
        registered = self.register_first(args)
        gateway = cc.Gateway(
            f"{name}-gateway",
            display_name=args.context.name("egress"),
            environment={"id": args.environment_id},
            aws_egress_private_link_gateway={"region": args.context.region},
            opts=self.child(protect=args.context.protect),
        )
        principal = gateway.aws_egress_private_link_gateway.apply(
            lambda found: (found.principal_arn if found else None) or ""
        )
        service = aws.ec2.VpcEndpointService(
            f"{name}-service",
            acceptance_required=False,
            network_load_balancer_arns=[balancer.arn],
            allowed_principals=[principal],
            opts=self.child(),
        )
        point = cc.AccessPoint(
            f"{name}-point",
            display_name=args.context.name("aurora"),
            environment={"id": args.environment_id},
            gateway={"id": gateway.id},
            aws_egress_private_link_endpoint={
                "vpc_endpoint_service_name": service.service_name,
                "enable_high_availability": len(args.subnets) > 1,
            },
            opts=self.child(),
        )
        # The connector keeps using the writer's own name, so certificates match; only Confluent resolves it elsewhere.
        self.record = cc.DnsRecord(
            f"{name}-record",
            display_name=args.context.name("aurora"),
            environment={"id": args.environment_id},
            domain=args.database.cluster.endpoint,
            gateway={"id": gateway.id},
            private_link_access_point={"id": point.id},
            opts=self.child(),
        )
        self.ready = [self.record, self.listener, registered]
        self.register_outputs({"domain": self.record.domain})

    def target_group(self, args: PrivateLinkEgressArgs) -> aws.lb.TargetGroup:
        """Addresses that answer on PostgreSQL's port. The function fills it."""
        return aws.lb.TargetGroup(
            f"{self.name}-target",
            name=args.context.name("writer", 32),
            target_type="ip",
            protocol="TCP",
            port=PORT,
            vpc_id=args.vpc_id,
            preserve_client_ip="false",
            connection_termination=True,  # after a failover, connections to the old writer end at once
            deregistration_delay=0,
            health_check={
                "protocol": "TCP",
                "port": str(PORT),
                "interval": 10,
                "healthy_threshold": 2,
                "unhealthy_threshold": 2,
            },
            opts=self.child(),
        )

    def balancer(self, args: PrivateLinkEgressArgs, target: aws.lb.TargetGroup) -> aws.lb.LoadBalancer:
        """The balancer with its one listener."""
        made = aws.lb.LoadBalancer(
            f"{self.name}-balancer",
            name=args.context.name("aurora", 32),
            load_balancer_type="network",
            internal=True,
            subnets=list(args.subnets),
            security_groups=list(args.balancer_groups),
            # PrivateLink has its own permission (the service's principals): its addresses are not in our VPC.
            enforce_security_group_inbound_rules_on_private_link_traffic="off",
            enable_cross_zone_load_balancing=True,
            enable_deletion_protection=args.context.protect,
            opts=self.child(),
        )
        self.listener = aws.lb.Listener(
            f"{self.name}-listener",
            load_balancer_arn=made.arn,
            protocol="TCP",
            port=PORT,
            default_actions=[aws.lb.ListenerDefaultActionArgs(type="forward", target_group_arn=target.arn)],
            opts=self.child(),
        )
        return made

    def keep_target(self, args: PrivateLinkEgressArgs, target: aws.lb.TargetGroup) -> LambdaFunction:
        """The function: each minute, and at once when a failover is reported. What it could not do is kept in a queue."""
        queue = self.dead_letters = aws.sqs.Queue(
            f"{self.name}-dead-letters",
            name=args.context.name("writer-target-dead-letters"),
            kms_master_key_id=args.key_arn,
            message_retention_seconds=14 * 24 * 3600,
            opts=self.child(),
        )
        function_args = LambdaFunctionArgs(
            context=args.context,
            code="writer_target",
            description="Keeps the balancer's target at the writer's address",
            environment={
                "WRITER_HOST": args.database.cluster.endpoint,
                "WRITER_PORT": str(PORT),
                "TARGET_GROUP": target.arn,
            },
            statements=rights(target, queue, args),
            subnets=args.subnets,
            groups=args.function_groups,
            key_arn=args.key_arn,
            timeout=30,
            memory=128,
            concurrency=2,
            dead_letters=queue.arn,
        )
        made = LambdaFunction("writer-target", function_args, self.child())
        for reason, pattern, schedule in (("failover", FAILOVER, None), ("minute", None, "rate(1 minute)")):
            self.call_at(made, reason, pattern, schedule, args.context)
        return made

    def register_first(self, args: PrivateLinkEgressArgs) -> aws.lambda_.Invocation:
        """The first registration, so that the connector need not wait for the next minute; again for another writer."""
        return aws.lambda_.Invocation(
            f"{self.name}-registered",
            function_name=self.function.function.name,
            input="{}",
            triggers={"writer": args.database.cluster.endpoint},
            opts=self.child(depends_on=[*args.database.instances, *args.after]),
        )

    def call_at(
        self, function: LambdaFunction, reason: str, pattern: str | None, schedule: str | None, context: AwsContext
    ) -> None:
        """A rule that calls the function."""
        rule = aws.cloudwatch.EventRule(
            f"{self.name}-{reason}",
            name=context.name(f"writer-target-{reason}"),
            event_pattern=pattern,
            schedule_expression=schedule,
            opts=self.child(),
        )
        aws.cloudwatch.EventTarget(
            f"{self.name}-{reason}-target", rule=rule.name, arn=function.function.arn, opts=self.child()
        )
        aws.lambda_.Permission(
            f"{self.name}-{reason}-invoke",
            action="lambda:InvokeFunction",
            function=function.function.name,
            principal="events.amazonaws.com",
            source_arn=rule.arn,
            opts=self.child(),
        )


def rights(target: aws.lb.TargetGroup, queue: aws.sqs.Queue, args: PrivateLinkEgressArgs) -> list[Json]:
    """Register and deregister in this group only. AWS knows no narrower resource for the description of health."""
    return [
        allow(["elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets"], [target.arn]),
        allow(["elasticloadbalancing:DescribeTargetHealth"], ["*"]),
        allow(["sqs:SendMessage"], [queue.arn]),
        allow(["kms:Decrypt", "kms:GenerateDataKey"], [args.key_arn]),
    ]
