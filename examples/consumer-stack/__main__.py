"""A consumer team's own stack: permission to read its keys, an alarm on its lag, and what its program needs to start."""

import json
from typing import Any

import pulumi
import pulumi_aws as aws

config = pulumi.Config()
name = config.require("consumer")
contract = pulumi.StackReference(config.require("producer")).require_output("contract")


def ours(found: dict[str, Any]) -> dict[str, Any]:
    """Our part of the contract. Readers ignore what they do not know; the version tells of a break."""
    if found["version"] != 1:
        raise pulumi.RunError(f"this program reads version 1 of the contract, not {found['version']}")
    mine = next((c for c in found["consumers"] if c["name"] == name), None)
    if mine is None:
        raise pulumi.RunError(f"the contract has no consumer {name}; known: {[c['name'] for c in found['consumers']]}")
    return mine


mine = contract.apply(ours)
provider = aws.Provider("aws", region="us-east-1")
below = pulumi.ResourceOptions(provider=provider)

role = aws.iam.Role(
    "reader",
    name=f"{name}-reader",
    assume_role_policy=json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
            ],
        }
    ),
    opts=below,
)
aws.iam.RolePolicy(
    "reader-keys",
    role=role.id,
    policy=pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Action": "secretsmanager:GetSecretValue",
                    "Resource": mine.apply(lambda m: m["secret"]),
                }
            ],
        }
    ),
    opts=below,
)
aws.cloudwatch.MetricAlarm(
    "lag",
    name=f"{name}-lag",
    alarm_description=f"{name} is behind: records that wait for more than five minutes",
    namespace="CarTeam",
    metric_name="RecordsLagMax",
    dimensions={"Group": mine.apply(lambda m: m["group"])},
    comparison_operator="GreaterThanThreshold",
    statistic="Maximum",
    threshold=1000,
    period=60,
    evaluation_periods=5,
    treat_missing_data="breaching",
    opts=below,
)

pulumi.export(
    "reader",
    {
        "bootstrapServers": contract.apply(lambda c: c["kafka"]["bootstrapServers"]),
        "securityProtocol": contract.apply(lambda c: c["kafka"]["securityProtocol"]),
        "saslMechanism": contract.apply(lambda c: c["kafka"]["saslMechanism"]),
        "schemaRegistryUrl": contract.apply(lambda c: c["registry"]["url"]),
        "topics": mine.apply(lambda m: m["topics"]),
        "group": mine.apply(lambda m: m["group"]),
        "isolationLevel": mine.apply(lambda m: m["isolationLevel"]),
        "secret": mine.apply(lambda m: m["secret"]),
        "roleArn": role.arn,
    },
)
