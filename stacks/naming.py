"""Every name that other systems see, and the CRNs that role bindings use, made in one place."""

import hashlib

CONNECT_PREFIX = "cdc"  # topic.prefix: the namespace of raw records, and the raw topic before it is renamed
STATEMENT_LIMIT = 72  # Confluent documents 72 characters for statement names
# Events with an id that begins so are canaries (`cdc canary`): UUIDs of version 8, which RFC 9562 leaves to applications.
CANARY_ID_PREFIX = "cdcca9a7-0000-8000-"
CONFLUENT_ENDPOINT = "https://api.confluent.cloud"


def physical(environment: str, role: str, limit: int = 64) -> str:
    """`<environment>-<role>`, shortened with a hash when it is longer than `limit`."""
    name = f"{environment}-{role}"
    return name if len(name) <= limit else f"{name[: limit - 9]}-{digest(name)}"


def digest(text: str) -> str:
    """Eight hexadecimal characters that stand for a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def statement(environment: str, group: str, identity: str) -> str:
    """A statement's name: it changes when `identity` (text and properties) does, so a change is a replacement."""
    stem = physical(environment, group, STATEMENT_LIMIT - 9).rstrip("-")
    return f"{stem}-{digest(identity)}"


def notifications(environment: str) -> str:
    """The display name of the integration that Confluent notifies: the stack makes it, `cdc deploy` finds it by this."""
    return physical(environment, "notifications")


def heartbeat_prefix(connector: str) -> str:
    """topic.heartbeat.prefix of a connector."""
    return f"heartbeat-{connector}"


def heartbeat_topic(connector: str) -> str:
    """The topic Debezium derives from that prefix."""
    return f"{heartbeat_prefix(connector)}.{CONNECT_PREFIX}"
