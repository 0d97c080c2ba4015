"""Each consumer's keys in a secret of its own: a team gets permission to read one secret, not the stack's outputs."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from stacks.components.aws.context import AwsContext
from stacks.components.base import Component
from stacks.components.confluent.identity import Identity


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsumerSecretsArgs:
    """Consumers' identities by name, and the key that encrypts their secrets."""

    context: AwsContext
    key_arn: pulumi.Input[str]
    consumers: Mapping[str, Identity]


class ConsumerSecrets(Component):
    """One secret per consumer: `{"kafka": {"key", "secret"}, "registry": {"key", "secret"}}`."""

    TYPE = "cdc:aws:ConsumerSecrets"
    arns: dict[str, pulumi.Output[str]]

    def __init__(self, name: str, args: ConsumerSecretsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self.arns = {}
        context = args.context
        for consumer, identity in args.consumers.items():
            secret = aws.secretsmanager.Secret(
                f"{name}-{consumer}",
                name_prefix=f"{context.name(consumer)}-",
                description=f"Keys of the consumer {consumer}",
                kms_key_id=args.key_arn,
                recovery_window_in_days=30 if context.protect else 7,
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
