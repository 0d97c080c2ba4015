"""Our way to a private Kafka cluster: everything that speaks to its topics, registry and Flink goes through it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pulumi
import pulumi_aws as aws
import pulumi_confluentcloud as cc

from stacks.components.aws.context import AwsContext
from stacks.components.base import Component


@dataclass(frozen=True, kw_only=True, slots=True)
class PrivateLinkIngressArgs:
    """Where clients of the private cluster are, and which of Confluent's two resources their way ends at."""

    context: AwsContext
    by: Literal["gateway", "attachment"]
    environment_id: pulumi.Input[str]
    vpc_id: pulumi.Input[str]
    subnets: Sequence[pulumi.Input[str]]
    groups: Sequence[pulumi.Input[str]]


class PrivateLinkIngress(Component):
    """Our way to a private Enterprise cluster: an endpoint in our VPC, Confluent's end of it, and the names it answers to.

    Since February 2026 Confluent's end is a gateway with an access point, whose names are its own
    (docs.confluent.io/cloud/current/networking/aws-platt.html); an attachment shares one name per region.
    Whoever runs `pulumi up` must be inside the VPC (or reach it): topics, schemas and statements go this way.
    `ready`: what calls to the cluster need first. `access_point_id`: None for an attachment.
    """

    TYPE = "cdc:aws:PrivateLinkIngress"
    ready: list[pulumi.Resource]
    access_point_id: pulumi.Output[str] | None

    def __init__(self, name: str, args: PrivateLinkIngressArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        if args.by == "gateway":
            point, names = self.gateway(args)
            self.ready, self.access_point_id = [point, names], point.id
        else:
            self.ready, self.access_point_id = [*self.attachment(args)], None
        self.register_outputs({"accessPointId": self.access_point_id})

    def gateway(self, args: PrivateLinkIngressArgs) -> tuple[cc.AccessPoint, aws.route53.Record]:
        """Gateway, endpoint, access point; the names are the access point's."""
        context = args.context
        gateway = cc.Gateway(
            f"{self.name}-gateway",
            display_name=context.name("ingress"),
            environment={"id": args.environment_id},
            aws_ingress_private_link_gateway={"region": context.region},
            opts=self.child(protect=context.protect),
        )
        service = gateway.aws_ingress_private_link_gateway.apply(
            lambda found: (found.vpc_endpoint_service_name if found else None) or ""
        )
        endpoint = self.endpoint(service, args)
        point = cc.AccessPoint(
            f"{self.name}-point",
            display_name=context.name("ingress"),
            environment={"id": args.environment_id},
            gateway={"id": gateway.id},
            aws_ingress_private_link_endpoint={"vpc_endpoint_id": endpoint.id},
            opts=self.child(),
        )
        domain = point.aws_ingress_private_link_endpoint.apply(
            lambda found: (found.dns_domain if found else None) or ""
        )
        return point, self.names(domain, endpoint, args)

    def attachment(self, args: PrivateLinkIngressArgs) -> tuple[cc.PrivateLinkAttachmentConnection, aws.route53.Record]:
        """Attachment, endpoint, connection; the names are the region's."""
        context = args.context
        attachment = cc.PrivateLinkAttachment(
            f"{self.name}-attachment",
            display_name=context.name("ingress"),
            cloud="AWS",
            region=context.region,
            environment={"id": args.environment_id},
            opts=self.child(protect=context.protect),
        )
        service = attachment.aws.apply(lambda found: found[0].vpc_endpoint_service_name or "")
        endpoint = self.endpoint(service, args)
        connection = cc.PrivateLinkAttachmentConnection(
            f"{self.name}-connection",
            display_name=context.name("ingress"),
            environment={"id": args.environment_id},
            aws={"vpc_endpoint_id": endpoint.id},
            private_link_attachment={"id": attachment.id},
            opts=self.child(),
        )
        return connection, self.names(attachment.dns_domain, endpoint, args)

    def endpoint(self, service: pulumi.Output[str], args: PrivateLinkIngressArgs) -> aws.ec2.VpcEndpoint:
        """Our end."""
        return aws.ec2.VpcEndpoint(
            f"{self.name}-endpoint",
            vpc_id=args.vpc_id,
            vpc_endpoint_type="Interface",
            service_name=service,
            subnet_ids=list(args.subnets),
            security_group_ids=list(args.groups),
            private_dns_enabled=False,
            opts=self.child(),
        )

    def names(
        self, domain: pulumi.Output[str], endpoint: aws.ec2.VpcEndpoint, args: PrivateLinkIngressArgs
    ) -> aws.route53.Record:
        """Every name below the domain is our end's address, inside the VPC."""
        zone = aws.route53.Zone(
            f"{self.name}-zone",
            name=domain,
            vpcs=[aws.route53.ZoneVpcArgs(vpc_id=args.vpc_id)],
            opts=self.child(),
        )
        return aws.route53.Record(
            f"{self.name}-names",
            zone_id=zone.zone_id,
            name=pulumi.Output.concat("*.", domain),
            type="CNAME",
            ttl=60,
            records=[endpoint.dns_entries.apply(lambda found: found[0]["dns_name"])],
            opts=self.child(),
        )
