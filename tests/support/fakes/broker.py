"""A broker's admin protocol in memory: topics, SCRAM users, and ACLs that decide as Kafka's do."""

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AlterConfigOpType,
    ConfigEntry,
    ConfigSource,
    ResourcePatternType,
    ResourceType,
    UserScramCredentialUpsertion,
)

DEFAULTS = {"cleanup.policy": "delete", "retention.ms": "604800000"}


def done(value: Any = None) -> "Future[Any]":
    future: Future[Any] = Future()
    future.set_result(value)
    return future


def failed(code: int, text: str) -> "Future[Any]":
    future: Future[Any] = Future()
    future.set_exception(KafkaException(KafkaError(code, text)))
    return future


@dataclass
class Topic:
    partitions: int
    config: dict[str, str] = field(default_factory=dict[str, str])


@dataclass
class Broker:
    """What every client of it sees."""

    topics: dict[str, Topic] = field(default_factory=dict[str, Topic])
    acls: set[AclBinding] = field(default_factory=set[AclBinding])
    users: dict[str, str] = field(default_factory=dict[str, str])
    away: bool = False

    def client(self, address: str, mechanism: str, user: str, password: str) -> "Admin":
        """In the place of local.confluent.kafka.admin.client."""
        return Admin(self, None if mechanism == "PLAIN" else user, password)


def matches(wanted: AclBindingFilter, acl: AclBinding) -> bool:
    """Does a filter cover an ACL? None and ANY cover everything."""
    pairs = (
        (wanted.restype, acl.restype, ResourceType.ANY),
        (wanted.name, acl.name, None),
        (wanted.resource_pattern_type, acl.resource_pattern_type, ResourcePatternType.ANY),
        (wanted.principal, acl.principal, None),
        (wanted.host, acl.host, None),
        (wanted.operation, acl.operation, AclOperation.ANY),
        (wanted.permission_type, acl.permission_type, AclPermissionType.ANY),
    )
    return all(value in (anything, own) for value, own, anything in pairs)


