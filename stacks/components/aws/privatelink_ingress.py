"""Our way to a private Kafka cluster: everything that speaks to its topics, registry and Flink goes through it."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
import pulumi_confluentcloud as cc

from stacks.components.aws.context import AwsContext
from stacks.components.base import Component


@dataclass(frozen=True, kw_only=True, slots=True)
class PrivateLinkIngressArgs:
    """Where clients of the private cluster are."""

    context: AwsContext
    environment_id: pulumi.Input[str]
    vpc_id: pulumi.Input[str]
    subnets: Sequence[pulumi.Input[str]]
    groups: Sequence[pulumi.Input[str]]


class PrivateLinkIngress(Component):
    """Our way to a private Enterprise cluster: attachment, endpoint, connection, and the names it answers to.

    Whoever runs `pulumi up` must be inside the VPC (or reach it): topics, schemas and statements go this way.
    """

    TYPE = "cdc:aws:PrivateLinkIngress"
    connection: cc.PrivateLinkAttachmentConnection

    def __init__(self, name: str, args: PrivateLinkIngressArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        context = args.context
        attachment = cc.PrivateLinkAttachment(
            f"{name}-attachment",
            display_name=context.name("ingress"),
            cloud="AWS",
            region=context.region,
            environment={"id": args.environment_id},
            opts=self.child(protect=context.protect),
        )
        service = attachment.aws.apply(lambda found: found[0].vpc_endpoint_service_name or "")
        endpoint = aws.ec2.VpcEndpoint(
            f"{name}-endpoint",
            vpc_id=args.vpc_id,
            vpc_endpoint_type="Interface",
            service_name=service,
            subnet_ids=list(args.subnets),
            security_group_ids=list(args.groups),
            private_dns_enabled=False,
            opts=self.child(),
        )
        zone = aws.route53.Zone(
            f"{name}-zone",
            name=attachment.dns_domain,
            vpcs=[aws.route53.ZoneVpcArgs(vpc_id=args.vpc_id)],
            opts=self.child(),
        )
        address = endpoint.dns_entries.apply(lambda found: found[0]["dns_name"])
        aws.route53.Record(
            f"{name}-names",
            zone_id=zone.zone_id,
            name=pulumi.Output.concat("*.", attachment.dns_domain),
            type="CNAME",
            ttl=60,
            records=[address],
            opts=self.child(),
        )
        self.connection = cc.PrivateLinkAttachmentConnection(
            f"{name}-connection",
            display_name=context.name("ingress"),
            environment={"id": args.environment_id},
            aws={"vpc_endpoint_id": endpoint.id},
            private_link_attachment={"id": attachment.id},
            opts=self.child(),
        )
        self.register_outputs({"attachmentId": attachment.id})
