"""Alarms, each with a runbook, one dashboard, and who hears of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pulumi
import pulumi_aws as aws

from stacks.components.aws.context import AwsContext
from stacks.components.aws.iam import Json, document
from stacks.components.aws.watches import DEAD_LETTERS, NAMESPACES, PIPELINE, WATCHES, Watch, of_function, sized
from stacks.components.base import Component

RUNBOOKS = "docs/runbooks"


@dataclass(frozen=True, kw_only=True, slots=True)
class Watched:
    """What is watched: dimensions by group, and functions by name with their timeout in seconds and runbook.

    `concurrency`: how many events API functions run at once at most, each with a connection. `namespace`: where the
    pipeline's own figures are, None where nobody brings them.
    """

    dimensions: Mapping[str, Mapping[str, pulumi.Input[str]]]
    functions: Mapping[str, tuple[pulumi.Input[str], int, str]]
    concurrency: int
    namespace: str | None


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
        fixed += PIPELINE if args.watched.namespace else []
        watches = [
            *fixed,
            *(w for n, (_, seconds, book) in args.watched.functions.items() for w in of_function(n, seconds, book)),
        ]
        for watch in watches:
            self.alarm(watch, args)
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

    def alarm(self, watch: Watch, args: AlarmsArgs) -> None:
        """One alarm; its description says what it means and where to read on."""
        aws.cloudwatch.MetricAlarm(
            f"{self.name}-{watch.name}",
            name=args.context.name(watch.name),
            alarm_description=f"{watch.what}. Runbook: {RUNBOOKS}/{watch.runbook}.md",
            **(share(watch, args.watched) if watch.part_of else figure(watch, args.watched)),
            comparison_operator="LessThanThreshold" if watch.below else "GreaterThanThreshold",
            threshold=watch.threshold,
            evaluation_periods=watch.periods,
            treat_missing_data="breaching" if watch.silent else "notBreaching",
            alarm_actions=[self.topic.arn],
            ok_actions=[self.topic.arn],
            opts=self.child(),
        )


def figure(watch: Watch, watched: Watched) -> dict[str, Any]:
    """An alarm's arguments for one metric."""
    percentile = watch.statistic if watch.statistic.startswith("p") else None
    return {
        "namespace": namespace(watch, watched),
        "metric_name": watch.metric,
        "dimensions": dict(dimensions(watch, watched)),
        "statistic": None if percentile else watch.statistic,
        "extended_statistic": percentile,
        "period": watch.period,
    }


def share(watch: Watch, watched: Watched) -> dict[str, Any]:
    """An alarm's arguments for a metric as a share of another; nothing of nothing is no share."""
    metric, labels = watch.part_of or ("", {})
    both = (("part", watch), ("whole", replace(watch, metric=metric, labels=labels)))
    queries = [
        aws.cloudwatch.MetricAlarmMetricQueryArgs(
            id=name,
            metric=aws.cloudwatch.MetricAlarmMetricQueryMetricArgs(
                namespace=namespace(one, watched),
                metric_name=one.metric,
                dimensions=dict(dimensions(one, watched)),
                stat=one.statistic,
                period=one.period,
            ),
        )
        for name, one in both
    ]
    divided = aws.cloudwatch.MetricAlarmMetricQueryArgs(
        id="share", expression="IF(whole > 0, part / whole, 0)", label=watch.what, return_data=True
    )
    return {"metric_queries": [*queries, divided]}


def namespace(watch: Watch, watched: Watched) -> str:
    """Where CloudWatch keeps the metric."""
    return watched.namespace or "" if watch.group == "pipeline" else NAMESPACES[watch.group]


def dimensions(watch: Watch, watched: Watched) -> Mapping[str, pulumi.Input[str]]:
    """What tells this metric from others of its name."""
    if watch.group != "function":
        return {**watched.dimensions[watch.group], **watch.labels}
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
                    "metrics": [[namespace(watch, watched), watch.metric, *names]],
                    "annotations": {"horizontal": [{"label": watch.name, "value": watch.threshold}]},
                },
            }
        )
    return pulumi.Output.json_dumps({"widgets": widgets})
