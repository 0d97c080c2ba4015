"""How each resource type is created, read, changed and deleted: the API's calls, in the order the real plugin makes them."""

from typing import Protocol

from local.provider.apis import connect, control, flink, kafka, registry
from local.provider.config import Config
from local.provider.values import Properties


class Api(Protocol):
    """One resource type. `read` raises Gone when the object no longer exists."""

    def create(self, config: Config, inputs: Properties) -> tuple[str, Properties]: ...
    def read(self, config: Config, identity: str, state: Properties) -> Properties: ...
    def update(self, config: Config, identity: str, old: Properties, new: Properties) -> Properties: ...
    def delete(self, config: Config, identity: str, state: Properties) -> None: ...


APIS: dict[str, Api] = {
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
