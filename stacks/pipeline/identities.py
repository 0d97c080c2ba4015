"""Who does what: one identity per job, with the roles of that job and no others."""

from stacks.components.confluent import crn
from stacks.components.confluent.acls import Acls, AclsArgs
from stacks.components.confluent.endpoints import AccessPoint, Endpoints
from stacks.components.confluent.identity import Grant, Identity, IdentityArgs
from stacks.components.confluent.kafka import Kafka
from stacks.components.confluent.registry import Registry, RegistryArgs
from stacks.components.confluent.topics import DataPlane
from stacks.pipeline.context import Context, Identities, Platform
from stacks.pipeline.grants import KafkaGrant, Scope
from stacks.pipeline.private_network import PrivateNetwork
from stacks.routes.model import Consumer
from stacks.statements import dead_letters

FLINK_TRANSACTIONS = "_confluent-flink_*"  # transactional ids of every Flink statement on Confluent Cloud
TOOL_GROUPS = "cdc-tools-*"  # consumer groups of `cdc tail` and `cdc status`


def declare(context: Context, kafka: Kafka, private: PrivateNetwork) -> Platform:
    """Registry, addresses and identities."""
    registry_args = RegistryArgs(environment_id=kafka.environment.id, cluster=kafka.cluster, provider=context.confluent)
    registry = Registry("registry", registry_args, context.below)
    identities = declare_identities(Scope(context=context, kafka=kafka, registry=registry, after=private.ways_in))
    endpoints = addresses(context, kafka, registry, private)
    plane = DataPlane(
        cluster_id=kafka.cluster.id,
        rest_endpoint=endpoints.kafka_rest,
        credentials=identities.deployer.credentials("kafka"),
        registry_id=registry.id,
        registry_endpoint=endpoints.registry,
        registry_credentials=identities.deployer.credentials("registry"),
    )
    return Platform(kafka=kafka, registry=registry, endpoints=endpoints, identities=identities, data_plane=plane)


def addresses(context: Context, kafka: Kafka, registry: Registry, private: PrivateNetwork) -> Endpoints:
    """Of our access point; or the region's, where a private cluster is out of reach of Flink's public address."""
    if private.access_point_id is not None:
        point = AccessPoint(
            identity=private.access_point_id,
            environment_id=kafka.environment.id,
            cluster_id=kafka.cluster.id,
            region=context.settings.kafka.region,
            provider=context.confluent,
            ready=private.ways_in,
        )
        return point.endpoints()
    regional = context.settings.private
    return Endpoints(
        bootstrap=kafka.cluster.bootstrap_endpoint,
        kafka_rest=kafka.cluster.rest_endpoint,
        registry=registry.rest_endpoint,
        registry_for_clients=registry.private_endpoint if regional else registry.rest_endpoint,
        flink=context.region.private_rest_endpoint if regional else context.region.rest_endpoint,
    )


def declare_identities(scope: Scope) -> Identities:
    """Every identity. The runner comes before the deployer, who may assign it."""
    below = scope.context.below
    flink = Identity("flink-runner", flink_runner(scope), below)
    connector_args = scope.identity("connector", "The CDC connector writes the raw topics as this account", {})
    return Identities(
        deployer=Identity("deployer", deployer(scope, flink), below),
        connector=Identity("connector", connector_args, below),
        flink=flink,
        operator=Identity("operator", operator(scope), below),
        redriver=Identity("redriver", redriver(scope), below),
        consumers={c.name: Identity(c.name, consumer(scope, c), below) for c in scope.context.routes.consumers},
    )


def deployer(scope: Scope, runner: Identity) -> IdentityArgs:
    """Owns the keys that Pulumi makes topics, schemas and statements with."""
    assign = crn.account(scope.context.organization.resource_name, runner.account.id)
    return scope.identity(
        "deployer",
        "Pulumi makes topics, schemas and statements as this account",
        {
            "cluster-admin": Grant(role="CloudClusterAdmin", crn=scope.kafka.cluster.rbac_crn),
            "subjects": scope.subject("ResourceOwner", "*"),
            "flink": scope.environment("FlinkDeveloper"),
            "assign-runner": Grant(role="Assigner", crn=assign),
            **catalog_grant(scope),
        },
        ("kafka", "registry", "flink"),
    )


