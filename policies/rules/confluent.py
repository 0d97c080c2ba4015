"""Environment, cluster, topics, schemas, pool."""

import json
import re
from collections.abc import Callable, Iterator

from policies.graph import Graph, Resource
from policies.rule import confluent, prod, whole

HOLDS_DATA = ("environment", "kafkaCluster", "kafkaTopic", "schema", "connector", "flinkComputePool")
SAFE_LEVELS = ("BACKWARD", "BACKWARD_TRANSITIVE", "FULL", "FULL_TRANSITIVE")
MAX_CFU = 50


def unprotected(graph: Graph) -> Iterator[tuple[str, str]]:
    for kind in HOLDS_DATA:
        for resource in graph.confluent(kind):
            if not resource.protect and not retired(graph, resource):
                yield resource.name, "holds data and is not protected"


def retired(graph: Graph, resource: Resource) -> bool:
    """Is this a topic that nothing writes, reads or may read any more, or a schema of it? It is let go of, in two updates."""
    topic = resource.known("topicName") or re.sub("-(key|value)$", "", str(resource.known("subjectName") or ""))
    own = ("kafkaTopic", "schema", "subjectConfig", "tagBinding", "catalogEntityAttributes")
    others = json.dumps([dict(r.props) for r in graph if r.type not in own], default=str)
    return bool(topic) and re.search(rf"(?<![\w.-]){re.escape(topic)}(?![\w.-])", others) is None


def zones(resource: Resource) -> bool:
    return resource.get("availability") in ("HIGH", "MULTI_ZONE")


def private(graph: Graph) -> Iterator[tuple[str, str]]:
    gateways = [g for g in graph.confluent("gateway") if g.get("awsIngressPrivateLinkGateway")]
    walls = [*gateways, *graph.confluent("privateLinkAttachment"), *graph.confluent("ipFilter")]
    for cluster in graph.confluent("kafkaCluster") if not walls else ():
        yield cluster.name, "can be reached from everywhere"


def config(name: str) -> Callable[[Resource], bool]:
    return lambda r: bool((r.get("config") or {}).get(name))


def schemas(graph: Graph) -> Iterator[tuple[str, str]]:
    subjects = {s.get("subjectName") for s in graph.confluent("schema")}
    for topic in graph.confluent("kafkaTopic"):
        name = topic.get("topicName")
        if str(name).startswith("heartbeat-"):
            continue
        for part in ("key", "value"):
            if f"{name}-{part}" not in subjects:
                yield topic.name, f"has no {part} schema"


def levels(graph: Graph) -> Iterator[tuple[str, str]]:
    known = {c.get("subjectName"): c.get("compatibilityLevel") for c in graph.confluent("subjectConfig")}
    for schema in graph.confluent("schema"):
        if known.get(schema.get("subjectName")) not in SAFE_LEVELS:
            yield schema.name, f"compatibility is {known.get(schema.get('subjectName'))}"


def heartbeat(graph: Graph) -> Iterator[tuple[str, str]]:
    topics = {t.get("topicName") for t in graph.confluent("kafkaTopic")}
    for connector in graph.confluent("connector"):
        values = connector.get("configNonsensitive") or {}
        topic = f"{values.get('topic.heartbeat.prefix')}.{values.get('topic.prefix')}"
        if topic not in topics:
            yield connector.name, f"writes its heartbeat to {topic}, which is not declared"


def catalog(graph: Graph) -> Iterator[tuple[str, str]]:
    described = len(graph.confluent("catalogEntityAttributes"))
    topics = [t for t in graph.confluent("kafkaTopic") if not str(t.get("topicName")).startswith("heartbeat-")]
    packages = [e.get("streamGovernance.package") for e in graph.confluent("environment")]
    if "ADVANCED" in packages and described < len(topics):
        yield topics[0].name, f"{len(topics) - described} topics have no owner in the catalog"


def unrouted(graph: Graph) -> Iterator[tuple[str, str]]:
    topics = {str(t.get("topicName")) for t in graph.confluent("kafkaTopic")}
    if topics and not any("unrouted" in name for name in topics):
        yield "topics", "nothing keeps what no route takes"


RULES = (
    prod(whole("CON-01", "what holds data is protected in prod", "set protect: true", unprotected)),
    prod(confluent("CON-02", "kafkaCluster", "prod's cluster stands in several zones", "set kafka.availability to HIGH or MULTI_ZONE", zones)),
    prod(confluent("CON-03", "kafkaCluster", "prod's cluster is not Basic", "set kafka.type to enterprise or dedicated", lambda r: r.get("basic") is None)),
    prod(confluent("CON-04", "kafkaCluster", "prod's cluster refuses its own deletion", "set protect: true", lambda r: r.get("deletionProtection") is True)),
    prod(whole("CON-05", "prod's cluster is private", "use kafka.type enterprise with connectivity privatelink", private)),
    confluent("CON-06", "environment", "the governance package is chosen", "set environment.governance", lambda r: r.get("streamGovernance.package") in ("ESSENTIALS", "ADVANCED")),
    confluent("CON-07", "kafkaTopic", "retention is chosen", "set retention.ms", config("retention.ms")),
    confluent("CON-08", "kafkaTopic", "the clean-up policy is chosen", "set cleanup.policy", config("cleanup.policy")),
    confluent("CON-09", "kafkaTopic", "the number of partitions is chosen", "set partitions_count: it can only grow", lambda r: isinstance(r.get("partitionsCount"), int)),
    whole("CON-10", "every topic has a key and a value schema", "declare them with the topic", schemas),
    whole("CON-11", "schemas stay compatible", "set compatibility_level to BACKWARD or stricter", levels),
    confluent("CON-12", "schema", "a changed schema is a new version", "leave recreate_on_update unset", lambda r: not r.get("recreateOnUpdate")),
    confluent("CON-13", "schema", "schemas are deleted softly", "leave hard_delete unset", lambda r: not r.get("hardDelete")),
    confluent("CON-14", "flinkComputePool", "the pool has a limit", f"set flink.maxCfu to {MAX_CFU} or less", lambda r: isinstance(r.get("maxCfu"), int) and r.get("maxCfu") <= MAX_CFU),
    whole("CON-15", "the heartbeat's topic exists before the connector", "declare it as a topic", heartbeat),
    whole("CON-16", "topics have an owner where the catalog is paid for", "declare catalog entries", catalog),
    whole("CON-17", "events that no route takes are kept", "give each source an unroutedTopic", unrouted),
)  # fmt: skip
