"""Who does what: one identity per job, with the roles of that job and no others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_confluentcloud as cc

from stacks import naming
from stacks.components.confluent import crn
from stacks.components.confluent.acls import Acls, operations
from stacks.components.confluent.identity import Acl, Grant, Identity, IdentityArgs, KeyTarget
from stacks.components.confluent.kafka import Kafka
from stacks.components.confluent.registry import Registry
from stacks.components.confluent.topics import DataPlane
from stacks.routes.model import Consumer, Routes
from stacks.settings.model import Settings
from stacks.statements import dead_letters

FLINK_TRANSACTIONS = "_confluent-flink_*"  # transactional ids of every Flink statement on Confluent Cloud
TOOL_GROUPS = "cdc-tools-*"  # consumer groups of `cdc tail` and `cdc status`


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


@dataclass(frozen=True, slots=True)
class World:
    """What grants and keys point at."""

    settings: Settings
    routes: Routes
    kafka: Kafka
    registry: Registry
    organization: pulumi.Output[cc.GetOrganizationResult]
    region: pulumi.Output[cc.GetFlinkRegionResult]
    after: Sequence[pulumi.Resource] = ()

    @property
    def roles_on_topics(self) -> bool:
        """A Basic cluster knows roles on itself only: on its topics and groups, ACLs say the same."""
        return self.settings.kafka.type != "basic"

    def identity(
        self,
        role: str,
        description: str,
        grants: Mapping[str, Grant | KafkaGrant],
        keys: Sequence[str] = (),
    ) -> IdentityArgs:
        """An identity's arguments; what concerns the cluster's content becomes roles or ACLs, as the cluster allows."""
        settings = self.settings
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

    def kafka_role(self, grant: "KafkaGrant") -> Grant:
        """The role binding's scope."""
        cluster = self.kafka.cluster
        return Grant(role=grant.role, crn=crn.kafka_crn(cluster.rbac_crn, cluster.id, grant.kind, grant.name))

    def subject_grant(self, role: str, subject: str) -> Grant:
        """A role on a subject."""
        return Grant(role=role, crn=crn.subject_crn(self.registry.crn, subject))

    def environment_grant(self, role: str) -> Grant:
        """A role in the whole environment."""
        return Grant(role=role, crn=self.kafka.environment.resource_name)

    def target(self, kind: str) -> KeyTarget:
        """What a key of this kind (`kafka`, `registry`, `flink`) is for."""
        environment = self.kafka.environment.id
        if kind == "kafka":
            c = self.kafka.cluster
            return KeyTarget(id=c.id, api_version=c.api_version, kind=c.kind, environment_id=environment)
        found: Any = self.registry.found if kind == "registry" else self.region
        return KeyTarget(id=found.id, api_version=found.api_version, kind=found.kind, environment_id=environment)


@dataclass(frozen=True, slots=True)
class Identities:
    """Every identity of an environment."""

    deployer: Identity
    connector: Identity
    flink: Identity
    operator: Identity
    redriver: Identity
    consumers: dict[str, Identity]

    def credentials(self) -> pulumi.Output[dict[str, Any]]:
        """Keys that leave the stack, by consumer, the operator's and the redriver's. Secret."""
        outgoing = {**self.consumers, "operator": self.operator, "redriver": self.redriver}
        return pulumi.Output.all(
            **{
                name: {target: identity.credentials(target).plain() for target in identity.keys}
                for name, identity in outgoing.items()
            }
        )


def declare(world: World, opts: pulumi.ResourceOptions) -> Identities:
    """Every identity. The runner comes before the deployer, who may assign it."""
    flink = Identity("flink-runner", flink_runner(world), opts)
    connector_args = world.identity("connector", "The CDC connector writes the raw topics as this account", {})
    return Identities(
        deployer=Identity("deployer", deployer(world, flink), opts),
        connector=Identity("connector", connector_args, opts),
        flink=flink,
        operator=Identity("operator", operator(world), opts),
        redriver=Identity("redriver", redriver(world), opts),
        consumers={c.name: Identity(c.name, consumer(world, c), opts) for c in world.routes.consumers},
    )


def deployer(world: World, runner: Identity) -> IdentityArgs:
    """Owns the keys that Pulumi makes topics, schemas and statements with."""
    assign = crn.account_crn(world.organization.resource_name, runner.account.id)
    return world.identity(
        "deployer",
        "Pulumi makes topics, schemas and statements as this account",
        {
            "cluster-admin": Grant(role="CloudClusterAdmin", crn=world.kafka.cluster.rbac_crn),
            "subjects": world.subject_grant("ResourceOwner", "*"),
            "flink": world.environment_grant("FlinkDeveloper"),
            "assign-runner": Grant(role="Assigner", crn=assign),
            **catalog_grant(world),
        },
        ("kafka", "registry", "flink"),
    )


