"""Which handler serves which resource type."""

from plugins.confluentcloud.handlers import (
    account_types,
    catalog,
    connect,
    control_types,
    flink,
    kafka,
    network_types,
    registry,
)
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
    "Tag": catalog.Tag(),
    "TagBinding": catalog.TagBinding(),
    "CatalogEntityAttributes": catalog.EntityAttributes(),
    "KafkaClientQuota": account_types.KAFKA_CLIENT_QUOTA,
    "IdentityProvider": account_types.IDENTITY_PROVIDER,
    "IdentityPool": account_types.IDENTITY_POOL,
    "NotificationsIntegration": account_types.NOTIFICATIONS_INTEGRATION,
    "Gateway": network_types.GATEWAY,
    "AccessPoint": network_types.ACCESS_POINT,
    "DnsRecord": network_types.DNS_RECORD,
    "PrivateLinkAttachment": network_types.ATTACHMENT,
    "PrivateLinkAttachmentConnection": network_types.CONNECTION,
}
