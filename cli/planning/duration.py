"""How long an `up` takes at least: the longest chain of waits through the graph.

Confluent's waits are fixed in its provider (90 s after a role binding, 60 s after a registry or Flink key, 10 s after a
topic or ACL); the others are typical times from vendors' documentation and issues.
"""

from functools import cache

from policies.graph import Graph

SECONDS = {
    "environment": 5,
    "kafkaCluster": 60,
    "roleBinding": 90,
    "apiKey": 60,
    "kafkaTopic": 10,
    "kafkaAcl": 10,
    "schema": 2,
    "subjectConfig": 2,
    "connector": 120,
    "flinkComputePool": 60,
    "flinkStatement": 5,
    "gateway": 120,
    "accessPoint": 300,
    "privateLinkAttachment": 60,
    "privateLinkAttachmentConnection": 120,
    "rds/cluster": 60,
    "rds/clusterInstance": 420,
    "rds/proxy": 300,
    "rds/proxyTarget": 60,
    "ec2/vpcEndpoint": 60,
    "lb/loadBalancer": 120,
    "lambda/function": 30,
    "lambda/invocation": 10,
}


def chain(graph: Graph) -> list[tuple[str, int]]:
    """The longest chain: (resource, seconds), in the order they are made. Only what takes time."""
    resources = graph.resources

    @cache
    def longest(name: str) -> tuple[int, tuple[str, ...]]:
        resource = resources[name]
        before = max((longest(d) for d in resource.dependencies if d in resources), default=(0, ()))
        own = SECONDS.get(resource.type, 0)
        return before[0] + own, (*before[1], name) if own else before[1]

    _, names = max((longest(name) for name in resources), default=(0, ()))
    return [(name, SECONDS[resources[name].type]) for name in names]


def seconds(graph: Graph) -> int:
    """Of the longest chain."""
    return sum(took for _, took in chain(graph))
