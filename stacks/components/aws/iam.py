"""Policy documents of AWS IAM."""

import json
from collections.abc import Mapping, Sequence

import pulumi

Json = Mapping[str, object]


def document(*statements: Json) -> pulumi.Output[str]:
    """A policy document. Values of the statements may be outputs."""
    return pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(actions: Sequence[str], resources: Sequence[pulumi.Input[str]], condition: Json | None = None) -> Json:
    """One statement of an identity's policy."""
    found: dict[str, object] = {"Effect": "Allow", "Action": list(actions), "Resource": list(resources)}
    return {**found, "Condition": condition} if condition else found


def trusts(service: str, account: pulumi.Input[str]) -> pulumi.Output[str]:
    """A trust policy for an AWS service, on behalf of this account only (the confused deputy is refused)."""
    return document({**assumes(service), "Condition": {"StringEquals": {"aws:SourceAccount": account}}})


def assumes(service: str) -> dict[str, object]:
    """A statement that lets a service assume the role."""
    return {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}


def plain_trust(service: str) -> str:
    """A trust policy for a service that is not documented to say on whose behalf it comes: a condition could lock it out."""
    return json.dumps({"Version": "2012-10-17", "Statement": [assumes(service)]})


LAMBDA_TRUST = plain_trust("lambda.amazonaws.com")
PROXY_TRUST = plain_trust("rds.amazonaws.com")  # AWS's own examples for RDS Proxy have no condition
