"""Table options that outlive statements: `ALTER TABLE … SET (…)`, as far as the program uses it.

`error-handling.mode` = `log` makes every later statement write what it cannot decode into the table's log target. As on
Confluent Cloud, statements that run already keep the options they were started with.
"""

import re

from confluent_kafka import KafkaException
from confluent_kafka.admin import AlterConfigOpType, ConfigEntry, ConfigResource, ResourceType

from local.confluent.context import Cloud
from local.confluent.errors import ApiError
from local.confluent.flink import error_table
from local.confluent.iam import rbac
from local.confluent.kafka import admin
from local.confluent.store import Document

ALTER = re.compile(r"\s*ALTER\s+TABLE\s+(?:`[^`]+`\.)*`([^`]+)`\s+SET\s*\((.*)\)\s*;?\s*", re.IGNORECASE | re.DOTALL)
PAIR = re.compile(r"\s*'([^']+)'\s*=\s*'((?:[^']|'')*)'\s*(?:,|$)")
SIZE = re.compile(r"(\d+) bytes")
KNOWN = {"error-handling.mode": ("fail", "log"), "error-handling.log.target": None, "kafka.max-message-size": None}


def alters(text: str) -> bool:
    """Is the statement an ALTER TABLE … SET?"""
    return ALTER.fullmatch(text) is not None


def parse(text: str) -> tuple[str, dict[str, str]]:
    """Table and options. ApiError for an option that is not known here."""
    found = ALTER.fullmatch(text)
    if found is None:
        raise ApiError(400, "only ALTER TABLE `name` SET ('option' = 'value', …) is known here")
    table, body = found.groups()
    pairs = PAIR.findall(body)
    if PAIR.sub("", body).strip():
        raise ApiError(400, f"options must be 'name' = 'value', got {body.strip()!r}")
    for name, value in pairs:
        if name not in KNOWN or (KNOWN[name] and value not in (KNOWN[name] or ())):
            raise ApiError(400, f"Unsupported option '{name}' = '{value}' (docs/local-parity.md)")
    return table, {name: value.replace("''", "'") for name, value in pairs}


async def apply(cloud: Cloud, statement: Document) -> None:
    """Keep the options. The statement's principal must be allowed to alter the topic."""
    table, options = parse(statement["spec"]["statement"])
    principal = statement["spec"]["principal"]
    bindings = [b for b in cloud.store.all("role-binding") if b["principal"] == f"User:{principal}"]
    permissions = {p for b in bindings for p in rbac.kafka_permissions(b)}
    if not any(
        p.resource_type == "TOPIC" and p.operation in ("ALL", "ALTER_CONFIGS") and covers(p, table) for p in permissions
    ):
        raise ApiError(403, f"{principal} may not alter table '{table}'")
    kept = (cloud.store.get("table-options", table) or {}).get("options", {})
    cloud.store.put("table-options", table, {"table": table, "options": {**kept, **options}})
    if size := options.get("kafka.max-message-size"):
        await resize(cloud, table, size)
    if target := log_target(cloud, table):
        await error_table.ensure(cloud, target)


async def resize(cloud: Cloud, topic: str, size: str) -> None:
    """The largest record that a table's topic takes: `8388608 bytes`. ApiError where the topic cannot have it."""
    found = SIZE.fullmatch(size)
    if found is None:
        raise ApiError(400, f"Could not parse value '{size}' for key 'kafka.max-message-size': write it in bytes")
    entry = ConfigEntry("max.message.bytes", found[1], incremental_operation=AlterConfigOpType.SET)
    resource = ConfigResource(ResourceType.TOPIC, topic, incremental_configs=[entry])
    try:
        await admin.done(admin.platform(cloud).incremental_alter_configs([resource], request_timeout=admin.SECONDS))
    except KafkaException as error:
        raise ApiError(400, f"the table {topic!r} cannot have this size: {error.args[0].str()}") from error


def covers(permission: rbac.Permission, topic: str) -> bool:
    """Is the topic among those of a permission?"""
    name = permission.resource_name
    return topic.startswith(name) if permission.pattern == "PREFIXED" else name in ("*", topic)


def log_target(cloud: Cloud, topic: str) -> str:
    """Where a topic's undecodable records go; empty when they make the statement fail."""
    options = (cloud.store.get("table-options", topic) or {}).get("options", {})
    return options.get("error-handling.log.target", "error_log") if options.get("error-handling.mode") == "log" else ""
