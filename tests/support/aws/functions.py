"""Functions, what calls them, and who may."""

import io
import json
import zipfile

from tests.support.aws.given import Account, Given, Made, Maker, Values


def archive() -> bytes:
    """Some code. (That of the functions has its own tests.)"""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as made:
        made.writestr("handler.py", "def handler(event, context):\n    return {}\n")
    return packed.getvalue()


def role(account: Account, given: Given) -> Made:
    iam = account.client("iam")
    asked = given.rest(assumeRolePolicy="AssumeRolePolicyDocument", name="RoleName")
    made = iam.create_role(**asked)["Role"]
    name = made["RoleName"]
    wanted = asked | {"AssumeRolePolicyDocument": json.loads(asked["AssumeRolePolicyDocument"])}
    return Made(name, {"arn": made["Arn"]}, wanted, lambda: iam.get_role(RoleName=name)["Role"])


def role_policy(account: Account, given: Given) -> Made:
    iam = account.client("iam")
    asked = given.rest(policy="PolicyDocument", role="RoleName") | {"PolicyName": "inline"}
    iam.put_role_policy(**asked)
    return Made("inline", {}, asked, lambda: iam.get_role_policy(RoleName=asked["RoleName"], PolicyName="inline"))


def attachment(account: Account, given: Given) -> Made:
    """AWS's own policies are looked up: a name that does not exist is refused."""
    account.client("iam").attach_role_policy(**given.rest(role="RoleName"))
    return Made("attached")


def function(account: Account, given: Given) -> Made:
    run, reserved = account.client("lambda"), given.take("reservedConcurrentExecutions")
    assert given.take("code")
    assert given.take("sourceCodeHash")
    asked = given.rest(name="FunctionName", kmsKeyArn="KMSKeyArn")
    asked["Environment"] = {
        "Variables": {upper(name): value for name, value in asked["Environment"]["Variables"].items()}
    }
    made = run.create_function(Code={"ZipFile": archive()}, **asked)
    name = made["FunctionName"]
    if reserved:
        run.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=reserved)
    outputs: Values = {"arn": made["FunctionArn"]}
    return Made(name, outputs, asked, lambda: run.get_function_configuration(FunctionName=name))


def upper(name: str) -> str:
    """Variables are named as they are: nothing of them may have been changed on the way here."""
    assert name == name.upper()
    return name


def invocation(account: Account, given: Given) -> Made:
    given.take("triggers")  # of the provider: when it calls again
    asked = given.rest(input="Payload")
    json.loads(asked["Payload"])
    answer = account.client("lambda").invoke(**asked)
    assert answer["StatusCode"] == 200
    return Made("invoked", {"result": "{}"})


def permission(account: Account, given: Given) -> Made:
    asked = given.rest(function="FunctionName")
    account.client("lambda").add_permission(StatementId=f"allow-{abs(hash(json.dumps(asked)))}", **asked)
    return Made("permission")


def api(account: Account, given: Given) -> Made:
    gateway = account.client("apigatewayv2")
    asked = given.rest()
    made = gateway.create_api(**asked)
    identity = made["ApiId"]
    execution = f"arn:aws:execute-api:{account.region}:123456789012:{identity}"
    outputs: Values = {"apiEndpoint": made["ApiEndpoint"], "executionArn": execution}
    return Made(identity, outputs, asked, lambda: gateway.get_api(ApiId=identity))


def integration(account: Account, given: Given) -> Made:
    gateway = account.client("apigatewayv2")
    asked = given.rest(timeoutMilliseconds="TimeoutInMillis")
    identity = gateway.create_integration(**asked)["IntegrationId"]
    described = lambda: gateway.get_integration(ApiId=asked["ApiId"], IntegrationId=identity)  # noqa: E731
    return Made(identity, {}, asked, described)


def route(account: Account, given: Given) -> Made:
    gateway = account.client("apigatewayv2")
    asked = given.rest()
    identity = gateway.create_route(**asked)["RouteId"]
    return Made(identity, {}, asked, lambda: gateway.get_route(ApiId=asked["ApiId"], RouteId=identity))


def stage(account: Account, given: Given) -> Made:
    gateway = account.client("apigatewayv2")
    asked = given.rest(name="StageName")
    gateway.create_stage(**asked)
    described = lambda: gateway.get_stage(ApiId=asked["ApiId"], StageName=asked["StageName"])  # noqa: E731
    return Made(asked["StageName"], {}, asked, described)


def queue(account: Account, given: Given) -> Made:
    sqs, name = account.client("sqs"), given.take("name")
    attributes = {
        key: str(value) for key, value in given.rest(messageRetentionSeconds="MessageRetentionPeriod").items()
    }
    url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    return Made(name, {"arn": found["QueueArn"], "url": url}, attributes, lambda: found)


def timer(account: Account, given: Given) -> Made:
    events = account.client("events")
    asked = given.rest()
    arn = events.put_rule(**asked)["RuleArn"]
    return Made(asked["Name"], {"arn": arn}, asked, lambda: events.describe_rule(Name=asked["Name"]))


def target(account: Account, given: Given) -> Made:
    answer = account.client("events").put_targets(Targets=[{"Id": "one", "Arn": given.take("arn")}], **given.rest())
    assert answer["FailedEntryCount"] == 0
    return Made("one")


MAKERS: dict[str, Maker] = {
    "iam/role": role,
    "iam/rolePolicy": role_policy,
    "iam/rolePolicyAttachment": attachment,
    "lambda/function": function,
    "lambda/invocation": invocation,
    "lambda/permission": permission,
    "apigatewayv2/api": api,
    "apigatewayv2/integration": integration,
    "apigatewayv2/route": route,
    "apigatewayv2/stage": stage,
    "sqs/queue": queue,
    "cloudwatch/eventRule": timer,
    "cloudwatch/eventTarget": target,
}