def catalog_grant(scope: Scope) -> dict[str, Grant]:
    """Tags and owners in the catalog are a data steward's, who comes with the package that has them."""
    if scope.context.settings.environment.governance != "ADVANCED":
        return {}
    return {"catalog": scope.environment("DataSteward")}


def transactions(prefix: str) -> dict[str, Grant | KafkaGrant]:
    """Transactions whose ids begin like this."""
    return {
        f"{verb.lower()}-transactions": KafkaGrant(f"Developer{verb}", "transactional-id", prefix)
        for verb in ("Read", "Write")
    }


def flink_runner(scope: Scope) -> IdentityArgs:
    """Routing statements run as this account: read raw, write routed and unrouted, in transactions of its own."""
    routes = scope.context.routes
    grants = transactions(FLINK_TRANSACTIONS)
    routed = f"{routes.topic_prefix}*"
    grants["write-routed"] = KafkaGrant("DeveloperWrite", "topic", routed)
    grants["routed-subjects"] = scope.subject("DeveloperRead", routed)
    for source in routes.sources:
        grants[f"read-{source.name}"] = KafkaGrant("DeveloperRead", "topic", source.topic)
        grants[f"{source.name}-subjects"] = scope.subject("DeveloperRead", f"{source.topic}-*")
        for label, topic in (("unrouted", source.unrouted_topic), ("letters", source.dead_letter_topic)):
            grants[f"write-{label}-{source.name}"] = KafkaGrant("DeveloperWrite", "topic", topic)
            grants[f"{label}-{source.name}-subjects"] = scope.subject("DeveloperRead", f"{topic}-*")
    return scope.identity("flink", "Routing statements run as this account", grants)


def operator(scope: Scope) -> IdentityArgs:
    """`cdc status` and `cdc tail` look as this account: it reads everything and changes nothing but its own groups."""
    return scope.identity(
        "operator",
        "People on call look at topics and statements as this account",
        {
            "read-topics": KafkaGrant("DeveloperRead", "topic", "*"),
            "read-groups": KafkaGrant("DeveloperRead", "group", TOOL_GROUPS),
            "subjects": scope.subject("DeveloperRead", "*"),
            "flink": scope.environment("FlinkDeveloper"),
        },
        ("kafka", "registry", "flink"),
    )


def redriver(scope: Scope) -> IdentityArgs:
    """`cdc dead-letters redrive` writes records back as this account, in transactions of its own."""
    grants = transactions(dead_letters.TRANSACTIONS)
    for source in scope.context.routes.sources:
        grants[f"write-{source.name}"] = KafkaGrant("DeveloperWrite", "topic", source.topic)
        grants[f"write-letters-{source.name}"] = KafkaGrant("DeveloperWrite", "topic", source.dead_letter_topic)
    return scope.identity("redriver", "Dead letters are written back as this account", grants, ("kafka",))


def consumer(scope: Scope, who: Consumer) -> IdentityArgs:
    """A consumer reads its own topics, their subjects, and uses groups of its own prefix: nothing of anybody else's.

    One that asks for it also writes its own dead-letter topic.
    """
    grants: dict[str, Grant | KafkaGrant] = {"group": KafkaGrant("DeveloperRead", "group", f"{who.group}*")}
    for route in scope.context.routes.read_by(who):
        grants[f"read-{route.name}"] = KafkaGrant("DeveloperRead", "topic", route.topic)
        grants[f"{route.name}-subjects"] = scope.subject("DeveloperRead", f"{route.topic}-*")
    if who.dead_letter:
        grants["write-dead-letters"] = KafkaGrant("DeveloperWrite", "topic", who.dead_letter_topic)
        grants["dead-letter-subjects"] = scope.subject("DeveloperRead", f"{who.dead_letter_topic}-*")
    return scope.identity(who.name, f"The consumer {who.name}", grants, ("kafka", "registry"))


def declare_acls(context: Context, platform: Platform) -> dict[str, Acls]:
    """ACLs of the identities that have some: on a Basic cluster only. They need the deployer's key, so they come last."""
    known = platform.identities
    own = {"flink-runner": known.flink, "operator": known.operator, "redriver": known.redriver, **known.consumers}
    return {
        name: Acls(
            f"{name}-acls",
            AclsArgs(principal=identity.principal, acls=identity.acls, plane=platform.data_plane),
            context.below,
        )
        for name, identity in own.items()
        if identity.acls
    }
