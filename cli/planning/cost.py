"""What a graph costs in a month, with every assumption beside it."""

import math
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from policies.graph import Graph
from stacks.routes.model import Routes
from stacks.settings.model import Settings
from stacks.settings.source_database import AuroraBackend

PRICES: dict[str, Any] = tomllib.loads((Path(__file__).parent / "prices.toml").read_text())
HOURS = 730
GIB = 2**30
# Per eCKU: megabytes in and out a second, partitions (Confluent's documentation of cluster types).
CAPACITY = {"basic": (5, 15, 30), "standard": (25, 75, 250), "enterprise": (60, 180, 3000)}
EVENTS_PER_CFU = 50_000  # measured on open-source Flink, one core, one route: each further route costs about an eighth


@dataclass(frozen=True, slots=True)
class Line:
    """One item: dollars a month, and how they come about. No figure where no price is known."""

    item: str
    dollars: float | None
    because: str


def estimate(settings: Settings, routes: Routes, graph: Graph) -> list[Line]:
    """Every item that has a price."""
    return [*confluent(settings, routes, graph), *aws(settings, graph)]


def total(lines: list[Line]) -> float:
    """Dollars a month."""
    return sum(line.dollars or 0 for line in lines)


def idle(settings: Settings, routes: Routes, graph: Graph) -> float:
    """Dollars an hour of a stack that nothing happens on: what it costs to try."""
    still = settings.traffic.model_copy(update={"events_per_second": 0.0})
    return total(estimate(settings.model_copy(update={"traffic": still}), routes, graph)) / HOURS


def confluent(settings: Settings, routes: Routes, graph: Graph) -> Iterator[Line]:
    """Cluster, Flink, connector, data, storage."""
    prices, traffic = PRICES["confluent"], settings.traffic
    rate = traffic.events_per_second * traffic.bytes_per_event
    topics = graph.confluent("kafkaTopic")
    partitions = sum(int(t.get("partitionsCount")) for t in topics)
    incoming, outgoing = 2 * rate, 2 * rate  # each event goes to the raw topic and one routed topic, and is read twice
    yield cluster(settings, incoming / 1e6, outgoing / 1e6, partitions)
    package = settings.environment.governance
    yield Line(
        "Stream Governance",
        prices["governance_hour"][package] * HOURS,
        f"the package {package}, an hour and environment",
    )
    if settings.private:
        command = (
            f"confluent billing price list --cloud aws --region {settings.kafka.region} --network-type private-link"
        )
        yield Line("Confluent's PrivateLink", None, f"access points and traffic, both ways: {command}")
    statements = graph.running_statements()
    spread = 1 + 0.12 * max(0, len(routes.routes) - 1)
    cfu = len(statements) * max(1, math.ceil(traffic.events_per_second * spread / EVENTS_PER_CFU))
    yield Line("Flink", cfu * prices["cfu_hour"] * HOURS, f"{cfu} CFU for {len(statements)} statement(s)")
    yield Line("Connector", prices["connector_task_hour"] * HOURS, "1 task; price of 2022's list")
    gigabytes = (incoming + outgoing) * 3600 * HOURS / GIB
    yield Line("Data", gigabytes * prices["data_gb"], f"{gigabytes:,.0f} GB in and out")
    stored = rate * 86400 * (routes.sources[0].retention_days + 7) / GIB
    yield Line("Topic storage", stored * prices["storage_gb_month"], f"{stored:,.0f} GB kept")


def cluster(settings: Settings, incoming: float, outgoing: float, partitions: int) -> Line:
    """The cluster by its type. Megabytes a second."""
    kafka = settings.kafka
    if kafka.type == "dedicated":
        return Line("Kafka cluster", None, f"{kafka.cku} CKU: ask Confluent for the price")
    limits = CAPACITY[kafka.type]
    needed = max(1, math.ceil(incoming / limits[0]), math.ceil(outgoing / limits[1]), math.ceil(partitions / limits[2]))
    if kafka.type != "basic" and kafka.availability in ("HIGH", "MULTI_ZONE"):
        needed = max(needed, 2)
    charged = max(0, needed - 1) if kafka.type == "basic" else needed
    price = charged * PRICES["confluent"]["ecku_hour"][kafka.type] * HOURS
    return Line(
        "Kafka cluster", price, f"{needed} eCKU ({kafka.type}) for {partitions} partitions, {incoming:.2f} MB/s in"
    )


def aws(settings: Settings, graph: Graph) -> Iterator[Line]:
    """Database, proxy, endpoints, and what is counted by the piece."""
    backend, prices = settings.backend, PRICES["aws"]
    if not isinstance(backend, AuroraBackend):
        return
    hourly = prices["instance_hour"].get(backend.instance_class)
    because = f"{backend.instances} x {backend.instance_class}"
    yield Line(
        "Aurora instances",
        backend.instances * hourly * HOURS if hourly else None,
        because if hourly else f"{because}: no price in prices.toml",
    )
    million = settings.traffic.events_per_second * 3600 * HOURS / 1e6
    yield Line("Aurora I/O", million * 4 * prices["io_million"], f"4 requests an event, {million:,.0f} M events")
    vcpus = 2 * backend.instances
    yield Line(
        "RDS Proxy",
        max(2, vcpus) * prices["proxy_vcpu_hour"] * HOURS,
        f"{max(2, vcpus)} vCPU of the instances behind it",
    )
    yield Line(
        "Events API", million * prices["api_million"], f"{million:,.0f} M requests; Lambda's own time not counted"
    )
    endpoints = graph.aws("ec2/vpcEndpoint")
    zones = sum(len(e.get("subnetIds") or []) for e in endpoints)
    yield Line(
        "VPC endpoints", zones * prices["endpoint_zone_hour"] * HOURS, f"{len(endpoints)} in {zones} zone places"
    )
    if settings.private:
        passed = settings.traffic.events_per_second * settings.traffic.bytes_per_event * 3600 * HOURS / GIB
        because = f"{2 * passed:,.0f} GB: changes out to the connector, events in to one consumer each"
        yield Line("PrivateLink traffic", 2 * passed * prices["endpoint_gb"], because)
    if balancers := graph.aws("lb/loadBalancer"):
        yield Line(
            "Load balancer",
            len(balancers) * prices["balancer_hour"] * HOURS,
            "PrivateLink of Confluent's side not counted",
        )
    pieces = (
        ("kms/key", "kms_key_month"),
        ("secretsmanager/secret", "secret_month"),
        ("cloudwatch/metricAlarm", "alarm_month"),
    )
    found = {kind: len(graph.aws(kind)) for kind, _ in pieces}
    yield Line(
        "Keys, secrets, alarms",
        sum(found[kind] * prices[price] for kind, price in pieces),
        ", ".join(f"{n} {kind.rpartition('/')[2]}" for kind, n in found.items()),
    )
