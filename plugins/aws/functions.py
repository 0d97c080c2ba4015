"""Look-ups of the program, answered from what AWS's own examples look like."""

from collections.abc import Callable
from typing import Any

from plugins.aws.outputs import ACCOUNT
from plugins.engine.errors import RestError
from plugins.engine.values import Properties


def caller(config: Any, arguments: Properties) -> Properties:
    """The account."""
    return {"id": ACCOUNT, "accountId": ACCOUNT, "arn": f"arn:aws:iam::{ACCOUNT}:user/plan", "userId": "AIDAPLAN"}


def filtered(name: str, arguments: Properties) -> list[str]:
    """The values of one filter: a plan takes what settings name for existing."""
    return [value for item in arguments.get("filters") or [] if item["name"] == name for value in item["values"]]


def vpcs(config: Any, arguments: Properties) -> Properties:
    """VPCs by id."""
    return {"id": "plan", "ids": filtered("vpc-id", arguments), "region": "us-east-1"}


def subnets(config: Any, arguments: Properties) -> Properties:
    """Subnets by id."""
    return {"id": "plan", "ids": filtered("subnet-id", arguments), "region": "us-east-1"}


def orderable(config: Any, arguments: Properties) -> Properties:
    """An engine version for an instance class: a plan takes what is asked for to be offered."""
    return {**arguments, "id": arguments["instanceClass"]}


INVOKES: dict[str, Callable[[Any, Properties], Properties]] = {
    "aws:index/getCallerIdentity:getCallerIdentity": caller,
    "aws:ec2/getVpcs:getVpcs": vpcs,
    "aws:ec2/getSubnets:getSubnets": subnets,
    "aws:rds/getOrderableDbInstance:getOrderableDbInstance": orderable,
}


def planned(token: str, arguments: Properties) -> Properties:
    """The same without an account."""
    if token not in INVOKES:
        raise RestError(f"{token} needs an account: a plan cannot answer it")
    return INVOKES[token](None, arguments)
