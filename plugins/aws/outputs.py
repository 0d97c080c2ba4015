"""What AWS would fill in: ids, ARNs, addresses. Made from the name, so that the same inputs give the same outputs."""

import hashlib
from collections.abc import Callable
from typing import Any

from plugins.aws.schema import properties, schema
from plugins.engine.values import Properties

ACCOUNT = "123456789012"  # AWS's own example account
PREFIXES = {
    "aws_vpc": "vpc", "aws_subnet": "subnet", "aws_security_group": "sg", "aws_default_security_group": "sg",
    "aws_internet_gateway": "igw", "aws_route_table": "rtb", "aws_route": "r-rtb",
    "aws_route_table_association": "rtbassoc", "aws_flow_log": "fl", "aws_vpc_endpoint": "vpce",
    "aws_vpc_endpoint_service": "vpce-svc", "aws_vpc_security_group_ingress_rule": "sgr",
    "aws_vpc_security_group_egress_rule": "sgr",
}  # fmt: skip
# Terraform type → service and resource part of its ARN; `{name}` is its physical name.
ARNS = {
    "aws_iam_role": "iam:role/{name}",
    "aws_kms_key": "kms:key/{name}",
    "aws_rds_cluster": "rds:cluster:{name}",
    "aws_rds_cluster_instance": "rds:db:{name}",
    "aws_db_proxy": "rds:db-proxy:prx-{name}",
    "aws_lambda_function": "lambda:function:{name}",
    "aws_secretsmanager_secret": "secretsmanager:secret:{name}",
    "aws_cloudwatch_log_group": "logs:log-group:{name}",
    "aws_sns_topic": "sns:{name}",
    "aws_sqs_queue": "sqs:{name}",
    "aws_lb": "elasticloadbalancing:loadbalancer/net/{name}/{unique}",
    "aws_lb_target_group": "elasticloadbalancing:targetgroup/{name}/{unique}",
    "aws_cloudwatch_event_rule": "events:rule/{name}",
}


def digest(text: str) -> str:
    """Seventeen hexadecimal characters, as EC2's ids have."""
    return hashlib.sha256(text.encode()).hexdigest()[:17]


def physical(inputs: Properties, identity: str) -> str:
    """What the resource is called."""
    for key in ("name", "identifier", "clusterIdentifier"):
        if isinstance(inputs.get(key), str):
            return inputs[key]
    return f"{inputs['namePrefix']}{identity[-6:]}" if isinstance(inputs.get("namePrefix"), str) else identity


def identity(token: str, name: str, inputs: Properties) -> str:
    """The id that AWS would give."""
    terraform_type = schema()[token]["type"]
    unique = digest(f"{token}{name}{inputs.get('cidrBlock', '')}")
    if terraform_type in PREFIXES:
        return f"{PREFIXES[terraform_type]}-{unique}"
    if terraform_type.startswith("aws_apigatewayv2_"):
        return unique[:10]  # never the name: a replacement is made beside the one that goes
    return physical(inputs, unique)


def outputs(token: str, name: str, inputs: Properties, region: str) -> tuple[str, Properties]:
    """Id and computed outputs of a new resource."""
    entry = schema()[token]
    made = identity(token, name, inputs)
    called = physical(inputs, made)
    service, _, part = ARNS.get(entry["type"], f"{token.partition('/')[0]}:{{name}}").partition(":")
    place = "" if service in ("iam", "s3") else region
    arn = f"arn:aws:{service}:{place}:{ACCOUNT}:{part.format(name=called, unique=digest(called)[:16])}"
    if entry["type"] == "aws_secretsmanager_secret":
        made = arn
    known = properties(entry["type"], entry["fields"])
    found: Properties = {"arn": arn} if "arn" in known and "arn" not in inputs else {}
    if special := SPECIAL.get(entry["type"]):
        found |= special(called, made, region)
    if "name" in known and "name" not in inputs:
        found.setdefault("name", called)
    return made, {key: value for key, value in found.items() if key in known}


Special = Callable[[str, str, str], dict[str, Any]]
SPECIAL: dict[str, Special] = {
    "aws_rds_cluster": lambda name, _, region: {
        "endpoint": f"{name}.cluster-example.{region}.rds.amazonaws.com",
        "readerEndpoint": f"{name}.cluster-ro-example.{region}.rds.amazonaws.com",
        "clusterResourceId": f"cluster-{digest(name).upper()}",
        "masterUserSecrets": [
            {"secretArn": f"arn:aws:secretsmanager:{region}:{ACCOUNT}:secret:rds!{name}", "secretStatus": "active"}
        ],
    },
    "aws_db_proxy": lambda name, _, region: {"endpoint": f"{name}.proxy-example.{region}.rds.amazonaws.com"},
    "aws_db_proxy_default_target_group": lambda name, made, region: {"name": "default"},
    "aws_kms_key": lambda name, made, _: {"keyId": made},
    "aws_lambda_function": lambda name, _, region: {
        "invokeArn": f"arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/"
        f"arn:aws:lambda:{region}:{ACCOUNT}:function:{name}/invocations",
        "version": "$LATEST",
    },
    "aws_secretsmanager_secret_version": lambda _, made, region: {"versionId": made},
    "aws_lambda_invocation": lambda _, made, region: {"result": "{}"},
    "aws_apigatewayv2_api": lambda name, made, region: {
        "apiEndpoint": f"https://{digest(made)[:10]}.execute-api.{region}.amazonaws.com",
        "executionArn": f"arn:aws:execute-api:{region}:{ACCOUNT}:{digest(made)[:10]}",
    },
    "aws_vpc_endpoint_service": lambda _, made, region: {"serviceName": f"com.amazonaws.vpce.{region}.{made}"},
    "aws_vpc_endpoint": lambda _, made, region: {
        "dnsEntries": [{"dnsName": f"{made}.vpce.amazonaws.com", "hostedZoneId": "Z7HUB22UULQXV"}]
    },
    "aws_route53_zone": lambda _, made, region: {"zoneId": f"Z{digest(made)[:13].upper()}"},
    "aws_lb": lambda name, _, region: {"dnsName": f"{name}.elb.{region}.amazonaws.com"},
    "aws_sqs_queue": lambda name, _, region: {"url": f"https://sqs.{region}.amazonaws.com/{ACCOUNT}/{name}"},
}
