"""AWS resource types as the generic plugin wants them: from the recorded schema, and what replaces a resource."""

from functools import cache
from typing import Any

from plugins.aws.schema import properties, schema
from plugins.engine.fields import Field
from plugins.engine.resource_type import ResourceType

NAMES = ("name", "name_prefix")
# Terraform fields whose change replaces the resource (the provider's documentation). Data-holding ones are complete.
REPLACING: dict[str, tuple[str, ...]] = {
    "aws_vpc": ("cidr_block", "instance_tenancy"),
    "aws_subnet": ("vpc_id", "availability_zone", "cidr_block"),
    "aws_security_group": ("name", "description", "vpc_id"),
    "aws_rds_cluster": (
        "cluster_identifier", "database_name", "db_subnet_group_name", "engine", "engine_mode", "kms_key_id",
        "master_username", "storage_encrypted", "snapshot_identifier",
    ),
    "aws_rds_cluster_instance": ("cluster_identifier", "engine", "identifier"),
    "aws_rds_cluster_parameter_group": ("family", "name", "description"),
    "aws_db_subnet_group": ("name",),
    "aws_db_proxy": ("name", "engine_family", "vpc_subnet_ids"),
    "aws_db_proxy_target": ("db_cluster_identifier", "db_proxy_name", "target_group_name"),
    "aws_lambda_function": ("function_name", "package_type"),
    "aws_lambda_permission": ("action", "function_name", "principal", "source_arn"),
    "aws_lambda_invocation": ("function_name", "input", "triggers"),
    "aws_apigatewayv2_api": ("protocol_type",),
    "aws_apigatewayv2_route": ("api_id",),
    "aws_iam_role": ("name",),
    "aws_kms_alias": ("name",),
    "aws_cloudwatch_log_group": ("name",),
    "aws_secretsmanager_secret": NAMES,
    "aws_secretsmanager_secret_version": ("secret_id", "secret_string"),
    "aws_sns_topic": NAMES,
    "aws_sqs_queue": NAMES,
    "aws_lb": ("name", "internal", "load_balancer_type"),
    "aws_lb_target_group": ("name", "port", "protocol", "target_type", "vpc_id"),
    "aws_vpc_endpoint": ("service_name", "vpc_id", "vpc_endpoint_type"),
    "aws_flow_log": ("vpc_id", "traffic_type", "log_destination", "iam_role_arn"),
}  # fmt: skip


# Arguments that exclude each other (the provider's documentation), by Pulumi's names.
CONFLICTING: dict[str, dict[str, tuple[str, ...]]] = {
    "aws_rds_cluster": {
        "masterPassword": ("manageMasterUserPassword",),
        "clusterIdentifier": ("clusterIdentifierPrefix",),
    },
    "aws_rds_cluster_instance": {"identifier": ("identifierPrefix",)},
    "aws_secretsmanager_secret": {"name": ("namePrefix",)},
    "aws_secretsmanager_secret_version": {"secretString": ("secretBinary",)},
    "aws_cloudwatch_metric_alarm": {"statistic": ("extendedStatistic",), "metricName": ("metricQueries",)},
    "aws_cloudwatch_log_group": {"name": ("namePrefix",)},
    "aws_vpc_security_group_ingress_rule": {"cidrIpv4": ("cidrIpv6", "referencedSecurityGroupId", "prefixListId")},
    "aws_vpc_security_group_egress_rule": {"cidrIpv4": ("cidrIpv6", "referencedSecurityGroupId", "prefixListId")},
    "aws_lambda_function": {"code": ("imageUri", "s3Bucket")},
    "aws_lambda_permission": {"statementId": ("statementIdPrefix",)},
    "aws_sns_topic": {"name": ("namePrefix",)},
    "aws_sqs_queue": {"name": ("namePrefix",), "kmsMasterKeyId": ("sqsManagedSseEnabled",)},
    "aws_iam_role": {"name": ("namePrefix",)},
    "aws_route": {"gatewayId": ("natGatewayId", "transitGatewayId", "networkInterfaceId", "vpcEndpointId")},
}


def fields(terraform_type: str, raw: dict[str, Any], replacing: tuple[str, ...] = ()) -> dict[str, Field]:
    """Fields of a type, or of a block in it, by Pulumi's names."""
    return {name: field(raw[known], known in replacing) for name, known in properties(terraform_type, raw).items()}


def field(raw: Any, replaces: bool) -> Field:
    """One field of the schema."""
    if isinstance(raw, dict):
        many = raw["_max"] != 1
        return Field(required=bool(raw["_min"]), replaces=replaces, fields=fields("", raw), many=many)
    mode, _, kind = raw.partition(" ")
    return Field(
        required=mode == "req",
        replaces=replaces,
        computed="computed" in mode,
        output=mode == "computed",
        free=kind.startswith('["map"'),
    )


@cache
def resource_types() -> dict[str, ResourceType]:
    """Every type, by its token without `aws:`."""
    return {token: kind(entry["type"], entry["fields"]) for token, entry in schema().items()}


def kind(terraform_type: str, raw: dict[str, Any]) -> ResourceType:
    """One type."""
    known = fields(terraform_type, raw, REPLACING.get(terraform_type, ()))
    return ResourceType(known, conflicts=CONFLICTING.get(terraform_type, {}))
