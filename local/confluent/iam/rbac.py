"""Confluent's predefined roles, as far as the program uses them: what a binding means on Kafka, registry and Flink.

Source of the role meanings: Confluent's documentation of predefined RBAC roles.
"""

import re
from dataclasses import dataclass
from urllib.parse import unquote

from local.confluent.errors import ApiError
from local.confluent.store import Document

ADMINISTRATORS = ("OrganizationAdmin", "EnvironmentAdmin")
CLUSTER_ROLES = (
    "CloudClusterAdmin",
    "MetricsViewer",
    "Operator",
    "ConnectManager",
    "FlinkAdmin",
    "FlinkDeveloper",
)
RESOURCE_ROLES = ("DeveloperRead", "DeveloperWrite", "DeveloperManage", "ResourceOwner")
KNOWN = (*ADMINISTRATORS, *CLUSTER_ROLES, *RESOURCE_ROLES, "Assigner", "AccountAdmin", "DataDiscovery", "DataSteward")

KAFKA_TYPES = {"topic": "TOPIC", "group": "GROUP", "transactional-id": "TRANSACTIONAL_ID"}
OPERATIONS = {
    ("DeveloperRead", "TOPIC"): ("READ", "DESCRIBE"),
    ("DeveloperRead", "GROUP"): ("READ", "DESCRIBE"),
    ("DeveloperRead", "TRANSACTIONAL_ID"): ("DESCRIBE",),
    ("DeveloperWrite", "TOPIC"): ("WRITE", "DESCRIBE"),
    ("DeveloperWrite", "TRANSACTIONAL_ID"): ("WRITE", "DESCRIBE"),
    ("DeveloperManage", "TOPIC"): (
        "CREATE",
        "DELETE",
        "ALTER",
        "ALTER_CONFIGS",
        "DESCRIBE",
        "DESCRIBE_CONFIGS",
    ),
    ("DeveloperManage", "GROUP"): ("DELETE", "DESCRIBE"),
    ("ResourceOwner", "TOPIC"): ("ALL",),
    ("ResourceOwner", "GROUP"): ("ALL",),
    ("ResourceOwner", "TRANSACTIONAL_ID"): ("ALL",),
}
EVERYTHING = (("CLUSTER", "kafka-cluster"), ("TOPIC", "*"), ("GROUP", "*"), ("TRANSACTIONAL_ID", "*"))
READS = {"DeveloperRead", "DeveloperWrite", "DeveloperManage", "ResourceOwner"}
WRITES = {"DeveloperWrite", "DeveloperManage", "ResourceOwner"}


@dataclass(frozen=True, slots=True)
class Permission:
    """One Kafka permission, without its principal. `pattern` is LITERAL or PREFIXED."""

    resource_type: str
    resource_name: str
    pattern: str
    operation: str


def segments(crn: str) -> dict[str, str]:
    """The `name=value` parts of a CRN, unescaped."""
    return dict(part.split("=", 1) for part in unquote(crn).removeprefix("crn://").split("/") if "=" in part)


def pattern(name: str) -> tuple[str, str]:
    """A CRN's resource name as Kafka's (name, pattern type): a trailing `*` is a prefix, alone it is everything."""
    if name == "*":
        return "*", "LITERAL"
    return (name[:-1], "PREFIXED") if name.endswith("*") else (name, "LITERAL")


def check(binding: Document) -> None:
    """Refuse what the service refuses: unknown roles, malformed patterns, resource roles without a resource."""
    role, crn = binding["role_name"], binding["crn_pattern"]
    if role not in KNOWN:
        raise ApiError(400, f"unknown role {role!r}; known here: {', '.join(KNOWN)}")
    if not re.match(r"crn://[^/]+/organization=[^/]+", crn):
        raise ApiError(400, f"crn_pattern must start with crn://…/organization=…, got {crn!r}")
    resources = {*KAFKA_TYPES, "subject", "kek", "connector", "compute-pool", "service-account"}
    if role in RESOURCE_ROLES and not resources & set(segments(crn)):
        raise ApiError(
            400,
            f"role {role} needs a resource in its crn_pattern, such as …/kafka=lkc-x/topic=y; got {crn!r}",
        )


def kafka_permissions(binding: Document) -> set[Permission]:
    """What a role binding allows on the Kafka cluster."""
    role, parts = binding["role_name"], segments(binding["crn_pattern"])
    if role in ADMINISTRATORS or (role == "CloudClusterAdmin" and "cloud-cluster" in parts):
        return {Permission(kind, name, "LITERAL", "ALL") for kind, name in EVERYTHING}
    if role == "Operator" and "cloud-cluster" in parts:
        return {Permission(kind, name, "LITERAL", "DESCRIBE") for kind, name in EVERYTHING}
    found: set[Permission] = set()
    for part, kind in KAFKA_TYPES.items():
        if part in parts:
            name, shape = pattern(parts[part])
            found |= {Permission(kind, name, shape, operation) for operation in OPERATIONS.get((role, kind), ())}
    return found


def matches(wanted: str, name: str) -> bool:
    """Does a CRN's resource name (with an optional trailing `*`) cover this name?"""
    return name.startswith(wanted[:-1]) if wanted.endswith("*") else wanted == name


def subject_allowed(bindings: list[Document], subject: str | None, roles: set[str]) -> bool:
    """May the holder of these bindings act on a subject (None: on any subject at all)?"""
    for binding in bindings:
        parts = segments(binding["crn_pattern"])
        if binding["role_name"] in ADMINISTRATORS:
            return True
        if (
            binding["role_name"] in roles
            and "subject" in parts
            and (subject is None or matches(parts["subject"], subject))
        ):
            return True
    return False


def flink_allowed(bindings: list[Document], environment: str) -> bool:
    """May the holder submit and read statements in this environment?"""
    roles = {*ADMINISTRATORS, "FlinkAdmin", "FlinkDeveloper"}
    return any(
        b["role_name"] in roles and segments(b["crn_pattern"]).get("environment", environment) == environment
        for b in bindings
    )


def may_assign(bindings: list[Document], account: str) -> bool:
    """May the holder let a statement run as this service account?"""
    return any(
        b["role_name"] in ADMINISTRATORS
        or (b["role_name"] == "Assigner" and matches(segments(b["crn_pattern"]).get("service-account", ""), account))
        for b in bindings
    )
