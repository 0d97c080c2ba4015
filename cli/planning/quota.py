"""How much of Confluent's limits a graph uses. Limits: Confluent's documentation of cluster types, 2026."""

from dataclasses import dataclass

from policies.graph import Graph
from stacks.settings.model import Settings

# Per unit (eCKU or CKU) partitions; per cluster ACLs, API keys, partitions made or deleted in five minutes.
LIMITS = {
    "basic": (30, 1_000, 50, 250),
    "standard": (250, 1_000, 100, 500),
    "enterprise": (3_000, 4_000, 500, 500),
    "dedicated": (4_500, 10_000, 2_000, 5_000),
}
MOST_UNITS = {"basic": 50, "standard": 10, "enterprise": 10, "dedicated": 24}


@dataclass(frozen=True, slots=True)
class Use:
    """How much of a limit is used."""

    what: str
    used: int
    limit: int

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return self.used / self.limit


def usage(settings: Settings, graph: Graph) -> list[Use]:
    """Partitions, ACLs, keys, CFU."""
    kafka = settings.kafka
    per_unit, acls, keys, _ = LIMITS[kafka.type]
    units = kafka.cku if kafka.type == "dedicated" else kafka.max_ecku or MOST_UNITS[kafka.type]
    partitions = sum(int(t.get("partitionsCount")) for t in graph.confluent("kafkaTopic"))
    cluster_keys = [k for k in graph.confluent("apiKey") if "-kafka-key-" in k.name]
    return [
        Use("partitions", partitions, per_unit * units),
        Use("ACLs", len(graph.confluent("kafkaAcl")), acls),
        Use("API keys of the cluster", len(cluster_keys), keys),
        Use("CFU, one per statement at least", len(graph.running_statements()), settings.flink.max_cfu),
    ]
