"""Identities: per job one service account, exactly the roles it needs, and its API keys by generation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_confluentcloud as cc

from stacks.components.base import Component


@dataclass(frozen=True, kw_only=True, slots=True)
class Grant:
    """A role at a CRN pattern."""

    role: str
    crn: pulumi.Input[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Acl:
    """Operations on a topic, group or transactional id; a trailing `*` in the name is a prefix."""

    kind: str
    name: str
    operations: Sequence[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Credentials:
    """An API key and its secret."""

    key: pulumi.Output[str]
    secret: pulumi.Output[str]

    def plain(self) -> dict[str, pulumi.Output[str]]:
        """As an exported object."""
        return {"key": self.key, "secret": self.secret}


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyTarget:
    """What an API key is for: a Kafka cluster, a Schema Registry, or Flink in a region."""

    id: pulumi.Input[str]
    api_version: pulumi.Input[str]
    kind: pulumi.Input[str]
    environment_id: pulumi.Input[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class IdentityArgs:
    """`grants`, `acls` and `keys` by a short name that becomes part of the resource's name.

    `active` is the generation of keys that is used; `generations` are all that exist. `after`: what keys wait for.
    """

    display_name: str
    description: str
    grants: Mapping[str, Grant] = field(default_factory=dict[str, Grant])
    acls: Mapping[str, Acl] = field(default_factory=dict[str, Acl])
    keys: Mapping[str, KeyTarget] = field(default_factory=dict[str, KeyTarget])
    active: str = "1"
    generations: Sequence[str] = ("1",)
    private: bool = False
    after: Sequence[pulumi.Resource] = ()


class Identity(Component):
    """A service account with its role bindings and keys."""

    TYPE = "cdc:confluent:Identity"
    account: cc.ServiceAccount
    bindings: list[cc.RoleBinding]
    keys: dict[str, cc.ApiKey]
    principal: pulumi.Output[str]
    acls: Mapping[str, Acl]

    def __init__(self, name: str, args: IdentityArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self.account = cc.ServiceAccount(
            f"{name}-account", display_name=args.display_name, description=args.description, opts=self.child()
        )
        self.principal = pulumi.Output.concat("User:", self.account.id)
        self.bindings = [self.bind(role, grant) for role, grant in args.grants.items()]
        issued = {
            (target, generation): self.issue(target, generation, what, args)
            for target, what in args.keys.items()
            for generation in args.generations
        }
        self.keys = {target: issued[target, args.active] for target in args.keys}
        self.acls = args.acls
        self.register_outputs({"accountId": self.account.id})

    def bind(self, role: str, grant: Grant) -> cc.RoleBinding:
        """One role binding."""
        return cc.RoleBinding(
            f"{self.name}-{role}",
            principal=self.principal,
            role_name=grant.role,
            crn_pattern=grant.crn,
            opts=self.child(),
        )

    def issue(self, target: str, generation: str, what: KeyTarget, args: IdentityArgs) -> cc.ApiKey:
        """One API key. A new generation is another resource: the old key lives until it is taken out of the settings."""
        account = self.account
        return cc.ApiKey(
            f"{self.name}-{target}-key-{generation}",
            display_name=f"{args.display_name}-{target}-{generation}",
            description=args.description,
            owner=cc.ApiKeyOwnerArgs(id=account.id, api_version=account.api_version, kind=account.kind),
            managed_resource=cc.ApiKeyManagedResourceArgs(
                id=what.id,
                api_version=what.api_version,
                kind=what.kind,
                environment=cc.ApiKeyManagedResourceEnvironmentArgs(id=what.environment_id),
            ),
            # The wait lists the cluster's topics: from outside of a private network it ends after 20 minutes, in vain.
            disable_wait_for_ready=True if args.private and target == "kafka" else None,
            # A key that works before its owner may do anything answers 403; on destroy, the roles must go last.
            opts=self.child(depends_on=[*self.bindings, *args.after]),
        )

    def credentials(self, target: str) -> Credentials:
        """Key and secret for what the key is for. The secret stays a Pulumi secret."""
        key = self.keys[target]
        return Credentials(key=key.id, secret=pulumi.Output.secret(key.secret))
