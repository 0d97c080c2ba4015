"""Logs, alarms, and whom they tell."""

import json

from tests.support.aws.given import Account, Given, Made, Maker


def log_group(account: Account, given: Given) -> Made:
    logs, days = account.client("logs"), given.take("retentionInDays")
    asked = given.rest(name="logGroupName", kmsKeyId="kmsKeyId")
    logs.create_log_group(**asked)
    logs.put_retention_policy(logGroupName=asked["logGroupName"], retentionInDays=days)
    of = asked["logGroupName"]
    found = lambda: logs.describe_log_groups(logGroupNamePrefix=of)["logGroups"][0]  # noqa: E731
    return Made(of, {"arn": found()["arn"].removesuffix(":*")}, asked | {"retentionInDays": days}, found)


def alarm(account: Account, given: Given) -> Made:
    watch = account.client("cloudwatch")
    dimensions = [{"Name": key, "Value": value} for key, value in given.take("dimensions", {}).items()]
    asked = given.rest(name="AlarmName", okActions="OKActions") | {"Dimensions": dimensions}
    asked["Threshold"] = float(asked["Threshold"])
    watch.put_metric_alarm(**asked)
    described = lambda: watch.describe_alarms(AlarmNames=[asked["AlarmName"]])["MetricAlarms"][0]  # noqa: E731
    return Made(asked["AlarmName"], {"arn": described()["AlarmArn"]}, asked, described)


def dashboard(account: Account, given: Given) -> Made:
    watch = account.client("cloudwatch")
    asked = given.rest()
    assert not watch.put_dashboard(**asked).get("DashboardValidationMessages")
    return Made(asked["DashboardName"], {}, asked, lambda: watch.get_dashboard(DashboardName=asked["DashboardName"]))


def topic(account: Account, given: Given) -> Made:
    sns, name = account.client("sns"), given.take("name")
    attributes = given.rest()
    arn = sns.create_topic(Name=name, Attributes=attributes)["TopicArn"]
    return Made(name, {"arn": arn}, attributes, lambda: sns.get_topic_attributes(TopicArn=arn)["Attributes"])


def topic_policy(account: Account, given: Given) -> Made:
    sns, arn, text = account.client("sns"), given.take("arn"), given.take("policy")
    assert not given.left
    sns.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=text)
    kept = sns.get_topic_attributes(TopicArn=arn)["Attributes"]["Policy"]
    assert json.loads(kept) == json.loads(text)
    return Made(arn)


def subscription(account: Account, given: Given) -> Made:
    asked = given.rest(topic="TopicArn")
    return Made(account.client("sns").subscribe(**asked)["SubscriptionArn"])


MAKERS: dict[str, Maker] = {
    "cloudwatch/logGroup": log_group,
    "cloudwatch/metricAlarm": alarm,
    "cloudwatch/dashboard": dashboard,
    "sns/topic": topic,
    "sns/topicPolicy": topic_policy,
    "sns/topicSubscription": subscription,
}
