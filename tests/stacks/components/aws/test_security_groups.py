"""Egress ranges of Confluent as rules: neighbours are one, and too many are said before a group is made."""

import pulumi
import pulumi_confluentcloud as cc
import pytest

from stacks.components.aws.security_groups import prefixes


def ranges(*found: str) -> list[cc.outputs.GetIpAddressesIpAddressResult]:
    return [
        cc.outputs.GetIpAddressesIpAddressResult(
            address_type="EGRESS",
            api_version="networking/v1",
            cloud="AWS",
            ip_prefix=prefix,
            kind="IpAddress",
            region="us-east-1",
            services=["CONNECT"],
        )
        for prefix in found
    ]


def test_neighbours_are_one_rule() -> None:
    found = ranges("198.51.100.1/32", "203.0.113.0/25", "198.51.100.0/32", "203.0.113.128/25", "203.0.113.0/24")
    assert prefixes(found, 2) == ["198.51.100.0/31", "203.0.113.0/24"]


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ([], "publishes no egress ranges"),
        ([f"198.51.{n}.0/32" for n in range(61)], "publishes 61 egress ranges .* takes 60 rules\nhint: .*L-0EA8095F"),
    ],
)
def test_none_and_too_many_are_said(found: list[str], words: str) -> None:
    with pytest.raises(pulumi.RunError, match=words):
        prefixes(ranges(*found), 60)
    assert len(prefixes(ranges(*[f"198.51.{n}.0/32" for n in range(60)]), 60)) == 60
