"""What a stack promises to others: one exported object with a version, never a credential.

Its JSON Schema is committed (schemas/contract.schema.json). Changes are additive; a break would be `contractV2`.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from stacks import naming


class Part(BaseModel):
    """A part of the contract: camelCase in JSON. Readers ignore what they do not know."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, validate_by_name=True, validate_by_alias=True)


class KafkaContract(Part):
    """How clients reach the cluster."""

    cluster_id: str
    bootstrap_servers: str
    security_protocol: Literal["SASL_SSL", "SASL_PLAINTEXT"]
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256"]
    rest_endpoint: str


class RegistryContract(Part):
    """How clients reach the Schema Registry."""

    id: str
    url: str


class DatabaseContract(Part):
    """The captured database: the writer's address.

    `tls`: how connector and migrator reach it; only `verify-ca` and `verify-full` know that it is the right server.
    """

    host: str
    port: int
    database: str
    slot: str
    publication: str
    heartbeat_table: str
    tls: Literal["disable", "prefer", "require", "verify-ca", "verify-full"] = "require"


class EventsApiContract(Part):
    """Where events are sent: POST {url}/api/v1/events. `iam`: signed requests; `jwt`: a bearer token."""

    url: str
    auth: Literal["iam", "jwt"]


class ConnectorContract(Part):
    """The CDC connector."""

    id: str
    name: str


class FlinkContract(Part):
    """Where statements run and how they are asked for."""

    pool_id: str
    rest_endpoint: str
    organization_id: str
    statements: dict[str, str]


class SourceContract(Part):
    """A captured table and its topics."""

    name: str
    table: str
    raw_topic: str
    unrouted_topic: str
    dead_letter_topic: str = ""


class RouteContract(Part):
    """A routed topic: keyed by event id; `read_committed` readers see each event exactly once."""

    name: str
    source: str
    topic: str
    key_subject: str
    value_subject: str
    description: str
    retention_days: int
    key_schema_id: int = 0
    value_schema_id: int = 0
    owner: str = ""
    delivery: Literal["exactly_once", "low_latency"] = "exactly_once"
    status: Literal["active", "deprecated", "disabled"] = "active"
    until: str = ""
    tags: list[str] = []


class ConsumerContract(Part):
    """A consumer's group and topics. Groups may have any name that starts with `group_prefix`.

    `secret` names where its keys are: the ARN of a Secrets Manager secret, or `stack:credentials.<name>` for the stack's
    secret output. `expected_latency` is what to expect on Confluent Cloud. `dead_letter_topic`: where it may write what it could
    not work with; empty when it asked for none.
    """

    name: str
    group: str
    topics: list[str]
    isolation_level: Literal["read_committed", "read_uncommitted"] = "read_committed"
    group_prefix: str = ""
    delivery: Literal["exactly_once", "low_latency"] = "exactly_once"
    expected_latency: str = ""
    secret: str = ""
    dead_letter_topic: str = ""


class ContractV1(Part):
    """Everything another team or tool needs to find its way around a stack.

    `canary_id_prefix`: events whose id begins so are canaries, sent to see that routes deliver; consumers may skip them.
    """

    version: Literal[1] = 1
    environment: str
    environment_id: str
    confluent_endpoint: str
    kafka: KafkaContract
    registry: RegistryContract
    database: DatabaseContract
    connector: ConnectorContract
    events_api: EventsApiContract | None = None
    flink: FlinkContract
    sources: list[SourceContract]
    routes: list[RouteContract]
    consumers: list[ConsumerContract]
    canary_id_prefix: str = naming.CANARY_ID_PREFIX
