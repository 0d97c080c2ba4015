"""A Lambda function of ours: its code, its role, its logs, its place in the network."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from stacks.components.aws import lambda_archive
from stacks.components.aws.context import AwsContext
from stacks.components.aws.iam import LAMBDA_TRUST, Json, document
from stacks.components.base import Component

RUNTIME, ARCHITECTURE = "python3.13", "arm64"  # what lambda_archive.py fetches wheels for
MANAGED = ("service-role/AWSLambdaVPCAccessExecutionRole", "AWSXRayDaemonWriteAccess")


@dataclass(frozen=True, kw_only=True, slots=True)
class LambdaFunctionArgs:
    """`code` names a folder of functions/. `concurrency` is reserved: neither starved nor unbounded. Seconds, MB."""

    context: AwsContext
    code: str
    description: str
    environment: Mapping[str, pulumi.Input[str]]
    statements: Sequence[Json]
    subnets: Sequence[pulumi.Input[str]]
    groups: Sequence[pulumi.Input[str]]
    key_arn: pulumi.Input[str]
    timeout: int
    memory: int
    concurrency: int
    files: Sequence[str] = field(default=())
    dead_letters: pulumi.Input[str] | None = None


class LambdaFunction(Component):
    """The function inside the VPC, traced, with an encrypted environment and logs that end."""

    TYPE = "cdc:aws:LambdaFunction"
    function: aws.lambda_.Function
    role: aws.iam.Role

    def __init__(self, name: str, args: LambdaFunctionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        context, physical = args.context, args.context.name(name)
        self.role = aws.iam.Role(
            f"{name}-role",
            name=physical,
            assume_role_policy=LAMBDA_TRUST,
            description=args.description,
            opts=self.child(),
        )
        rights: list[pulumi.Resource] = [
            aws.iam.RolePolicyAttachment(
                f"{name}-{policy.rpartition('/')[2]}",
                role=self.role.name,
                policy_arn=f"arn:aws:iam::aws:policy/{policy}",
                opts=self.child(),
            )
            for policy in MANAGED
        ]
        if args.statements:
            policy = document(*args.statements)
            rights.append(aws.iam.RolePolicy(f"{name}-policy", role=self.role.id, policy=policy, opts=self.child()))
        logs = aws.cloudwatch.LogGroup(
            f"{name}-logs",
            name=f"/aws/lambda/{physical}",
            retention_in_days=context.log_days,
            kms_key_id=args.key_arn,
            opts=self.child(),
        )
        # Without its rights the function cannot join the network; without its group Lambda makes one that never ends.
        self.function = self.make(args, physical, [*rights, logs])
        self.register_outputs({"arn": self.function.arn})

    def make(self, args: LambdaFunctionArgs, physical: str, after: list[pulumi.Resource]) -> aws.lambda_.Function:
        """The function itself."""
        archive = lambda_archive.build(args.code, args.files)
        return aws.lambda_.Function(
            f"{self.name}-function",
            name=physical,
            description=args.description,
            role=self.role.arn,
            runtime=RUNTIME,
            architectures=[ARCHITECTURE],
            handler=f"{args.code}.handler.handler",
            code=pulumi.FileArchive(str(archive.path)),
            source_code_hash=archive.sha256,
            timeout=args.timeout,
            memory_size=args.memory,
            reserved_concurrent_executions=args.concurrency,
            kms_key_arn=args.key_arn,
            environment={"variables": dict(args.environment)},
            vpc_config={"subnet_ids": list(args.subnets), "security_group_ids": list(args.groups)},
            tracing_config={"mode": "Active"},
            dead_letter_config={"target_arn": args.dead_letters} if args.dead_letters is not None else None,
            opts=self.child(depends_on=after),
        )
