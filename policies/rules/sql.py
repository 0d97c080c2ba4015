"""Flink statements."""

import re
from collections.abc import Iterator

from policies.graph import UNKNOWN, Graph, Resource
from policies.rule import confluent, whole

NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,70}[a-z0-9])?")
MOST_BYTES = 128 * 1024
DDL = re.compile(r"^\s*(CREATE|ALTER|DROP|TRUNCATE)\b", re.IGNORECASE | re.MULTILINE)


LOGGED = re.compile(r"^ALTER TABLE `([^`]+)` SET \('error-handling\.mode' = 'log', ")
OPTIONS = re.compile(r"^ALTER TABLE `[^`]+` SET \('(error-handling\.mode|kafka\.max-message-size)' = '[^']*'[^;]*\)$")


def text(resource: Resource) -> str:
    """The statement; empty while it is unknown."""
    return str(resource.known("statement") or "")


def routing(resource: Resource) -> bool:
    """Does it move events (and not only set options of a table)?"""
    return bool(text(resource)) and not OPTIONS.match(text(resource))


def name(resource: Resource) -> bool:
    value = resource.get("statementName")
    return value == UNKNOWN or bool(NAME.fullmatch(str(value)))


def hashed(resource: Resource) -> bool:
    value = resource.get("statementName")
    return value == UNKNOWN or bool(re.search(r"-[0-9a-f]{8}$", str(value)))


def guarded(resource: Resource) -> bool:
    """Each routing insert tests the operation outside of the route's own condition."""
    inserts = [part for part in text(resource).split("INSERT INTO")[1:] if "unrouted" not in part.split("\n")[0]]
    return all(re.search(r"WHERE\s+`__op` IN \(", part) for part in inserts)


def known_topics(graph: Graph) -> Iterator[tuple[str, str]]:
    topics = {t.get("topicName") for t in graph.confluent("kafkaTopic")}
    for statement in graph.confluent("flinkStatement"):
        for table in re.findall(r"INSERT INTO `([^`]+)`", text(statement)):
            if table not in topics:
                yield statement.name, f"writes to {table}, which is not declared"


def keeps_the_rest(graph: Graph) -> Iterator[tuple[str, str]]:
    statements = [s for s in graph.confluent("flinkStatement") if routing(s)]
    kept = {
        source
        for s in statements
        if re.search(r"INSERT INTO `[^`]*unrouted", text(s))
        for source in re.findall(r"FROM `([^`]+)`", text(s))
    }
    for statement in statements:
        if not kept.issuperset(re.findall(r"FROM `([^`]+)`", text(statement))):
            yield statement.name, "drops what no route takes"


def logs_errors(graph: Graph) -> Iterator[tuple[str, str]]:
    altered = {table for s in graph.confluent("flinkStatement") for table in LOGGED.findall(text(s))}
    for statement in graph.confluent("flinkStatement"):
        for source in set(re.findall(r"FROM `([^`]+)`", text(statement))) - altered:
            yield statement.name, f"fails at the first record of {source} that cannot be decoded"


def one_scan(resource: Resource) -> bool:
    return len(set(re.findall(r"FROM `([^`]+)`", text(resource)))) <= 1


def provider(resource: Resource) -> bool:
    return not resource.get("credentials") and not resource.get("principal")


def replaced(resource: Resource) -> bool:
    return not resource.replace_on_changes or {"properties", "statementName"} <= resource.replace_on_changes


RULES = (
    confluent("SQL-01", "flinkStatement", "keys stand on the provider", "use a confluentcloud.Provider with the seven flink values: a statement cannot change its own", provider),
    confluent("SQL-02", "flinkStatement", "the name fits", "use [a-z0-9-], at most 72 characters", name),
    confluent("SQL-03", "flinkStatement", "the name ends in a hash of the text", "use naming.statement", hashed),
    confluent("SQL-04", "flinkStatement", "the text fits", "split the group: 128 KiB is the limit", lambda r: len(text(r).encode()) < MOST_BYTES),
    confluent("SQL-05", "flinkStatement", "catalog and database are set", "set sql.current-catalog and sql.current-database", lambda r: {"sql.current-catalog", "sql.current-database"} <= set(r.get("properties") or {})),
    confluent("SQL-06", "flinkStatement", "statements make no tables", "declare topics and schemas: Flink infers its tables", lambda r: not routing(r) or not DDL.search(text(r))),
    confluent("SQL-07", "flinkStatement", "routes of a source share one scan", "use EXECUTE STATEMENT SET", lambda r: not routing(r) or text(r).startswith("EXECUTE STATEMENT SET")),
    confluent("SQL-08", "flinkStatement", "the operation guards every route", "put `__op` IN (…) AND outside of the condition", guarded),
    confluent("SQL-09", "flinkStatement", "a statement reads one source", "one statement per source", one_scan),
    confluent("SQL-10", "flinkStatement", "a change replaces", "set replace_on_changes to properties and statementName", replaced),
    confluent("SQL-11", "flinkStatement", "routing runs", "leave stopped unset", lambda r: r.get("stopped") is not True),
    whole("SQL-12", "statements write declared topics", "declare the topic with its schemas", known_topics),
    whole("SQL-14", "a record that cannot be decoded stops nothing", "set error-handling.mode to log on the source's table", logs_errors),
    whole("SQL-13", "what no route takes is kept", "insert the rest into the unrouted topic", keeps_the_rest),
)  # fmt: skip
