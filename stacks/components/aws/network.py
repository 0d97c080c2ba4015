"""The VPC: subnets in every zone, flow logs, and only the endpoints that are used."""

import ipaddress
import json
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from stacks.components.aws.context import AwsContext
from stacks.components.aws.iam import allow, document, trusts
from stacks.components.base import Component
from stacks.settings.source_database import ZONE_ID, ExistingVpc, NewVpc

ANYWHERE = "0.0.0.0/0"


@dataclass(frozen=True, kw_only=True, slots=True)
class NetworkArgs:
    """`public`: the database's subnets need a way to the internet."""

    context: AwsContext
    vpc: NewVpc | ExistingVpc
    public: bool
    key_arn: pulumi.Input[str]


class Network(Component):
    """A VPC of our own, or one that exists: then its subnets are looked up, and nothing in it is changed."""

    TYPE = "cdc:aws:Network"
    vpc_id: pulumi.Output[str]
    private_subnets: list[pulumi.Output[str]]
    public_subnets: list[pulumi.Output[str]]
    way_out: list[pulumi.Resource]

    def __init__(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self.way_out = []
        if isinstance(args.vpc, NewVpc):
            self.make(args.vpc, args)
        else:
            self.look_up(args.vpc, args.context)
        self.register_outputs({"vpcId": self.vpc_id})

    def make(self, vpc: NewVpc, args: NetworkArgs) -> None:
        """VPC, subnets, routes, an empty default security group, flow logs."""
        context = args.context
        tags = {"Name": context.name("cdc")}
        made = aws.ec2.Vpc(
            f"{self.name}-vpc",
            cidr_block=vpc.cidr,
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags=tags,
            opts=self.child(protect=context.protect),
        )
        self.vpc_id = made.id
        # Without rules of ours, the VPC's default group would let its members talk to each other and out.
        aws.ec2.DefaultSecurityGroup(f"{self.name}-default", vpc_id=made.id, ingress=[], egress=[], opts=self.child())
        blocks = [str(block) for block in ipaddress.IPv4Network(vpc.cidr).subnets(prefixlen_diff=3)]
        self.private_subnets = [
            self.subnet("private", zone, blocks[number], context) for number, zone in enumerate(vpc.zones)
        ]
        self.public_subnets = [
            self.subnet("public", zone, blocks[4 + number], context) for number, zone in enumerate(vpc.zones)
        ]
        self.route("private", self.private_subnets, vpc.zones, None)
        gateway = (
            aws.ec2.InternetGateway(f"{self.name}-gateway", vpc_id=made.id, opts=self.child()) if args.public else None
        )
        self.route("public", self.public_subnets, vpc.zones, gateway)
        self.flow_log(args)

    def subnet(self, kind: str, zone: str, block: str, context: AwsContext) -> pulumi.Output[str]:
        """One subnet; nothing in it gets a public address by itself."""
        made = aws.ec2.Subnet(
            f"{self.name}-{kind}-{zone}",
            vpc_id=self.vpc_id,
            availability_zone=None if ZONE_ID.match(zone) else zone,
            availability_zone_id=zone if ZONE_ID.match(zone) else None,
            cidr_block=block,
            map_public_ip_on_launch=False,
            tags={"Name": context.name(f"{kind}-{zone}")},
            opts=self.child(),
        )
        return made.id

    def route(
        self,
        kind: str,
        subnets: Sequence[pulumi.Output[str]],
        zones: Sequence[str],
        gateway: aws.ec2.InternetGateway | None,
    ) -> None:
        """A route table for one kind of subnet, with a way out when there is a gateway."""
        table = aws.ec2.RouteTable(f"{self.name}-{kind}", vpc_id=self.vpc_id, opts=self.child())
        if gateway:
            out = aws.ec2.Route(
                f"{self.name}-{kind}-out",
                route_table_id=table.id,
                destination_cidr_block=ANYWHERE,
                gateway_id=gateway.id,
                opts=self.child(),
            )
            self.way_out = [gateway, out]
        for zone, subnet in zip(zones, subnets, strict=True):
            aws.ec2.RouteTableAssociation(
                f"{self.name}-{kind}-{zone}-route", route_table_id=table.id, subnet_id=subnet, opts=self.child()
            )

    def flow_log(self, args: NetworkArgs) -> None:
        """All traffic of the VPC, encrypted, kept as long as other logs."""
        context = args.context
        group = aws.cloudwatch.LogGroup(
            f"{self.name}-flow-log",
            name=f"/cdc/{context.environment}/flow",
            retention_in_days=context.log_days,
            kms_key_id=args.key_arn,
            opts=self.child(),
        )
        role = aws.iam.Role(
            f"{self.name}-flow-role",
            name=context.name("flow-log"),
            assume_role_policy=trusts("vpc-flow-logs.amazonaws.com", context.account),
            opts=self.child(),
        )
        streams = pulumi.Output.concat(group.arn, ":*")
        actions = ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"]
        policy = aws.iam.RolePolicy(
            f"{self.name}-flow-policy", role=role.id, policy=document(allow(actions, [streams])), opts=self.child()
        )
        aws.ec2.FlowLog(
            f"{self.name}-flow",
            vpc_id=self.vpc_id,
            traffic_type="ALL",
            log_destination_type="cloud-watch-logs",
            log_destination=group.arn,
            iam_role_arn=role.arn,
            opts=self.child(depends_on=[policy]),  # what flows before it may write is not logged
        )

    def look_up(self, vpc: ExistingVpc, context: AwsContext) -> None:
        """The existing VPC and its subnets, which must be there."""
        asking = pulumi.InvokeOutputOptions(provider=context.provider)
        found = aws.ec2.get_vpcs_output(filters=[{"name": "vpc-id", "values": [vpc.id]}], opts=asking)
        self.vpc_id = found.ids.apply(lambda ids: the_vpc(vpc.id, ids, context.region))
        wanted = [*vpc.private_subnets, *vpc.public_subnets]
        filters = [
            aws.ec2.GetSubnetsFilterArgs(name="subnet-id", values=wanted),
            aws.ec2.GetSubnetsFilterArgs(name="vpc-id", values=[vpc.id]),
        ]
        subnets = aws.ec2.get_subnets_output(filters=filters, opts=asking).ids

        def known(identity: str) -> pulumi.Output[str]:
            return subnets.apply(lambda ids: the_subnet(identity, ids, vpc.id))

        self.private_subnets = [known(identity) for identity in vpc.private_subnets]
        self.public_subnets = [known(identity) for identity in vpc.public_subnets]


def the_vpc(wanted: str, found: Sequence[str], region: str) -> str:
    """The VPC's id. RunError when the account has no such VPC in the region."""
    if wanted in found:
        return wanted
    raise pulumi.RunError(
        f"cdc-streaming:backend.vpc.id - no such VPC in {region} (got {json.dumps(wanted)})\n"
        "hint: check the id, the region, and which account the credentials belong to"
    )


def the_subnet(wanted: str, found: Sequence[str], vpc: str) -> str:
    """The subnet's id. RunError when the VPC has no such subnet."""
    if wanted in found:
        return wanted
    raise pulumi.RunError(
        f"cdc-streaming:backend.vpc - {vpc} has no such subnet (got {json.dumps(wanted)})\n"
        "hint: list them: aws ec2 describe-subnets --filters Name=vpc-id,Values=" + vpc
    )
