"""ACLs for what roles cannot say on a Basic cluster: topics, groups, transactional ids."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_confluentcloud as cc

from stacks.components.base import Component
from stacks.components.confluent.identity import Acl
from stacks.components.confluent.topics import DataPlane


@dataclass(frozen=True, kw_only=True, slots=True)
class AclsArgs:
    """Whose ACLs, by a short name each that becomes part of their resources' names, and through what they are made."""

    principal: pulumi.Input[str]
    acls: Mapping[str, Acl]
    plane: DataPlane


class Acls(Component):
    """One identity's ACLs."""

    TYPE = "cdc:confluent:Acls"
    acls: list[cc.KafkaAcl]

    def __init__(self, name: str, args: AclsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self.acls = kafka_acls(name, args, self.child())
        self.register_outputs({})


def kafka_acls(name: str, args: AclsArgs, opts: pulumi.ResourceOptions) -> list[cc.KafkaAcl]:
    """One resource per operation."""
    return [
        cc.KafkaAcl(
            f"{name}-{role}" if len(acl.operations) == 1 else f"{name}-{role}-{operation.lower()}",
            operation=operation,
            permission="ALLOW",
            principal=args.principal,
            host="*",
            **pattern(acl),
            kafka_cluster={"id": args.plane.cluster_id},
            rest_endpoint=args.plane.rest_endpoint,
            credentials=cc.KafkaAclCredentialsArgs(
                key=args.plane.credentials.key, secret=args.plane.credentials.secret
            ),
            opts=opts,
        )
        for role, acl in args.acls.items()
        for operation in acl.operations
    ]


def pattern(acl: Acl) -> dict[str, str]:
    """What an ACL is about. A name that ends in `*` is a prefix; alone it is everything."""
    prefix = acl.name.endswith("*") and acl.name != "*"
    return {
        "resource_type": acl.kind,
        "resource_name_": acl.name.removesuffix("*") or "*",
        "pattern_type": "PREFIXED" if prefix else "LITERAL",
    }


def operations(role: str) -> Sequence[str]:
    """What a role on a topic, group or transactional id comes to as ACL operations."""
    return {"DeveloperRead": ("READ", "DESCRIBE"), "DeveloperWrite": ("WRITE", "DESCRIBE")}[role]
