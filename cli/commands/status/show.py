"""`cdc status`: one screen that says what runs, what failed, and where the events are."""

import time
from dataclasses import asdict
from typing import Any

import psycopg
from rich.markup import escape

from cli.client import dead_letters, flow, kafka, rest, stack
from cli.client.stack import Stack
from cli.console import data, out, table
from local.engines import client
from local.environment import ROOT, Instance
from stacks import load as loading
from stacks.errors import CdcError

COUNTING = 1.5  # seconds
SLOT = """
SELECT active, wal_status, pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn)::bigint,
       pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::bigint
FROM pg_replication_slots WHERE slot_name = %s
"""


def gather() -> dict[str, Any]:
    """Everything, as plain data. What cannot be asked says why, and the rest is still told."""
    instance = Instance.here()
    engines = client.engines(instance)
    if engines is None:
        raise stack.NotRunning("the local environment is not running", "start it: ./cdc up (or ./cdc demo)")
    found: dict[str, Any] = {"engines": engines}
    try:
        running = stack.load("local")
    except CdcError as error:
        return {**found, "stack": error.message, "healthy": False}
    found |= {"connector": tried(lambda: connector(running, instance)), "slot": tried(lambda: slot(running))}
    found |= {"statements": tried(lambda: statements(running)), "topics": tried(lambda: topics(running))}
    found["flow"] = tried(lambda: moving(running))
    return {**found, "healthy": healthy(found)}


def tried(ask: Any) -> Any:
    """The answer, or why there is none."""
    try:
        return ask()
    except (CdcError, psycopg.Error, kafka.KafkaException) as error:
        return {"problem": getattr(error, "message", str(error)).strip()}


def connector(running: Stack, instance: Instance) -> dict[str, Any]:
    """The connector's state, with the trace when it failed."""
    own = instance.secrets
    found = rest.connector(running, own["cloud_api_key"], own["cloud_api_secret"])
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


def moving(running: Stack) -> dict[str, Any]:
    """Heartbeat, recent rows and dead letters per source, and what is wrong with them."""
    settings, _ = loading.from_files(ROOT, running.name)
    seen, problems = flow.gather(running, settings.connector.heartbeat_interval_ms / 1000)
    return {**asdict(seen), "problems": problems}


def topics(running: Stack) -> dict[str, Any]:
    """Committed records per topic; the unrouted share of what came in."""
    contract = running.contract
    kinds = {s.raw_topic: "raw" for s in contract.sources} | {r.topic: "routed" for r in contract.routes}
    kinds |= {s.unrouted_topic: "unrouted" for s in contract.sources}
    counts, complete = kafka.count_records(running, "operator", list(kinds), COUNTING)
    rows: list[dict[str, Any]] = [{"topic": t, "kind": kind, "records": counts[t]} for t, kind in kinds.items()]
    total, unrouted = (sum(r["records"] for r in rows if r["kind"] == kind) for kind in ("raw", "unrouted"))
    waiting = sum(1 for _ in dead_letters.waiting(dead_letters.read(running)))
    share = (
        (unrouted / total if total else 0.0) if complete else None
    )  # of a part of the records it would be a wrong one
    return {"rows": rows, "complete": complete, "unrouted_share": share, "dead_letters": waiting}


def healthy(found: dict[str, Any]) -> bool:
    """Is everything as it should be?"""
    parts = [found["connector"], found["slot"], found["statements"], found["topics"], found["flow"]]
    return (
        all(e["state"] == "ready" for e in found["engines"])
        and not any(isinstance(part, dict) and "problem" in part for part in parts)
        and found["connector"]["state"] == "RUNNING"
        and all(s["phase"] == "RUNNING" for s in found["statements"])
        and found["slot"]["wal_status"] in ("reserved", "extended")
        and found["slot"]["active"]
        and not found["flow"]["problems"]
    )


def run(as_json: bool) -> int:
    """Print it; exit code 1 when something is not as it should be."""
    found = gather()
    if as_json:
        data(found)
    else:
        show(found)
    return 0 if found["healthy"] else 1


def size(value: float) -> str:
    """Bytes for people."""
    for unit in ("B", "KB", "MB"):
        if value < 1024:
            return f"{value:.0f} {unit}"
        value /= 1024
    return f"{value:.1f} GB"


def show(found: dict[str, Any]) -> None:
    """Failed things first."""
    engines = sorted(found["engines"], key=lambda e: e["state"] == "ready")
    now = time.time()
    cells = [
        (
            e["name"],
            e["state"],
            e["pid"] or "-",
            size(e["memory"]),
            e["restarts"],
            f"{now - e['since']:.0f} s",
            e["problem"],
        )
        for e in engines
    ]
    total = size(sum(e["memory"] for e in engines))
    table(
        f"Engines ({total} together)",
        ("engine", "state", "pid", "memory", "restarts", "since", "last problem"),
        cells,
        right=("pid", "memory", "restarts", "since"),
    )
    if "stack" in found:
        out.print(f"\n{found['stack']}", markup=False)
        return
    out.print()
    table("Pipeline", ("part", "name", "state", "detail"), pipeline_rows(found))
    for problem in found["flow"].get("problems", [found["flow"].get("problem")]):
        out.print(f"[red]✘[/red] {escape(str(problem))}", highlight=False, soft_wrap=True)
    out.print()
    topics_found = found["topics"]
    if "problem" in topics_found:
        out.print(f"topics: {topics_found['problem']}", markup=False)
        return
    least = "" if topics_found["complete"] else "≥ "
    rows = [(r["topic"], r["kind"], f"{least}{r['records']:,}") for r in topics_found["rows"]]
    table("Topics (committed records)", ("topic", "kind", "records"), rows, right=("records",))
    if topics_found["complete"]:
        out.print(f"unrouted: {topics_found['unrouted_share']:.1%} of the rows that came in", highlight=False)
    if waiting := topics_found["dead_letters"]:
        out.print(f"dead letters: {waiting} wait; look: ./cdc dead-letters list", highlight=False)


def pipeline_rows(found: dict[str, Any]) -> list[tuple[object, ...]]:
    """Connector, slot, statements."""
    connector_found, slot_found, statements_found = found["connector"], found["slot"], found["statements"]
    rows: list[tuple[object, ...]] = []
    if "problem" in connector_found:
        rows.append(("connector", "-", "?", connector_found["problem"]))
    else:
        rows.append(("connector", connector_found["name"], connector_found["state"], connector_found["trace"][:200]))
    if "problem" in slot_found:
        rows.append(("slot", slot_found.get("name", "-"), "?", slot_found["problem"]))
    else:
        state = "active" if slot_found["active"] else "NOT READ"
        detail = f"{size(slot_found['behind_bytes'])} behind, keeps {size(slot_found['kept_bytes'])} of WAL ({slot_found['wal_status']})"
        rows.append(("slot", slot_found["name"], state, detail))
    if isinstance(statements_found, dict):
        rows.append(("statement", "-", "?", statements_found["problem"]))
    else:
        rows += [("statement", s["name"], s["phase"], s["detail"][:200]) for s in statements_found]
    return rows