class Admin:
    """The admin client of one user; None is the super user."""

    def __init__(self, broker: Broker, user: str | None, password: str) -> None:
        self.broker, self.user, self.password = broker, user, password

    def may(self, operation: AclOperation, kind: ResourceType, name: str) -> bool:
        if self.user is None:
            return True
        for acl in self.broker.acls:
            prefixed = acl.resource_pattern_type == ResourcePatternType.PREFIXED and name.startswith(acl.name)
            if (
                acl.principal == f"User:{self.user}"
                and acl.restype == kind
                and (prefixed or acl.name in ("*", name))
                and acl.operation in (operation, AclOperation.ALL)
            ):
                return True
        return False

    def signed_in(self) -> None:
        if self.broker.away or (self.user is not None and self.broker.users.get(self.user) != self.password):
            raise KafkaException(KafkaError(KafkaError._TRANSPORT, "broker transport failure"))

    def list_topics(self, topic: str | None = None, timeout: float = 0) -> Any:
        self.signed_in()
        if topic is not None and topic not in self.broker.topics:
            error = KafkaError(KafkaError.UNKNOWN_TOPIC_OR_PART, "unknown topic")
            return SimpleNamespace(topics={topic: SimpleNamespace(partitions={}, error=error)})
        seen = {
            name: SimpleNamespace(partitions=dict.fromkeys(range(t.partitions)), error=None)
            for name, t in self.broker.topics.items()
            if self.may(AclOperation.DESCRIBE, ResourceType.TOPIC, name)
        }
        if topic is not None and topic not in seen:
            error = KafkaError(KafkaError.TOPIC_AUTHORIZATION_FAILED, "not authorized")
            return SimpleNamespace(topics={topic: SimpleNamespace(partitions={}, error=error)})
        return SimpleNamespace(topics=seen)

    def create_topics(self, topics: Sequence[Any], request_timeout: float = 0) -> dict[str, Any]:
        self.signed_in()
        return {new.topic: self.create(new) for new in topics}

    def create(self, new: Any) -> "Future[Any]":
        if not self.may(AclOperation.CREATE, ResourceType.TOPIC, new.topic):
            return failed(KafkaError.TOPIC_AUTHORIZATION_FAILED, "not authorized")
        if new.topic in self.broker.topics:
            return failed(KafkaError.TOPIC_ALREADY_EXISTS, f"Topic '{new.topic}' already exists.")
        if not new.topic or "/" in new.topic:
            return failed(KafkaError.TOPIC_EXCEPTION, "invalid topic")
        self.broker.topics[new.topic] = Topic(new.num_partitions, dict(new.config or {}))
        return done()

    def delete_topics(self, names: Sequence[str], request_timeout: float = 0) -> dict[str, Any]:
        self.signed_in()
        answers: dict[str, Any] = {}
        for name in names:
            known = self.broker.topics.pop(name, None)
            answers[name] = done() if known else failed(KafkaError.UNKNOWN_TOPIC_OR_PART, "unknown topic")
        return answers

    def create_partitions(self, wanted: Sequence[Any], request_timeout: float = 0) -> dict[str, Any]:
        for one in wanted:
            self.broker.topics[one.topic].partitions = one.new_total_count
        return {one.topic: done() for one in wanted}

    def describe_configs(self, resources: Sequence[Any], request_timeout: float = 0) -> dict[Any, Any]:
        answers: dict[Any, Any] = {}
        for resource in resources:
            own = self.broker.topics[resource.name].config
            entries = {
                name: ConfigEntry(
                    name,
                    value,
                    source=ConfigSource.DYNAMIC_TOPIC_CONFIG if name in own else ConfigSource.DEFAULT_CONFIG,
                    is_default=name not in own,
                )
                for name, value in {**DEFAULTS, **own}.items()
            }
            answers[resource] = done(entries)
        return answers

    def incremental_alter_configs(self, resources: Sequence[Any], request_timeout: float = 0) -> dict[Any, Any]:
        for resource in resources:
            config = self.broker.topics[resource.name].config
            for entry in resource.incremental_configs:
                if entry.incremental_operation == AlterConfigOpType.DELETE:
                    config.pop(entry.name, None)
                else:
                    config[entry.name] = entry.value
        return {resource: done() for resource in resources}

    def describe_acls(self, wanted: AclBindingFilter, request_timeout: float = 0) -> "Future[Any]":
        self.signed_in()
        return done([acl for acl in self.broker.acls if matches(wanted, acl)])

    def create_acls(self, acls: Sequence[AclBinding], request_timeout: float = 0) -> dict[Any, Any]:
        if not self.may(AclOperation.ALTER, ResourceType.BROKER, "kafka-cluster"):
            return {acl: failed(KafkaError.CLUSTER_AUTHORIZATION_FAILED, "not authorized") for acl in acls}
        self.broker.acls |= set(acls)
        return {acl: done() for acl in acls}

    def delete_acls(self, filters: Sequence[AclBindingFilter], request_timeout: float = 0) -> dict[Any, Any]:
        gone = {acl for acl in self.broker.acls for wanted in filters if matches(wanted, acl)}
        self.broker.acls -= gone
        return {number: done(list(gone)) for number, _ in enumerate(filters)}

    def describe_user_scram_credentials(self, request_timeout: float = 0) -> "Future[Any]":
        self.signed_in()
        return done(dict.fromkeys(self.broker.users))

    def alter_user_scram_credentials(self, changes: Sequence[Any], request_timeout: float = 0) -> dict[str, Any]:
        answers: dict[str, Any] = {}
        for change in changes:
            if isinstance(change, UserScramCredentialUpsertion):
                self.broker.users[change.user] = change.password.decode()
                answers[change.user] = done()
            else:
                known = self.broker.users.pop(change.user, None)
                answers[change.user] = done() if known else failed(KafkaError.RESOURCE_NOT_FOUND, "no such user")
        return answers
