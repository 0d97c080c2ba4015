"""Each consumer's keys in a secret of its own: a team gets permission to read one secret, not the stack's outputs."""

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from stacks.components.aws.context import AwsWorld
from stacks.components.base import Component
from stacks.components.confluent.identity import Identity


class ConsumerSecrets(Component):
    """One secret per consumer: `{"kafka": {"key", "secret"}, "registry": {"key", "secret"}}`."""

    TOKEN = "cdc:aws:ConsumerSecrets"  # noqa: S105 - a type token
    arns: dict[str, pulumi.Output[str]]

    def __init__(
        self,
        name: str,
        world: AwsWorld,
        key_arn: pulumi.Input[str],
        consumers: Mapping[str, Identity],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        self.arns = {}
        for consumer, identity in consumers.items():
            secret = aws.secretsmanager.Secret(
                f"{name}-{consumer}",
                name_prefix=f"{world.name(consumer)}-",
                description=f"Keys of the consumer {consumer}",
                kms_key_id=key_arn,
                recovery_window_in_days=30 if world.protect else 7,
                opts=self.child(),
            )
            keys = {target: identity.credentials(target).plain() for target in identity.keys}
            aws.secretsmanager.SecretVersion(
                f"{name}-{consumer}-value",
                secret_id=secret.id,
                secret_string=pulumi.Output.secret(pulumi.Output.json_dumps(keys)),
                opts=self.child(),
            )
            self.arns[consumer] = secret.arn
        self.register_outputs({"arns": self.arns})
