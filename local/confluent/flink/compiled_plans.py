"""Compiled plans: a statement is planned once, and runs from that plan ever after.

Operator state is found by ids that come from the plan's node ids. They are rewritten so that a source keeps its id in
every statement that reads the same table, and every other node has an id of its own statement: then a statement can
start from the savepoint of another one and continue exactly where that one stopped reading.
"""

import json
import zlib
from pathlib import Path
from typing import Any

from local.confluent.context import Cloud
from local.confluent.flink import error_logging_source, inferred_tables, shared_sink, sql_gateway
from local.confluent.flink.names import identifier, literal
from local.confluent.iam.api_keys import engine_key
from local.confluent.store import Document

SHADED = "org.apache.flink.kafka.shaded"  # the SQL connector brings its own Kafka client under this prefix
SOURCE = "stream-exec-table-source-scan"
PLAN_SETTINGS = {
    "table.plan.compile.catalog-objects": "IDENTIFIER",
    "table.plan.restore.catalog-objects": "IDENTIFIER",
    "table.plan.force-recompile": "true",
    "table.local-time-zone": "UTC",
}
# How often a job is checkpointed whose sources read nothing (java/flink/cdc/flink/idle). No setting of the cluster: batch jobs refuse it.
RESTS = {"execution.checkpointing.interval-during-backlog": "2s"}


def folder(cloud: Cloud) -> Path:
    """Where plans are kept."""
    return cloud.instance.folder("data", "cloud", "plans")


def file_of(cloud: Cloud, statement: Document) -> Path:
    """The statement's plan. Names are unique for ever by their uid, so a re-created statement never meets an old plan."""
    return folder(cloud) / f"{statement['name']}-{statement['uid']}.json"


def source_id(node: dict[str, Any]) -> int:
    """A source's id: the same for the same table everywhere."""
    table = node["scanTableSource"]["table"]
    name = table["identifier"] if isinstance(table, dict) else table
    # Whether a topic's errors are logged changes its table, not where in the topic a statement is.
    return zlib.crc32(name.replace(error_logging_source.SUFFIX, "").encode()) % 2**30


def renumbered(plan: dict[str, Any], statement: str) -> dict[str, Any]:
    """The plan with node ids that carry over as described above."""
    base = 2**30 + (zlib.crc32(statement.encode()) % 500_000) * 2_000
    others = [node for node in plan["nodes"] if not node["type"].startswith(SOURCE)]
    new = {node["id"]: source_id(node) for node in plan["nodes"] if node["type"].startswith(SOURCE)}
    new |= {node["id"]: base + number for number, node in enumerate(others)}
    for node in plan["nodes"]:
        node["id"] = new[node["id"]]
    for edge in plan["edges"]:
        edge["source"], edge["target"] = new[edge["source"]], new[edge["target"]]
    return plan


async def login(cloud: Cloud, principal: str, use: str) -> dict[str, str]:
    """What a table's client signs in with, to act as the service account (`use`: see engine_key)."""
    key = await engine_key(cloud, principal, use)
    jaas = f'{SHADED}.org.apache.kafka.common.security.scram.ScramLoginModule required username="{key["id"]}" password="{key["secret"]}";'
    return {
        "bootstrap.servers": f"127.0.0.1:{cloud.instance.port('kafka')}",
        "security.protocol": "SASL_PLAINTEXT",
        "sasl.mechanism": "SCRAM-SHA-256",
        "sasl.jaas.config": jaas,
    }


async def prepare(cloud: Cloud, session: sql_gateway.Session, statement: Document) -> None:
    """Put the tables that a statement uses into a session, reachable by the names it uses."""
    properties = statement["spec"]["properties"]
    catalog = properties.get("sql.current-catalog", "default")
    database = properties.get("sql.current-database", "default")
    logins = {use: await login(cloud, statement["spec"]["principal"], use) for use in ("", "sink")}
    named = f"{identifier(catalog)} WITH ('type'='generic_in_memory', 'default-database'={literal(database)})"
    await session.run(f"CREATE CATALOG {named}")
    await session.run(f"USE CATALOG {identifier(catalog)}")
    read, written = inferred_tables.names_in(statement["spec"]["statement"])
    shared = {group[0].target: [i.target for i in group[1:]] for group in await merged_groups(cloud, statement)}
    written -= {topic for others in shared.values() for topic in others}
    written |= set(inferred_tables.targets(cloud, read, statement).values())
    for topic in sorted(read | written):
        use = inferred_tables.Use(topic=topic, writes=topic in written, shared=shared.get(topic, ()))
        for command in await inferred_tables.ddl(cloud, use, statement, logins["sink" if use.writes else ""]):
            await session.run(command)


