"""What wakes somebody: metrics of AWS, and of the pipeline where a collector brings them to CloudWatch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

GIB = 1024**3


@dataclass(frozen=True, kw_only=True, slots=True)
class Watch:
    """One metric and the value that wakes somebody. Periods in seconds; `statistic` may be a percentile (`p99`).

    `labels`: dimensions beside the group's. `part_of`: another metric and its labels; what is compared is the share of
    that. `silent`: no value at all is an alarm, too.
    """

    name: str
    group: str
    metric: str
    threshold: float
    runbook: str
    what: str
    statistic: str = "Maximum"
    below: bool = False
    period: int = 60
    periods: int = 5
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    part_of: tuple[str, Mapping[str, str]] | None = None
    silent: bool = False


WATCHES = (
    Watch(name="database-cpu", group="writer", metric="CPUUtilization", threshold=80, runbook="database-load", what="The database is busy (per cent)", statistic="Average", periods=10),
    Watch(name="database-connections", group="database", metric="DatabaseConnections", threshold=300, runbook="database-load", what="Many connections are open"),
    Watch(name="database-storage", group="database", metric="FreeLocalStorage", threshold=2 * GIB, runbook="database-storage", what="Little local storage is left (bytes)", statistic="Minimum", below=True),
    Watch(name="slot-lag", group="database", metric="OldestReplicationSlotLag", threshold=2 * GIB, runbook="slot", what="The connector is behind: the slot's oldest byte is far back (bytes)"),
    Watch(name="slot-disk", group="database", metric="ReplicationSlotDiskUsage", threshold=5 * GIB, runbook="slot", what="The slot keeps much on disk (bytes)"),
    Watch(name="wal-kept", group="database", metric="TransactionLogsDiskUsage", threshold=20 * GIB, runbook="slot", what="Much WAL is kept (bytes)"),
    Watch(name="proxy-borrow", group="proxy", metric="DatabaseConnectionsBorrowLatency", threshold=1_000_000, runbook="events-api", what="Callers wait for a connection (microseconds)"),
    Watch(name="proxy-connections", group="proxy", metric="DatabaseConnectionsCurrentlyBorrowed", threshold=0, runbook="events-api", what="Most of the pool is in use"),
    Watch(name="api-errors", group="api", metric="5xx", threshold=5, runbook="events-api", what="The events API answers with errors", statistic="Sum"),
    Watch(name="api-latency", group="api", metric="Latency", threshold=2000, runbook="events-api", what="The events API is slow (milliseconds)", statistic="p99"),
)  # fmt: skip
FUNCTION_WATCHES = (
    ("errors", "Errors", 1, "Sum", "fails"),
    ("throttles", "Throttles", 1, "Sum", "is called more often than it may run"),
)
DEAD_LETTERS = Watch(name="writer-target-dead-letters", group="dead-letters", metric="ApproximateNumberOfMessagesVisible", threshold=0, runbook="writer-target", what="The function writer-target could not do something", periods=1)  # fmt: skip
# What `cdc metrics --otlp` exports, as examples/monitoring/collector.yaml writes it to CloudWatch: the rules of
# examples/monitoring/alerts.yaml, for a stack without Prometheus.
PIPELINE = (
    Watch(name="pipeline-watched", group="pipeline", metric="cdc_connector_running", threshold=1, runbook="connector", what="Nobody looks at the stack: cdc metrics or its collector is down", statistic="SampleCount", below=True, silent=True),
    Watch(name="heartbeat", group="pipeline", metric="cdc_heartbeat_age_seconds", threshold=60, runbook="connector", what="The connector captures nothing, whatever its state says (seconds)", periods=2),
    Watch(name="connector", group="pipeline", metric="cdc_connector_running", threshold=1, runbook="connector", what="The connector or one of its tasks does not run", statistic="Minimum", below=True, periods=2),
    Watch(name="capture-lag", group="pipeline", metric="cdc_capture_lag_seconds", threshold=60, runbook="connector", what="Rows are captured late (seconds)", periods=2),
    Watch(name="slot-read", group="pipeline", metric="cdc_slot_active", threshold=1, runbook="slot", what="Nobody reads the replication slot", statistic="Minimum", below=True, periods=2),
    Watch(name="slot-kept", group="pipeline", metric="cdc_slot_kept_bytes", threshold=10e9, runbook="slot", what="The server keeps much log for the slot (bytes)"),
    Watch(name="statement", group="pipeline", metric="cdc_statement_running", threshold=1, runbook="statement", what="A routing statement does not run", statistic="Minimum", below=True, periods=2),
    Watch(name="nothing-taken", group="pipeline", metric="cdc_untaken_records", threshold=0, runbook="statement", what="Rows came, and no statement has taken one", periods=2),
    Watch(name="readers-held", group="pipeline", metric="cdc_held_partitions", threshold=0, runbook="held-readers", what="read_committed readers stand still (partitions)", periods=2),
    Watch(name="unreadable", group="pipeline", metric="cdc_dead_letters_recent", threshold=0, runbook="dead-letters", what="Records could not be read", periods=1),
    Watch(name="unreadable-share", group="pipeline", metric="cdc_dead_letters_recent", part_of=("cdc_raw_records_recent", {}), threshold=0.01, runbook="dead-letters", what="More than a hundredth of the records cannot be read", periods=2),
    Watch(name="unrouted-share", group="pipeline", metric="cdc_topic_offsets", labels={"kind": "unrouted"}, part_of=("cdc_topic_offsets", {"kind": "raw"}), threshold=0.5, runbook="statement", what="No route takes most of what comes", statistic="Sum", periods=10),
    Watch(name="consumer-behind", group="pipeline", metric="cdc_consumer_oldest_unread_seconds", threshold=900, runbook="consumer", what="A consumer has not read for long (seconds)"),
    Watch(name="canary-lost", group="pipeline", metric="cdc_canary_lost", threshold=0, runbook="statement", what="A marked event did not arrive", statistic="Sum", periods=1),
    Watch(name="canary-late", group="pipeline", metric="cdc_e2e_latency_seconds", labels={"stage": "readable"}, threshold=90, runbook="statement", what="Events become readable late (seconds)"),
)  # fmt: skip
NAMESPACES = {
    "database": "AWS/RDS",
    "writer": "AWS/RDS",
    "dead-letters": "AWS/SQS",
    "proxy": "AWS/RDS",
    "api": "AWS/ApiGateway",
    "function": "AWS/Lambda",
}


def sized(watch: Watch, concurrency: int) -> Watch:
    """Most of the functions hold a connection: the pool is nearly used up."""
    return replace(watch, threshold=0.8 * concurrency) if watch.name == "proxy-connections" else watch


def of_function(name: str, seconds: int, runbook: str) -> Sequence[Watch]:
    """Errors, throttles, and runs that take more than 80 % of the time they have."""
    found = [
        Watch(name=f"{name}-{label}", group="function", metric=metric, threshold=limit - 0.5, runbook=runbook, what=f"The function {name} {what}", statistic=statistic, periods=1)
        for label, metric, limit, statistic, what in FUNCTION_WATCHES
    ]  # fmt: skip
    slow = Watch(name=f"{name}-duration", group="function", metric="Duration", threshold=seconds * 800, periods=1, runbook=runbook, what=f"The function {name} is close to its timeout (milliseconds)", statistic="p99")  # fmt: skip
    return [*found, slow]
