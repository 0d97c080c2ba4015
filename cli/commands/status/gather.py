"""Everything that the status shows, as plain data; its parts are asked at once."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict
from typing import Any

import psycopg
from confluent_kafka.admin import OffsetSpec

from cli.client import consumers, dead_letters, flow, kafka, large_rows, rest, stack
from cli.client.connector import ConnectorClient
from cli.client.offsets import Offsets, between
from cli.client.stack import Stack
from local.engines import client
from local.environment import ROOT, Instance
from stacks import load as loading
from stacks.errors import CdcError

COUNTING, READ = 1.0, 100_000  # seconds, records: topics that hold more are not read to be counted
SLOT = """
SELECT active, wal_status, pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn)::bigint,
       pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::bigint
FROM pg_replication_slots WHERE slot_name = %s
"""


def gather(loading: Future[Stack]) -> dict[str, Any]:
    """Everything of the stack that is being loaded. What cannot be asked says why, and the rest is still told."""
    instance = Instance.here()
    engines = client.engines(instance)
    if engines is None:
        raise stack.NotRunning("the local environment is not running", "start it: ./cdc up (or ./cdc demo)")
    found: dict[str, Any] = {"engines": engines}
    try:
        running = loading.result()
    except CdcError as error:
        return {**found, "stack": error.message, "healthy": False}
    parts: dict[str, Callable[[], Any]] = {
        "connector": lambda: connector(running),
        "slot": lambda: slot(running),
        "statements": lambda: statements(running),
        "topics": lambda: topics(running),
        "letters": lambda: waiting(running),
        "flow": lambda: moving(running, engines),
        "consumers": lambda: [asdict(one) for one in consumers.gather(running)],
    }
    with ThreadPoolExecutor(len(parts)) as pool:
        asked = {name: pool.submit(tried, ask) for name, ask in parts.items()}
        found |= {name: answer.result() for name, answer in asked.items()}
    letters = found.pop("letters")
    found["topics"] = {**found["topics"], **letters}
    found["large_rows"] = tried(lambda: large(running, found))
    return {**found, "healthy": healthy(found)}


def tried(ask: Callable[[], Any]) -> Any:
    """The answer, or why there is none."""
    try:
        return ask()
    except (CdcError, psycopg.Error, kafka.KafkaException) as error:
        return {"problem": getattr(error, "message", str(error)).strip()}


def connector(running: Stack) -> dict[str, Any]:
    """The connector's state, with the trace when it failed."""
    found = ConnectorClient(running).status()
    return {"name": found["name"], "state": found["connector"]["state"], "trace": found["connector"]["trace"]}


def slot(running: Stack) -> dict[str, Any]:
    """The replication slot: is it read, how far behind is it, how much WAL does it keep (bytes)."""
    database = running.contract.database
    with psycopg.connect(stack.local_dsn(running, "cdc"), connect_timeout=5) as connection:
        row = connection.execute(SLOT, (database.slot,)).fetchone()
    if row is None:
        return {"name": database.slot, "problem": "the slot does not exist: events are not captured"}
    return {
        "name": database.slot,
        "active": row[0],
        "wal_status": row[1],
        "behind_bytes": row[2],
        "kept_bytes": row[3],
    }


def statements(running: Stack) -> list[dict[str, Any]]:
    """Phase and detail of each routing statement."""
    found = [rest.statement(running, name) for name in running.contract.flink.statements.values()]
    return [{"name": s["name"], "phase": s["status"]["phase"], "detail": s["status"]["detail"]} for s in found]


def moving(running: Stack, engines: list[dict[str, Any]]) -> dict[str, Any]:
    """Heartbeat, recent rows and dead letters per source, and what is wrong with them."""
    settings, _ = loading.from_files(ROOT, running.name)
    since = max((engine["since"] for engine in engines if engine["name"] == "connect"), default=0)
    started = time.time() - since < flow.STARTING
    seen, problems = flow.gather(running, settings.connector.heartbeat_interval_ms / 1000, started)
    return {**asdict(seen), "window_seconds": flow.WINDOW, "problems": problems}


def large(running: Stack, found: dict[str, Any]) -> list[str]:
    """Rows that the connector cannot get past, where it says so, or says nothing any more (it is started again and again)."""
    if large_rows.REFUSED not in found["connector"].get("trace", "") and not found["flow"].get("problems"):
        return []
    return list(large_rows.problems(running, *loading.from_files(ROOT, running.name)))


def topics(running: Stack) -> dict[str, Any]:
    """Committed records per topic; the unrouted share of what came in."""
    contract = running.contract
    kinds = {s.raw_topic: "raw" for s in contract.sources} | {r.topic: "routed" for r in contract.routes}
    kinds |= {s.unrouted_topic: "unrouted" for s in contract.sources}
    counts, complete = counted(running, list(kinds))
    rows: list[dict[str, Any]] = [{"topic": t, "kind": kind, "records": counts[t]} for t, kind in kinds.items()]
    total, unrouted = (sum(r["records"] for r in rows if r["kind"] == kind) for kind in ("raw", "unrouted"))
    # The share of a part of the records would be a wrong one.
    share = (unrouted / total if total else 0.0) if complete else None
    return {"rows": rows, "complete": complete, "unrouted_share": share}


def waiting(running: Stack) -> dict[str, int]:
    """How many dead letters were not written back."""
    return {"dead_letters": sum(1 for _ in dead_letters.waiting(dead_letters.read(running)))}


def counted(running: Stack, names: list[str]) -> tuple[dict[str, int], bool]:
    """Committed records by reading them, where that takes no time; else offsets, which markers of transactions take, too."""
    offsets = Offsets(running)
    starts, ends = (offsets.of(names, spec) for spec in (OffsetSpec.earliest(), OffsetSpec.latest()))
    most = between(starts, ends)
    if sum(most.values()) > READ:
        return most, False
    counts, complete = kafka.count_records(running, "operator", names, COUNTING)
    return (counts, True) if complete else (most, False)


def healthy(found: dict[str, Any]) -> bool:
    """Is everything as it should be?"""
    parts = [found[name] for name in ("connector", "slot", "statements", "topics", "flow", "consumers")]
    return (
        all(e["state"] == "ready" for e in found["engines"])
        and not any(isinstance(part, dict) and "problem" in part for part in parts)
        and found["connector"]["state"] == "RUNNING"
        and all(s["phase"] == "RUNNING" for s in found["statements"])
        and found["slot"]["wal_status"] in ("reserved", "extended")
        and found["slot"]["active"]
        and not found["flow"]["problems"]
    )
