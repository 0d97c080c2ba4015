"""Which handler serves which resource type."""

from plugins.confluentcloud.handlers import connect, control, flink, kafka, registry
from plugins.engine.handler import Handler

HANDLERS: dict[str, Handler] = {
    "Environment": control.ENVIRONMENT,
    "KafkaCluster": control.KAFKA_CLUSTER,
    "ServiceAccount": control.SERVICE_ACCOUNT,
    "RoleBinding": control.ROLE_BINDING,
    "ApiKey": control.API_KEY,
    "FlinkComputePool": control.FLINK_COMPUTE_POOL,
    "KafkaTopic": kafka.Topic(),
    "KafkaAcl": kafka.Acl(),
    "Schema": registry.Schema(),
    "SubjectConfig": registry.SubjectConfig(),
    "Connector": connect.Connector(),
    "FlinkStatement": flink.Statement(),
}
