"""The CDC connector's keys."""

import re
from collections.abc import Callable, Iterator

from policies.graph import Graph, Resource
from policies.rule import confluent, whole

SENSITIVE = re.compile(r"pass|secret|token|key\.data|credential", re.IGNORECASE)
NOT_SECRET = ("tombstone.handling",)


def key(name: str) -> Callable[[Resource], str]:
    """A connector's key; empty while the map is not known."""
    return lambda r: str((r.get("configNonsensitive") or {}).get(name) or "")


def equals(name: str, wanted: str) -> Callable[[Resource], bool]:
    return lambda r: key(name)(r) == wanted


def no_secret_keys(resource: Resource) -> bool:
    names = resource.get("configNonsensitive") or {}
    return not [n for n in names if SENSITIVE.search(n) and not any(word in n for word in NOT_SECRET)]


def writer(graph: Graph) -> Iterator[tuple[str, str]]:
    proxies = {p.name for p in graph.aws("rds/proxy")}
    for connector in graph.confluent("connector"):
        host = key("database.hostname")(connector)
        if ".proxy-" in host or ".cluster-ro-" in host or proxies & connector.dependencies:
            yield connector.name, f"reads from {host}, which is not the writer"


def after_migration(graph: Graph) -> Iterator[tuple[str, str]]:
    runs = {r.name for r in graph.aws("lambda/invocation")}
    for connector in graph.confluent("connector"):
        if runs and connector.dependencies and not runs & connector.dependencies:
            yield connector.name, "may start before the publication exists"


def unique_slots(graph: Graph) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for connector in graph.confluent("connector"):
        slot = key("slot.name")(connector)
        if slot in seen:
            yield connector.name, f"shares the slot {slot}"
        seen.add(slot)


RULES = (
    confluent("CDC-01", "connector", "the managed connector is of the second generation", "set connector.class to PostgresCdcSourceV2", equals("connector.class", "PostgresCdcSourceV2")),
    whole("CDC-02", "the connector reads the writer", "use the cluster's endpoint, never a proxy's or a reader's", writer),
    confluent("CDC-03", "connector", "the connection is encrypted", "set sslMode to require or stricter", lambda r: key("database.sslmode")(r) in ("require", "verify-ca", "verify-full") or key("database.hostname")(r) == "127.0.0.1"),
    confluent("CDC-04", "connector", "secrets are in config_sensitive", "move the key to config_sensitive", no_secret_keys),
    confluent("CDC-05", "connector", "the connector acts as its own account", "set kafka.auth.mode to SERVICE_ACCOUNT", lambda r: key("kafka.auth.mode")(r) == "SERVICE_ACCOUNT" and bool(key("kafka.service.account.id")(r))),
    confluent("CDC-06", "connector", "stopping keeps the slot", "set slot.drop.on.stop to false", equals("slot.drop.on.stop", "false")),
    confluent("CDC-07", "connector", "slot and publication are named", "set connector.slot and connector.publication", lambda r: bool(key("slot.name")(r)) and bool(key("publication.name")(r))),
    confluent("CDC-08", "connector", "the publication is made beforehand", "set publication.autocreate.mode to disabled", equals("publication.autocreate.mode", "disabled")),
    confluent("CDC-09", "connector", "the heartbeat moves the slot", "set heartbeat.interval.ms and heartbeat.action.query", lambda r: key("heartbeat.interval.ms")(r).isdigit() and "INSERT" in key("heartbeat.action.query")(r)),
    confluent("CDC-10", "connector", "captured tables are listed", "set table.include.list", lambda r: bool(key("table.include.list")(r))),
    confluent("CDC-11", "connector", "the snapshot mode is chosen", "set snapshot.mode", lambda r: bool(key("snapshot.mode")(r))),
    confluent("CDC-12", "connector", "records carry schemas", "set output.data.format and output.key.format to AVRO", lambda r: key("output.data.format")(r) in ("AVRO", "JSON_SR", "PROTOBUF") and key("output.key.format")(r) in ("AVRO", "JSON_SR", "PROTOBUF")),
    confluent("CDC-13", "connector", "decimals arrive exactly", "set decimal.handling.mode to string", equals("decimal.handling.mode", "string")),
    confluent("CDC-14", "connector", "no record is dropped silently", "set errors.tolerance to none", equals("errors.tolerance", "none")),
    confluent("CDC-15", "connector", "there is one task", "set tasks.max to 1", equals("tasks.max", "1")),
    confluent("CDC-18", "connector", "a NULL stays NULL where a column has a default", "set value.converter.ignore.default.for.nullables to true, and replace.null.with.default of the flattening transform to false", lambda r: key("value.converter.ignore.default.for.nullables")(r) == "true" and key("transforms.flat.replace.null.with.default")(r) in ("false", "")),
    whole("CDC-16", "the database is ready before the connector", "depend on the migrator's run", after_migration),
    whole("CDC-17", "no two connectors share a slot", "name another slot", unique_slots),
)  # fmt: skip
