"""Lambda functions, their logs, and the HTTP API."""

import re
from typing import Any

from policies.rule import aws, prod

RUNTIMES = ("python3.12", "python3.13", "python3.14")
SECRET_WORDS = re.compile(r"password|secret|token|credential|private_?key", re.IGNORECASE)


def number(value: Any) -> int:
    """A whole number, 0 for what is none."""
    return int(value) if isinstance(value, int | float) else 0


def no_secret_values(resource: Any) -> bool:
    """Variables that sound secret hold an ARN, or nothing that is known."""
    variables = resource.get("environment.variables") or {}
    if not isinstance(variables, dict):
        return True
    plain = {name: str(value) for name, value in variables.items() if SECRET_WORDS.search(str(name))}
    return all(value.startswith("arn:") or value.startswith("04da6b54") for value in plain.values())


RULES = (
    aws("FUN-01", "lambda/function", "functions are traced", "set tracing_config mode Active", lambda r: r.get("tracingConfig.mode") == "Active"),
    aws("FUN-02", "lambda/function", "concurrency is reserved", "set reserved_concurrent_executions to 1 or more", lambda r: number(r.get("reservedConcurrentExecutions")) >= 1),
    aws("FUN-03", "lambda/function", "functions run inside the VPC, in two zones", "set vpc_config with two subnets", lambda r: len(r.get("vpcConfig.subnetIds") or []) >= 2 and bool(r.get("vpcConfig.securityGroupIds"))),
    aws("FUN-04", "lambda/function", "the environment is encrypted with a customer key", "set kms_key_arn", lambda r: bool(r.get("kmsKeyArn"))),
    aws("FUN-05", "lambda/function", "no secret stands in the environment", "give the secret's ARN and read it when needed", no_secret_values),
    aws("FUN-06", "lambda/function", "the runtime is supported for a year", f"use one of {', '.join(RUNTIMES)}", lambda r: r.get("runtime") in RUNTIMES),
    aws("FUN-07", "lambda/function", "the code's hash is known", "set source_code_hash", lambda r: bool(r.get("sourceCodeHash"))),
    aws("FUN-08", "lambda/function", "a function says what it is for", "set description", lambda r: bool(r.get("description"))),
    aws("FUN-09", "lambda/permission", "a permission names its source", "set source_arn", lambda r: bool(r.get("sourceArn")) and r.get("principal") != "*"),
    aws("FUN-10", "cloudwatch/logGroup", "logs are encrypted with a customer key", "set kms_key_id", lambda r: bool(r.get("kmsKeyId"))),
    aws("FUN-11", "cloudwatch/logGroup", "logs end", "set retention_in_days", lambda r: number(r.get("retentionInDays")) >= 30),
    prod(aws("FUN-12", "cloudwatch/logGroup", "prod's logs are kept for a year", "set backend.logDays to 365 or more", lambda r: number(r.get("retentionInDays")) >= 365)),
    aws("FUN-13", "apigatewayv2/route", "every route has an authorizer", "set authorization_type", lambda r: r.get("authorizationType") in ("AWS_IAM", "JWT", "CUSTOM")),
    aws("FUN-14", "apigatewayv2/stage", "the API is throttled", "set throttling limits in default_route_settings", lambda r: number(r.get("defaultRouteSettings.throttlingRateLimit")) > 0 and number(r.get("defaultRouteSettings.throttlingBurstLimit")) > 0),
    aws("FUN-15", "apigatewayv2/stage", "the API's calls are logged", "set access_log_settings", lambda r: bool(r.get("accessLogSettings.destinationArn"))),
    aws("FUN-16", "apigatewayv2/api", "browsers are named, not all of them", "list origins in backend.api.corsOrigins", lambda r: "*" not in (r.get("corsConfiguration.allowOrigins") or [])),
    aws("FUN-17", "apigatewayv2/integration", "the gateway gives up after the function", "set timeout_milliseconds above the function's timeout", lambda r: number(r.get("timeoutMilliseconds")) > 10_000),
    aws("FUN-18", "sqs/queue", "queues are encrypted with a customer key", "set kms_master_key_id", lambda r: bool(r.get("kmsMasterKeyId"))),
)  # fmt: skip
