"""The customer key that encrypts the database, secrets, logs, alarms and functions of an environment."""

import pulumi
import pulumi_aws as aws

from stacks.components.aws.context import AwsContext
from stacks.components.aws.iam import Json, document
from stacks.components.base import Component

USES = ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"]


class KmsKey(Component):
    """One KMS key with a policy of its own. Only services that act for this account may use it."""

    TYPE = "cdc:aws:KmsKey"
    key: aws.kms.Key

    def __init__(self, name: str, context: AwsContext, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self.key = aws.kms.Key(
            f"{name}-key",
            description=f"Data of {context.environment}",
            enable_key_rotation=True,
            deletion_window_in_days=30,
            policy=policy(context),
            opts=self.child(protect=context.protect),
        )
        aws.kms.Alias(
            f"{name}-alias", name=f"alias/{context.name('cdc')}", target_key_id=self.key.key_id, opts=self.child()
        )
        self.register_outputs({"keyArn": self.key.arn})


def policy(context: AwsContext) -> pulumi.Output[str]:
    """The account administers the key; logs and alarms use it for their own resources."""
    root = pulumi.Output.concat("arn:aws:iam::", context.account, ":root")
    logs = {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": context.arn("logs", "*")}}
    account = {"StringEquals": {"aws:SourceAccount": context.account}}
    return document(
        {"Sid": "Account", "Effect": "Allow", "Principal": {"AWS": root}, "Action": "kms:*", "Resource": "*"},
        use("Logs", f"logs.{context.region}.amazonaws.com", logs),
        use("Alarms", "cloudwatch.amazonaws.com", account),
        use("Events", "events.rds.amazonaws.com", account),
    )


def use(sid: str, service: str, condition: Json) -> Json:
    """A service may encrypt and decrypt, on the condition."""
    principal = {"Service": service}
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": principal,
        "Action": USES,
        "Resource": "*",
        "Condition": condition,
    }
