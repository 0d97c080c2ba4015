"""Every resource type the program uses: fields, what replaces, what is refused. Source: the recorded real plugin.

One name on the left is one property of `pulumi_confluentcloud`. Recorded answers: tests/plugins/confluentcloud/recorded.
"""

from urllib.parse import unquote

from plugins.engine.fields import (
    ADDRESS,
    CLUSTER_ID,
    CREDENTIALS,
    OUT,
    Field,
    at_least,
    block,
    like,
    named,
    not_empty,
    one_of,
    reference,
)
from plugins.engine.resource_type import ResourceType


def same_availability(old: str, new: str) -> bool:
    """SINGLE_ZONE is LOW and MULTI_ZONE is HIGH."""
    names = {"SINGLE_ZONE": "LOW", "MULTI_ZONE": "HIGH"}
    return names.get(old, old) == names.get(new, new)


def same_group(old: str, new: str) -> bool:
    """API versions of one group are the same: srcm/v2 is srcm/v3."""
    return str(old).split("/")[0] == str(new).split("/")[0]


def same_text(old: str, new: str) -> bool:
    """Equal without regard to case."""
    return str(old).lower() == str(new).lower()


def same_crn(old: str, new: str) -> bool:
    """Equal after unescaping."""
    return unquote(str(old)) == unquote(str(new))


MAX_ECKU = {"maxEcku": Field(computed=True)}
CLOUDS = one_of("AWS", "AZURE", "GCP")
ACL_OPERATIONS = "UNKNOWN ANY ALL READ WRITE CREATE DELETE ALTER DESCRIBE CLUSTER_ACTION DESCRIBE_CONFIGS ALTER_CONFIGS IDEMPOTENT_WRITE"
LEVELS = "BACKWARD BACKWARD_TRANSITIVE FORWARD FORWARD_TRANSITIVE FULL FULL_TRANSITIVE NONE"
TOPIC_WORDS = (
    "The topic name can be up to 249 characters in length, and can include the following characters: "
    "a-z, A-Z, 0-9, . (dot), _ (underscore), and - (dash)."
)
DATA_PLANE = {"restEndpoint": Field(replaces=True, rule=ADDRESS), "credentials": CREDENTIALS}
REGISTRY = {"schemaRegistryCluster": reference(), **DATA_PLANE}

ENVIRONMENT = ResourceType(
    {
        "displayName": named(),
        "streamGovernance": block(
            {"package": Field(required=True, rule=one_of("ESSENTIALS", "ADVANCED"))}, computed=True
        ),
        "resourceName": OUT,
    },
    autoname="displayName",
)

KAFKA_CLUSTER = ResourceType(
    {
        "displayName": named(),
        "availability": Field(
            required=True,
            replaces=True,
            rule=one_of("SINGLE_ZONE", "MULTI_ZONE", "LOW", "HIGH"),
            same=same_availability,
        ),
        "cloud": Field(required=True, replaces=True, rule=CLOUDS),
        "region": Field(required=True, replaces=True),
        "environment": reference(required=True),
        "basic": block(MAX_ECKU),
        "standard": block(MAX_ECKU),
        "enterprises": block(MAX_ECKU, many=True),
        "freights": block({**MAX_ECKU, "zones": OUT}, many=True),
        "dedicated": block(
            {
                "cku": Field(required=True, rule=at_least(1)),
                "encryptionKey": Field(computed=True),
                "zones": OUT,
            }
        ),
        "network": reference(
            like(r"^(n-|nr-)", "the network ID must start with 'n-' or 'nr-'"), replaces=False, computed=True
        ),
        "byokKey": reference(replaces=False, computed=True),
        "deletionProtection": Field(),
        **dict.fromkeys(("apiVersion", "kind", "bootstrapEndpoint", "restEndpoint", "rbacCrn", "endpoints"), OUT),
    },
    one_of=("basic", "standard", "dedicated", "enterprises", "freights"),
    conflicts={"byokKey": ("basic", "standard")},
    autoname="displayName",
    delete_first=True,
)

SERVICE_ACCOUNT = ResourceType(
    {"displayName": named(), "description": Field(computed=True), "apiVersion": OUT, "kind": OUT},
    autoname="displayName",
)

ROLE_BINDING = ResourceType(
    {
        "principal": Field(
            required=True, replaces=True, rule=like(r"^User:.+$", "value must match pattern (^User:.+$)")
        ),
        "roleName": Field(required=True, replaces=True),
        "crnPattern": Field(
            required=True,
            replaces=True,
            rule=like(r"^crn://.+$", "value must match pattern ^crn://.+$"),
            same=same_crn,
        ),
        "disableWaitForReady": Field(default=False),
    }
)

API_VERSIONS = ("cmk/v2", "srcm/v2", "srcm/v3", "ksqldbcm/v2", "fcpm/v2", "tableflow/v1", "global/v1")
API_KEY = ResourceType(
    {
        "displayName": Field(rule=not_empty),
        "description": Field(rule=not_empty),
        "disableWaitForReady": Field(default=False),
        "owner": block(
            {
                "id": Field(
                    required=True,
                    replaces=True,
                    rule=like(r"^(u-|sa-)", "the owner ID must be of the form 'u-' or 'sa-'"),
                ),
                "apiVersion": Field(required=True, replaces=True, rule=one_of("iam/v2")),
                "kind": Field(required=True, replaces=True, rule=one_of("ServiceAccount", "User")),
            },
            required=True,
            replaces=True,
        ),
        "managedResource": block(
            {
                "id": Field(required=True, replaces=True, rule=not_empty),
                "apiVersion": Field(required=True, replaces=True, rule=one_of(*API_VERSIONS), same=same_group),
                "kind": Field(required=True, replaces=True, rule=one_of("Cluster", "Region", "Tableflow", "Global")),
                "environment": reference(not_empty, replaces=False),
            },
            replaces=True,
        ),
        "secret": OUT,
    },
    autoname="displayName",
    delete_first=True,
)

