"""Which handler serves which resource type."""

from plugins.confluentcloud.handlers import connect, control_types, flink, kafka, registry
from plugins.engine.handler import Handler

HANDLERS: dict[str, Handler] = {
    "Environment": control_types.ENVIRONMENT,
    "KafkaCluster": control_types.KAFKA_CLUSTER,
    "ServiceAccount": control_types.SERVICE_ACCOUNT,
    "RoleBinding": control_types.ROLE_BINDING,
    "ApiKey": control_types.API_KEY,
    "FlinkComputePool": control_types.FLINK_COMPUTE_POOL,
    "KafkaTopic": kafka.Topic(),
    "KafkaAcl": kafka.Acl(),
    "Schema": registry.Schema(),
    "SubjectConfig": registry.SubjectConfig(),
    "Connector": connect.Connector(),
    "FlinkStatement": flink.Statement(),
}