def catalog_grant(world: World) -> dict[str, Grant]:
    """Tags and owners in the catalog are a data steward's, who comes with the package that has them."""
    if world.settings.environment.governance != "ADVANCED":
        return {}
    return {"catalog": world.environment_grant("DataSteward")}


def flink_runner(world: World) -> IdentityArgs:
    """Routing statements run as this account: read raw, write routed and unrouted, in transactions of its own."""
    grants: dict[str, Grant | KafkaGrant] = {
        f"{verb.lower()}-transactions": KafkaGrant(f"Developer{verb}", "transactional-id", FLINK_TRANSACTIONS)
        for verb in ("Read", "Write")
    }
    routed = f"{world.routes.topic_prefix}*"
    grants["write-routed"] = KafkaGrant("DeveloperWrite", "topic", routed)
    grants["routed-subjects"] = world.subject_grant("DeveloperRead", routed)
    for source in world.routes.sources:
        grants[f"read-{source.name}"] = KafkaGrant("DeveloperRead", "topic", source.topic)
        grants[f"{source.name}-subjects"] = world.subject_grant("DeveloperRead", f"{source.topic}-*")
        grants[f"write-unrouted-{source.name}"] = KafkaGrant("DeveloperWrite", "topic", source.unrouted_topic)
        grants[f"unrouted-{source.name}-subjects"] = world.subject_grant("DeveloperRead", f"{source.unrouted_topic}-*")
        letters = source.dead_letter_topic
        grants[f"write-letters-{source.name}"] = KafkaGrant("DeveloperWrite", "topic", letters)
        grants[f"letters-{source.name}-subjects"] = world.subject_grant("DeveloperRead", f"{letters}-*")
    return world.identity("flink", "Routing statements run as this account", grants)


def operator(world: World) -> IdentityArgs:
    """`cdc status` and `cdc tail` look as this account: it reads everything and changes nothing but its own groups."""
    return world.identity(
        "operator",
        "People on call look at topics and statements as this account",
        {
            "read-topics": KafkaGrant("DeveloperRead", "topic", "*"),
            "read-groups": KafkaGrant("DeveloperRead", "group", TOOL_GROUPS),
            "subjects": world.subject_grant("DeveloperRead", "*"),
            "flink": world.environment_grant("FlinkDeveloper"),
        },
        ("kafka", "registry", "flink"),
    )


def redriver(world: World) -> IdentityArgs:
    """`cdc dead-letters redrive` writes letters back as this account, in transactions of its own."""
    grants: dict[str, Grant | KafkaGrant] = {
        f"{verb.lower()}-transactions": KafkaGrant(f"Developer{verb}", "transactional-id", dead_letters.TRANSACTIONS)
        for verb in ("Read", "Write")
    }
    for source in world.routes.sources:
        grants[f"write-{source.name}"] = KafkaGrant("DeveloperWrite", "topic", source.topic)
        grants[f"write-letters-{source.name}"] = KafkaGrant("DeveloperWrite", "topic", source.dead_letter_topic)
    return world.identity("redriver", "Dead letters are written back as this account", grants, ("kafka",))


def consumer(world: World, who: Consumer) -> IdentityArgs:
    """A consumer reads its own topics, their subjects, and uses groups of its own prefix: nothing of anybody else's."""
    grants: dict[str, Grant | KafkaGrant] = {"group": KafkaGrant("DeveloperRead", "group", f"{who.group}*")}
    for route in world.routes.read_by(who):
        grants[f"read-{route.name}"] = KafkaGrant("DeveloperRead", "topic", route.topic)
        grants[f"{route.name}-subjects"] = world.subject_grant("DeveloperRead", f"{route.topic}-*")
    return world.identity(who.name, f"The consumer {who.name}", grants, ("kafka", "registry"))


def declare_acls(identities: Identities, plane: DataPlane, opts: pulumi.ResourceOptions) -> dict[str, Acls]:
    """ACLs of the identities that have some: on a Basic cluster only. They need the deployer's key, so they come last."""
    found = {"flink-runner": identities.flink, "operator": identities.operator, "redriver": identities.redriver}
    found |= identities.consumers
    return {
        name: Acls(f"{name}-acls", identity.principal, identity.acls, plane, opts)
        for name, identity in found.items()
        if identity.acls
    }
