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
    condition = {"StringEquals": {"aws:SourceAccount": account}}
    statement: Json = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
        "Condition": condition,
    }
    return document(statement)


LAMBDA_TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)
