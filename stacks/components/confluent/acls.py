"""ACLs for what roles cannot say on a Basic cluster: topics, groups, transactional ids."""

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_confluentcloud as cc

from stacks.components.base import Component
from stacks.components.confluent.identity import Acl
from stacks.components.confluent.topics import DataPlane


class Acls(Component):
    """One identity's ACLs."""

    TOKEN = "cdc:acls:Acls"  # noqa: S105 - a type token
    acls: list[cc.KafkaAcl]

    def __init__(
        self,
        name: str,
        principal: pulumi.Input[str],
        wanted: Mapping[str, Acl],
        plane: DataPlane,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        self.acls = [
            kafka_acl(f"{name}-{role}-{operation.lower()}", principal, acl, operation, plane, self.child())
            for role, acl in wanted.items()
            for operation in acl.operations
        ]
        self.register_outputs({})


def kafka_acl(
    name: str, principal: pulumi.Input[str], acl: Acl, operation: str, plane: DataPlane, opts: pulumi.ResourceOptions
) -> cc.KafkaAcl:
    """One ACL, made through the plane. A name that ends in `*` is a prefix."""
    prefix = acl.name.endswith("*")
    return cc.KafkaAcl(
        name,
        resource_type=acl.kind,
        resource_name_=acl.name.removesuffix("*") or "*",
        pattern_type="PREFIXED" if prefix and acl.name != "*" else "LITERAL",
        principal=principal,
        host="*",
        operation=operation,
        permission="ALLOW",
        kafka_cluster={"id": plane.cluster_id},
        rest_endpoint=plane.rest_endpoint,
        credentials=cc.KafkaAclCredentialsArgs(key=plane.credentials.key, secret=plane.credentials.secret),
        opts=opts,
    )


def operations(role: str) -> Sequence[str]:
    """What a role on a topic, group or transactional id comes to as ACL operations."""
    return {"DeveloperRead": ("READ", "DESCRIBE"), "DeveloperWrite": ("WRITE", "DESCRIBE")}[role]
