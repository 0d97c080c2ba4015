"""Security groups: who talks to whom, group to group, on named ports. Nothing is open to the world."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
import pulumi_confluentcloud as cc

from stacks.components.aws.context import AwsContext
from stacks.components.base import Component

POSTGRES, HTTPS = 5432, 443
GROUPS = {
    "database": "Aurora",
    "proxy": "RDS Proxy",
    "events-api": "The events API function",
    "migrator": "The migrator function",
    "endpoints": "VPC endpoints",
}
RULES = (
    ("events-api", "proxy", POSTGRES, "The events API writes through the proxy"),
    ("proxy", "database", POSTGRES, "The proxy connects to Aurora"),
    ("migrator", "database", POSTGRES, "The migrator applies the schema"),
    ("migrator", "endpoints", HTTPS, "The migrator reads secrets"),
)
PRIVATE_GROUPS = {
    "balancer": "The load balancer that Confluent reaches",
    "writer-target": "The function that keeps the target of the balancer",
    "confluent": "The endpoint of the Confluent cluster",
}
PRIVATE_RULES = (
    ("balancer", "database", POSTGRES, "The Confluent connector reads the writer"),
    ("writer-target", "endpoints", HTTPS, "The function registers the address of the writer"),
)


CLIENT_PORTS = {"https": (HTTPS, "REST, registry and Flink"), "kafka": (9092, "Kafka")}


@dataclass(frozen=True, kw_only=True, slots=True)
class SecurityGroupsArgs:
    """`private`: Confluent comes through PrivateLink; else from its egress ranges, which `confluent` is asked for.

    `most_rules`: how many a group may have: one per egress range.
    `clients`: address ranges (CIDR) of those who use a private cluster: consumers, and whoever runs `pulumi up`.
    """

    context: AwsContext
    vpc_id: pulumi.Input[str]
    private: bool
    clients: Sequence[str]
    most_rules: int
    confluent: pulumi.ProviderResource


class SecurityGroups(Component):
    """Every security group, by name."""

    TYPE = "cdc:aws:SecurityGroups"
    groups: dict[str, aws.ec2.SecurityGroup]
    rules: list[pulumi.Resource]

    def __init__(self, name: str, args: SecurityGroupsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self.rules = []
        names = {**GROUPS, **(PRIVATE_GROUPS if args.private else {})}
        self.groups = {group: self.group(group, what, args) for group, what in names.items()}
        for rule in (*RULES, *(PRIVATE_RULES if args.private else ())):
            self.permit(*rule)
        for number, clients in enumerate(args.clients if args.private else ()):
            self.admit(number, clients)
        if not args.private:
            self.groups["confluent-egress"] = self.from_confluent(args)
        self.register_outputs({"groups": sorted(self.groups)})

    def ids(self, *groups: str) -> list[pulumi.Output[str]]:
        """Ids of groups by name."""
        return [self.groups[group].id for group in groups]

    def group(self, group: str, what: str, args: SecurityGroupsArgs) -> aws.ec2.SecurityGroup:
        """A group without rules: they stand beside it, one resource each."""
        return aws.ec2.SecurityGroup(
            f"{self.name}-{group}",
            name=args.context.name(group),
            description=what,
            vpc_id=args.vpc_id,
            revoke_rules_on_delete=True,
            tags={"Name": args.context.name(group)},
            opts=self.child(),
        )

    def permit(self, source: str, target: str, port: int, why: str) -> None:
        """Out of one group and into the other."""
        out = aws.vpc.SecurityGroupEgressRule(
            f"{self.name}-{source}-to-{target}",
            security_group_id=self.groups[source].id,
            referenced_security_group_id=self.groups[target].id,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            description=why,
            opts=self.child(),
        )
        into = aws.vpc.SecurityGroupIngressRule(
            f"{self.name}-{target}-from-{source}",
            security_group_id=self.groups[target].id,
            referenced_security_group_id=self.groups[source].id,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            description=why,
            opts=self.child(),
        )
        self.rules += [out, into]

    def admit(self, number: int, clients: str) -> None:
        """A range of clients may reach the cluster's endpoint."""
        for label, (port, what) in CLIENT_PORTS.items():
            aws.vpc.SecurityGroupIngressRule(
                f"{self.name}-clients-{number}-{label}",
                security_group_id=self.groups["confluent"].id,
                cidr_ipv4=clients,
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
                description=f"{what} of the cluster, for clients",
                opts=self.child(),
            )

    def from_confluent(self, args: SecurityGroupsArgs) -> aws.ec2.SecurityGroup:
        """The database's port for Confluent's egress ranges, as Confluent publishes them at each `up`.

        One group with its rules inside: how many ranges there are is not known before they are asked for.
        """
        asked = cc.get_ip_addresses_output(
            filter=cc.GetIpAddressesFilterArgs(
                clouds=["AWS"], regions=[args.context.region], services=["CONNECT"], address_types=["EGRESS"]
            ),
            opts=pulumi.InvokeOutputOptions(provider=args.confluent),
        )
        ranges = asked.ip_addresses.apply(lambda found: prefixes(found, args.most_rules))
        return aws.ec2.SecurityGroup(
            f"{self.name}-confluent-egress",
            name=args.context.name("confluent-egress"),
            description="Connectors of Confluent",
            vpc_id=args.vpc_id,
            ingress=[
                aws.ec2.SecurityGroupIngressArgs(
                    description="Connectors, from the egress ranges that Confluent publishes",
                    protocol="tcp",
                    from_port=POSTGRES,
                    to_port=POSTGRES,
                    cidr_blocks=ranges,
                )
            ],
            egress=[],
            opts=self.child(),
        )


def prefixes(found: Sequence[cc.outputs.GetIpAddressesIpAddressResult], most: int) -> list[str]:
    """The ranges, neighbours as one, in a stable order.

    RunError when Confluent names none (the database would be closed to it), or more than a security group takes.
    """
    merged = ipaddress.collapse_addresses({ipaddress.IPv4Network(item.ip_prefix) for item in found})
    ranges = sorted(map(str, merged))
    if not ranges:
        raise pulumi.RunError(
            "Confluent publishes no egress ranges of connectors for this region\n"
            "hint: use backend.connectivity privatelink, or another kafka.region"
        )
    if len(ranges) > most:
        raise pulumi.RunError(
            f"Confluent publishes {len(ranges)} egress ranges of connectors for this region, and a security group takes {most} rules\n"
            "hint: have the quota L-0EA8095F (inbound rules per security group) raised and set backend.connectivity.rules, "
            "or use backend.connectivity privatelink"
        )
    return ranges
