"""Everything that the status shows, as plain data; its parts are asked at once."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict
from typing import Any

import psycopg
from confluent_kafka.admin import OffsetSpec

from cli.client import consumers, dead_letters, flow, kafka, large_rows, rest, stack
from cli.client.offsets import Offsets, between
from cli.client.stack import Stack
from cli.doctor.facts import Facts, Skipped
from local.engines import client
from local.environment import ROOT, Instance
from stacks import load as loading
from stacks.errors import CdcError

COUNTING, READ = 1.0, 100_000  # seconds, records: topics that hold more are not read to be counted


def gather(name: str, loading: Future[Stack], database: str | None) -> dict[str, Any]:
    """Everything of the stack that is being loaded. What cannot be asked says why, and the rest is still told."""
    engines = client.engines(Instance.here()) if stack.served_here(name) else []
    if engines is None:
        raise stack.NotRunning("the local environment is not running", "start it: ./cdc up (or ./cdc demo)")
    found: dict[str, Any] = {"name": name, "engines": engines}
    try:
        running = loading.result()
    except CdcError as error:
        if not stack.served_here(name):
            raise
        return {**found, "stack": error.message, "healthy": False}
    facts = Facts(running, database)
    parts: dict[str, Callable[[], Any]] = {
        "connector": lambda: connector(facts),
        "slot": lambda: slot(facts),
        "statements": lambda: statements(running),
        "topics": lambda: topics(running),
        "letters": lambda: waiting(running),
        "flow": lambda: moving(running, engines),
        "consumers": lambda: readers(facts),
    }
    with ThreadPoolExecutor(len(parts)) as pool:
        asked = {name: pool.submit(tried, ask) for name, ask in parts.items()}
        found |= {name: answer.result() for name, answer in asked.items()}
    letters = found.pop("letters")
    found["topics"] = {**found["topics"], **letters}
    found["large_rows"] = tried(lambda: large(running, found))
    return {**found, "healthy": healthy(found)}


def tried(ask: Callable[[], Any]) -> Any:
    """The answer; or why there is none (`problem`), or why it does not apply here (`skipped`)."""
    try:
        return ask()
    except Skipped as skipped:
        return {"skipped": str(skipped)}
    except (CdcError, psycopg.Error, kafka.KafkaException) as error:
        return {"problem": getattr(error, "message", str(error)).strip()}


def connector(facts: Facts) -> dict[str, Any]:
    """The connector's state, with the trace when it failed, and its tasks."""
    found = facts.connector_status
    tasks = [{"id": one["id"], "state": one["state"]} for one in found.get("tasks", [])]
    return {
        "name": found["name"],
        "state": found["connector"]["state"],
        "trace": found["connector"]["trace"],
        "tasks": tasks,
    }


def slot(facts: Facts) -> dict[str, Any]:
    """The replication slot: is it read, how far behind is it, how much WAL does it keep (bytes); the oldest transaction (s)."""
    name, row = facts.stack.contract.database.slot, facts.slot
    if row is None:
        return {"name": name, "problem": "the slot does not exist: events are not captured"}
    oldest = max((float(one["age"]) for one in facts.transactions if one["age"] is not None), default=0.0)
    return {
        "name": name,
        "active": row["active"],
        "wal_status": row["wal_status"],
        "behind_bytes": row["behind"],
        "kept_bytes": row["kept"],
        "oldest_transaction_seconds": oldest,
    }


def readers(facts: Facts) -> list[dict[str, Any]]:
    """How far each consumer is, and how many members its group has now."""

    def told(one: consumers.Reader) -> dict[str, Any]:
        return {**asdict(one), "members": facts.members(one.name)}

    known = consumers.gather(facts.stack)
    with ThreadPoolExecutor(max(1, len(known))) as pool:
        return list(pool.map(told, known))


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
    if not running.local:
        return []  # the local worker's log is asked
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
    """Is everything as it should be? What does not apply here counts for nothing."""
    parts = [found[name] for name in ("connector", "slot", "statements", "topics", "flow", "consumers")]
    connector, slot, statements = parts[:3]
    return (
        all(e["state"] == "ready" for e in found["engines"])
        and not any(isinstance(part, dict) and "problem" in part for part in parts)
        and ("skipped" in connector or connector["state"] == "RUNNING")
        and all(s["phase"] == "RUNNING" for s in statements)
        and ("skipped" in slot or (slot["wal_status"] in ("reserved", "extended") and slot["active"]))
        and not found["flow"].get("problems")
    )