async def merged_groups(cloud: Cloud, statement: Document) -> list[list[shared_sink.Insert]]:
    """The statement's INSERTs by the sink they share; empty when it is run as it is."""
    inserts = shared_sink.parse(statement["spec"]["statement"])
    schemas: dict[str, tuple[str, str]] = {}
    for insert in inserts:
        key, value = await inferred_tables.subjects(cloud, insert.target, statement["frozen"])
        schemas[insert.target] = (key.text if key else "", value.text)
    return shared_sink.groups(inserts, schemas)


async def plan_statement(cloud: Cloud, statement: Document, file: Path) -> str:
    """COMPILE PLAN for the statement's own text (sinks of one schema merged), and for what it cannot decode."""
    text, properties = statement["spec"]["statement"], statement["spec"]["properties"]
    groups = await merged_groups(cloud, statement)
    if any(len(group) > 1 for group in groups):
        text = shared_sink.statement(groups)
    text = text.strip().removesuffix(";")
    if text.upper().startswith("EXECUTE STATEMENT SET"):
        text = text[len("EXECUTE ") :]
    place = (properties.get("sql.current-catalog", "default"), properties.get("sql.current-database", "default"))
    extra = [
        error_logging_source.insert(topic, target, statement["name"], *place)
        for topic, target in inferred_tables.targets(cloud, inferred_tables.names_in(text)[0], statement).items()
    ]
    if extra and text.upper().startswith("STATEMENT SET"):
        body = text.rstrip().removesuffix("END").rstrip()
        text = "\n".join([body, *(f"{insert};" for insert in extra), "END"])
    elif extra:
        text = "\n".join(["STATEMENT SET BEGIN", f"{text};", *(f"{insert};" for insert in extra), "END"])
    return f"COMPILE PLAN 'file://{file}' FOR {text}"


async def compile_plan(cloud: Cloud, statement: Document) -> None:
    """Plan the statement and keep the plan. Raises SqlError with the planner's words."""
    file = file_of(cloud, statement)
    draft = file.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    statement["frozen"] = {}
    async with sql_gateway.session(cloud, PLAN_SETTINGS) as session:
        await prepare(cloud, session, statement)
        await session.run(await plan_statement(cloud, statement, draft))
    plan = renumbered(json.loads(draft.read_text()), statement["name"])
    draft.write_text(json.dumps(plan))
    cloud.store.put("statement", statement["name"], statement)
    draft.rename(file)


async def execute_plan(cloud: Cloud, statement: Document, start_from: str) -> str:
    """Submit the statement's plan, from a savepoint or checkpoint if one is named; the job's id."""
    settings = {**PLAN_SETTINGS, **RESTS, "pipeline.name": statement["name"]}
    if start_from:
        settings |= {
            "execution.state-recovery.path": start_from,
            "execution.state-recovery.ignore-unclaimed-state": "true",
        }
    async with sql_gateway.session(cloud, settings) as session:
        await prepare(cloud, session, statement)
        result = await session.run(f"EXECUTE PLAN 'file://{file_of(cloud, statement)}'")
    return str(result["jobID"])


async def warm_up(cloud: Cloud) -> None:
    """Plan something once: the first plan of a gateway takes seconds, and nobody should have to wait for them."""
    async with sql_gateway.session(cloud, {}) as session:
        await session.run("CREATE TABLE a (x STRING, y BIGINT) WITH ('connector'='datagen')")
        await session.run("CREATE TABLE b (x STRING, y BIGINT) WITH ('connector'='blackhole')")
        await session.run(
            "EXPLAIN PLAN FOR STATEMENT SET BEGIN INSERT INTO b SELECT x, y FROM a WHERE x IN ('c') AND (x = 'd'); INSERT INTO b SELECT x, y FROM a WHERE (x = 'e') IS NOT TRUE; END"
        )
