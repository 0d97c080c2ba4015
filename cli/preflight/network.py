"""Checks of the network that the stack joins or makes."""

import ipaddress
from collections.abc import Iterator

from botocore.exceptions import ClientError

from cli.doctor.facts import Skipped
from cli.preflight.accounts import Accounts
from cli.preflight.aws import backend, new
from cli.preflight.check import Check, Finding
from stacks.settings.source_database import ExistingVpc, NewVpc

VPCS_PER_REGION = ("vpc", "L-F678F1CE", 5)  # service, quota, AWS's own default


class ZonesExist(Check):
    """The zones that the settings name are zones of the region, as this account sees them."""

    area = "aws"

    def look(self, accounts: Accounts) -> Iterator[Finding]:
        vpc = backend(accounts).vpc
        if not isinstance(vpc, NewVpc):
            raise Skipped("the VPC exists already")
        known = {zone[key] for zone in accounts.zones for key in ("ZoneName", "ZoneId")}
        region = accounts.settings.kafka.region
        for zone in vpc.zones:
            if zone not in known:
                yield Finding(
                    f"{region} has no zone {zone} for this account",
                    "the `up` would stop at the subnets, after some minutes",
                    f"aws ec2 describe-availability-zones --region {region}, then backend.vpc.zones",
                )


class VpcExists(Check):
    """A VPC that the settings name is there, with its subnets."""

    area = "aws"

    def look(self, accounts: Accounts) -> Iterator[Finding]:
        vpc = backend(accounts).vpc
        if not isinstance(vpc, ExistingVpc):
            raise Skipped("the stack makes its VPC")
        command = f"aws ec2 describe-vpcs --region {accounts.settings.kafka.region}, then backend.vpc"
        if vpc.id not in {one["VpcId"] for one in accounts.vpcs}:
            yield Finding(f"there is no VPC {vpc.id}", "the `up` would stop before its first resource", command)
            return
        of = [{"Name": "vpc-id", "Values": [vpc.id]}]
        known = {one["SubnetId"] for one in accounts.ask_aws("ec2").describe_subnets(Filters=of)["Subnets"]}
        for subnet in [*vpc.private_subnets, *vpc.public_subnets]:
            if subnet not in known:
                yield Finding(
                    f"{vpc.id} has no subnet {subnet}", "the `up` would stop before its first resource", command
                )


class AnotherVpcHasRoom(Check):
    """The region takes one more VPC."""

    area = "aws"

    def look(self, accounts: Accounts) -> Iterator[Finding]:
        if not isinstance(new(accounts).vpc, NewVpc):
            raise Skipped("the VPC exists already")
        limit, count = quota(accounts, *VPCS_PER_REGION), len(accounts.vpcs)
        if count >= limit:
            yield Finding(
                f"{count} VPCs of {limit:.0f} are in use in {accounts.settings.kafka.region}",
                "the `up` would stop at the VPC, in its first minute (VpcLimitExceeded)",
                f"aws service-quotas request-service-quota-increase --service-code vpc --quota-code L-F678F1CE --desired-value {limit + 5:.0f}",
            )


class RangesDoNotOverlap(Check):
    """No other VPC of the region has addresses of this one: what overlaps can never be peered."""

    area = "aws"

    def look(self, accounts: Accounts) -> Iterator[Finding]:
        vpc = new(accounts).vpc
        if not isinstance(vpc, NewVpc):
            raise Skipped("the VPC exists already")
        own = ipaddress.ip_network(vpc.cidr)
        for other in accounts.vpcs:
            if own.overlaps(ipaddress.ip_network(other["CidrBlock"])):
                yield Finding(
                    f"{vpc.cidr} overlaps {other['CidrBlock']} of {other['VpcId']}",
                    "the `up` would go on; the two VPCs could never be joined",
                    "another backend.vpc.cidr",
                    "warning",
                )


def quota(accounts: Accounts, service: str, code: str, default: float) -> float:
    """The account's value; AWS's own where it has none."""
    try:
        return accounts.ask_aws("service-quotas").get_service_quota(ServiceCode=service, QuotaCode=code)["Quota"][
            "Value"
        ]
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchResourceException":
            raise
        return default
