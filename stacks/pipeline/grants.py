"""How a job's rights are said: as role bindings, or as ACLs where the cluster knows no roles on its content."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from stacks import naming
from stacks.components.confluent import crn
from stacks.components.confluent.acls import operations
from stacks.components.confluent.identity import Acl, Grant, IdentityArgs, KeyTarget
from stacks.components.confluent.kafka import Kafka
from stacks.components.confluent.registry import Registry
from stacks.pipeline.context import Context


@dataclass(frozen=True, slots=True)
class KafkaGrant:
    """A role on a `topic`, `group` or `transactional-id` (a trailing `*` is a prefix)."""

    role: str
    kind: str
    name: str

    def acl(self) -> Acl:
        """The same as an ACL."""
        kind = self.kind.upper().replace("-", "_")
        return Acl(kind=kind, name=self.name, operations=operations(self.role))


Grants = Mapping[str, Grant | KafkaGrant]


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """What grants and keys point at. `after`: what keys wait for besides their owners' roles."""

    context: Context
    kafka: Kafka
    registry: Registry
    after: Sequence[pulumi.Resource] = ()

    @property
    def roles_on_topics(self) -> bool:
        """A Basic cluster knows roles on itself only: on its topics and groups, ACLs say the same."""
        return self.context.settings.kafka.type != "basic"

    def identity(self, role: str, description: str, grants: Grants, keys: Sequence[str] = ()) -> IdentityArgs:
        """An identity's arguments; what concerns the cluster's content becomes roles or ACLs, as the cluster allows."""
        settings = self.context.settings
        kafka = {name: grant for name, grant in grants.items() if isinstance(grant, KafkaGrant)}
        roles = {name: grant for name, grant in grants.items() if isinstance(grant, Grant)}
        if self.roles_on_topics:
            roles = {
                name: self.kafka_role(grant) if isinstance(grant, KafkaGrant) else grant
                for name, grant in grants.items()
            }
        return IdentityArgs(
            display_name=naming.physical(settings.environment.name, role),
            description=description,
            grants=roles,
            acls={} if self.roles_on_topics else {name: grant.acl() for name, grant in kafka.items()},
            keys={kind: self.target(kind) for kind in keys},
            active=settings.keys.active,
            generations=settings.keys.generations,
            private=settings.private,
            after=self.after,
        )

    def kafka_role(self, grant: KafkaGrant) -> Grant:
        """The role binding's scope."""
        cluster = self.kafka.cluster
        return Grant(role=grant.role, crn=crn.kafka(cluster.rbac_crn, cluster.id, grant.kind, grant.name))

    def subject(self, role: str, subject: str) -> Grant:
        """A role on a subject."""
        return Grant(role=role, crn=crn.subject(self.registry.crn, subject))

    def environment(self, role: str) -> Grant:
        """A role in the whole environment."""
        return Grant(role=role, crn=self.kafka.environment.resource_name)

    def target(self, kind: str) -> KeyTarget:
        """What a key of this kind (`kafka`, `registry`, `flink`) is for."""
        environment = self.kafka.environment.id
        if kind == "kafka":
            c = self.kafka.cluster
            return KeyTarget(id=c.id, api_version=c.api_version, kind=c.kind, environment_id=environment)
        if kind == "registry":
            r = self.registry.found
            return KeyTarget(id=r.id, api_version=r.api_version, kind=r.kind, environment_id=environment)
        region = self.context.region
        return KeyTarget(id=region.id, api_version=region.api_version, kind=region.kind, environment_id=environment)
