"""Alarms, each with a runbook, one dashboard, and who hears of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pulumi
import pulumi_aws as aws

from stacks.components.aws.context import AwsContext
from stacks.components.aws.iam import Json, document
from stacks.components.base import Component

GIB = 1024**3
RUNBOOKS = "docs/runbooks"


@dataclass(frozen=True, kw_only=True, slots=True)
class Watch:
    """One metric and the value that wakes somebody. Periods in seconds; `statistic` may be a percentile (`p99`)."""

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
NAMESPACES = {
    "database": "AWS/RDS",
    "writer": "AWS/RDS",
    "dead-letters": "AWS/SQS",
    "proxy": "AWS/RDS",
    "api": "AWS/ApiGateway",
    "function": "AWS/Lambda",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Watched:
    """What is watched: dimensions by group, and functions by name with their timeout in seconds and runbook.

    `concurrency`: how many events API functions run at once at most, each with a connection.
    """

    dimensions: Mapping[str, Mapping[str, pulumi.Input[str]]]
    functions: Mapping[str, tuple[pulumi.Input[str], int, str]]
    concurrency: int


@dataclass(frozen=True, kw_only=True, slots=True)
class AlarmsArgs:
    """Who is told, and of what."""

    context: AwsContext
    email: str | None
    key_arn: pulumi.Input[str]
    cluster_id: pulumi.Input[str]
    watched: Watched


class Alarms(Component):
    """Topic, alarms, failover events, dashboard."""

    TYPE = "cdc:aws:Alarms"
    topic: aws.sns.Topic
    publishers: aws.sns.TopicPolicy

    def __init__(self, name: str, args: AlarmsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self.topic = self.make_topic(args)
        fixed = [sized(watch, args.watched.concurrency) for watch in WATCHES]
        fixed += [DEAD_LETTERS] if "dead-letters" in args.watched.dimensions else []
        watches = [
            *fixed,
            *(w for n, (_, seconds, book) in args.watched.functions.items() for w in of_function(n, seconds, book)),
        ]
        for watch in watches:
            self.alarm(watch, dimensions(watch, args.watched), args.context)
        aws.rds.EventSubscription(
            f"{name}-database-events",
            name=args.context.name("database-events"),
            sns_topic=self.topic.arn,
            source_type="db-cluster",
            source_ids=[args.cluster_id],
            event_categories=["failover", "failure", "maintenance", "notification"],
            opts=self.child(depends_on=[self.publishers]),  # RDS tries to publish when it is made
        )
        aws.cloudwatch.Dashboard(
            f"{name}-dashboard",
            dashboard_name=args.context.name("cdc"),
            dashboard_body=dashboard(watches, args.watched, args.context.region),
            opts=self.child(),
        )
        self.register_outputs({"topicArn": self.topic.arn})

    def make_topic(self, args: AlarmsArgs) -> aws.sns.Topic:
        """The topic that alarms and database events go to."""
        topic = aws.sns.Topic(
            f"{self.name}-topic", name=args.context.name("alarms"), kms_master_key_id=args.key_arn, opts=self.child()
        )
        account = {"StringEquals": {"aws:SourceAccount": args.context.account}}
        publish: Json = {
            "Sid": "Alarms",
            "Effect": "Allow",
            "Principal": {"Service": ["cloudwatch.amazonaws.com", "events.rds.amazonaws.com"]},
            "Action": "sns:Publish",
            "Resource": topic.arn,
            "Condition": account,
        }
        self.publishers = aws.sns.TopicPolicy(
            f"{self.name}-policy", arn=topic.arn, policy=document(publish), opts=self.child()
        )
        if args.email:
            aws.sns.TopicSubscription(
                f"{self.name}-email", topic=topic.arn, protocol="email", endpoint=args.email, opts=self.child()
            )
        return topic

    def alarm(self, watch: Watch, where: Mapping[str, pulumi.Input[str]], context: AwsContext) -> None:
        """One alarm; its description says what it means and where to read on."""
        percentile = watch.statistic if watch.statistic.startswith("p") else None
        aws.cloudwatch.MetricAlarm(
            f"{self.name}-{watch.name}",
            name=context.name(watch.name),
            alarm_description=f"{watch.what}. Runbook: {RUNBOOKS}/{watch.runbook}.md",
            namespace=NAMESPACES[watch.group],
            metric_name=watch.metric,
            dimensions=dict(where),
            statistic=None if percentile else watch.statistic,
            extended_statistic=percentile,
            comparison_operator="LessThanThreshold" if watch.below else "GreaterThanThreshold",
            threshold=watch.threshold,
            period=watch.period,
            evaluation_periods=watch.periods,
            treat_missing_data="notBreaching",
            alarm_actions=[self.topic.arn],
            ok_actions=[self.topic.arn],
            opts=self.child(),
        )


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


def dimensions(watch: Watch, watched: Watched) -> Mapping[str, pulumi.Input[str]]:
    """What tells this metric from others of its name."""
    if watch.group != "function":
        return watched.dimensions[watch.group]
    return {"FunctionName": watched.functions[watch.name.rpartition("-")[0]][0]}


def dashboard(watches: Sequence[Watch], watched: Watched, region: str) -> pulumi.Output[str]:
    """One graph per watch, two in a row, each with the line that wakes somebody."""
    widgets: list[Json] = []
    for number, watch in enumerate(watches):
        names = [item for pair in dimensions(watch, watched).items() for item in pair]
        widgets.append(
            {
                "type": "metric",
                "x": 12 * (number % 2),
                "y": 6 * (number // 2),
                "width": 12,
                "height": 6,
                "properties": {
                    "title": watch.what,
                    "region": region,
                    "stat": watch.statistic,
                    "period": watch.period,
                    "metrics": [[NAMESPACES[watch.group], watch.metric, *names]],
                    "annotations": {"horizontal": [{"label": watch.name, "value": watch.threshold}]},
                },
            }
        )
    return pulumi.Output.json_dumps({"widgets": widgets})