KAFKA_TOPIC = ResourceType(
    {
        "topicName": Field(required=True, replaces=True, rule=like(r"^[a-zA-Z0-9\\._\-]+$", TOPIC_WORDS)),
        "partitionsCount": Field(default=6, rule=at_least(1)),
        "config": Field(computed=True, free=True),
        "kafkaCluster": reference(CLUSTER_ID),
        "restEndpoint": Field(rule=ADDRESS),
        "credentials": CREDENTIALS,
    }
)

KAFKA_ACL = ResourceType(
    {
        "resourceType": Field(
            required=True,
            replaces=True,
            rule=one_of(*["UNKNOWN", "ANY", "TOPIC", "GROUP", "CLUSTER", "TRANSACTIONAL_ID", "DELEGATION_TOKEN"]),
        ),
        "resourceName": Field(required=True, replaces=True),
        "patternType": Field(
            required=True, replaces=True, rule=one_of("UNKNOWN", "ANY", "MATCH", "LITERAL", "PREFIXED")
        ),
        "principal": Field(required=True, replaces=True),
        "host": Field(required=True, replaces=True),
        "operation": Field(required=True, replaces=True, rule=one_of(*ACL_OPERATIONS.split())),
        "permission": Field(required=True, replaces=True, rule=one_of("UNKNOWN", "ANY", "DENY", "ALLOW")),
        "kafkaCluster": reference(CLUSTER_ID),
        **DATA_PLANE,
    }
)

SCHEMA = ResourceType(
    {
        "subjectName": Field(required=True, replaces=True, rule=not_empty),
        "format": Field(required=True, replaces=True, rule=one_of("AVRO", "JSON", "PROTOBUF")),
        "schema": Field(computed=True, rule=not_empty),
        "hardDelete": Field(default=False),
        "recreateOnUpdate": Field(default=False),
        "skipValidationDuringPlan": Field(default=False),
        "schemaReferences": block(
            {
                "name": Field(required=True, rule=not_empty),
                "subjectName": Field(required=True, rule=not_empty),
                "version": Field(required=True),
            },
            many=True,
        ),
        "metadata": Field(computed=True, free=True),
        "ruleset": Field(free=True),
        **REGISTRY,
        "schemaIdentifier": OUT,
        "version": OUT,
    }
)

SUBJECT_CONFIG = ResourceType(
    {
        "subjectName": Field(required=True, replaces=True, rule=not_empty),
        "compatibilityLevel": Field(computed=True, rule=one_of(*LEVELS.split())),
        "compatibilityGroup": Field(computed=True),
        "normalize": Field(computed=True),
        "alias": Field(computed=True),
        **REGISTRY,
    }
)

CONNECTOR = ResourceType(
    {
        "environment": reference(required=True),
        "kafkaCluster": reference(CLUSTER_ID, required=True),
        "configNonsensitive": Field(required=True, free=True),
        "configSensitive": Field(computed=True, free=True),
        "status": Field(computed=True),
        "offsets": block(
            {"partition": Field(required=True, free=True), "offset": Field(required=True, free=True)},
            many=True,
        ),
    }
)

FLINK_COMPUTE_POOL = ResourceType(
    {
        "displayName": Field(required=True),
        "cloud": Field(required=True, replaces=True, rule=CLOUDS, same=same_text),
        "region": Field(required=True, replaces=True, rule=not_empty),
        "environment": reference(required=True),
        "maxCfu": Field(computed=True),
        "defaultPool": Field(default=False),
        "apiVersion": OUT,
        "kind": OUT,
        "resourceName": OUT,
    }
)

FLINK_STATEMENT = ResourceType(
    {
        "statement": Field(required=True, replaces=True, rule=not_empty),
        "statementName": Field(computed=True),
        "properties": Field(computed=True, free=True),
        "propertiesSensitive": Field(computed=True, free=True),
        "stopped": Field(computed=True),
        "organization": reference(replaces=False, computed=True),
        "environment": reference(replaces=False, computed=True),
        "computePool": reference(replaces=False, id_replaces=False, computed=True),
        "principal": reference(replaces=False, id_replaces=False, computed=True),
        "restEndpoint": Field(replaces=True, rule=ADDRESS),
        "credentials": CREDENTIALS,
        "latestOffsets": OUT,
        "latestOffsetsTimestamp": OUT,
    }
)

RESOURCE_TYPES: dict[str, ResourceType] = {
    "Environment": ENVIRONMENT,
    "KafkaCluster": KAFKA_CLUSTER,
    "ServiceAccount": SERVICE_ACCOUNT,
    "RoleBinding": ROLE_BINDING,
    "ApiKey": API_KEY,
    "KafkaTopic": KAFKA_TOPIC,
    "KafkaAcl": KAFKA_ACL,
    "Schema": SCHEMA,
    "SubjectConfig": SUBJECT_CONFIG,
    "Connector": CONNECTOR,
    "FlinkComputePool": FLINK_COMPUTE_POOL,
    "FlinkStatement": FLINK_STATEMENT,
}
