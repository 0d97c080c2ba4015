"""Alarms: the minimum set, each with a runbook that exists."""

import re
from collections.abc import Iterator
from pathlib import Path

from policies.graph import Graph
from policies.rule import aws, prod, whole

ROOT = Path(__file__).parents[2]
MINIMUM = {
    "rds/cluster": ("CPUUtilization", "DatabaseConnections", "FreeLocalStorage", "OldestReplicationSlotLag", "TransactionLogsDiskUsage"),
    "rds/proxy": ("DatabaseConnectionsBorrowLatency", "DatabaseConnectionsCurrentlyBorrowed"),
    "lambda/function": ("Errors", "Throttles", "Duration"),
    "apigatewayv2/api": ("5xx", "Latency"),
}  # fmt: skip


def minimum(graph: Graph) -> Iterator[tuple[str, str]]:
    watched = [alarm.get("metricName") for alarm in graph.aws("cloudwatch/metricAlarm")]
    for kind, metrics in MINIMUM.items():
        present = graph.aws(kind)
        wanted = len(present) if kind == "lambda/function" else 1
        for metric in metrics if present else ():
            if watched.count(metric) < wanted:
                yield present[0].name, f"no alarm on {metric}"


def runbooks(graph: Graph) -> Iterator[tuple[str, str]]:
    for alarm in graph.aws("cloudwatch/metricAlarm"):
        found = re.search(r"Runbook: (\S+\.md)", str(alarm.get("alarmDescription")))
        if not found or not (ROOT / found[1]).exists():
            yield alarm.name, "names no runbook that exists"


def heard(graph: Graph) -> Iterator[tuple[str, str]]:
    for topic in graph.aws("sns/topic"):
        if not graph.aws("sns/topicSubscription"):
            yield topic.name, "nobody hears of alarms"


def failovers(graph: Graph) -> Iterator[tuple[str, str]]:
    known = {c for s in graph.aws("rds/eventSubscription") for c in s.get("eventCategories") or []}
    for cluster in graph.aws("rds/cluster"):
        if not {"failover", "failure"} <= known:
            yield cluster.name, "failovers are not reported"


def public_topic(graph: Graph) -> Iterator[tuple[str, str]]:
    for policy in graph.aws("sns/topicPolicy"):
        if any(s.get("Principal") == "*" or not s.get("Condition") for s in policy.document()):
            yield policy.name, "lets anybody publish"


RULES = (
    whole("ALM-01", "what can fail has alarms", "add the alarm to stacks/components/aws/alarms.py", minimum),
    whole("ALM-02", "every alarm names a runbook that exists", "write docs/runbooks/<name>.md and name it", runbooks),
    aws("ALM-03", "cloudwatch/metricAlarm", "alarms go somewhere", "set alarm_actions", lambda r: bool(r.get("alarmActions"))),
    prod(whole("ALM-04", "somebody hears of prod's alarms", "set backend.alarms.email", heard)),
    whole("ALM-05", "failovers are reported", "add an EventSubscription", failovers),
    aws("ALM-06", "sns/topic", "the alarms' topic is encrypted", "set kms_master_key_id", lambda r: bool(r.get("kmsMasterKeyId"))),
    whole("ALM-07", "only services of this account publish alarms", "add a condition on aws:SourceAccount", public_topic),
)  # fmt: skip
