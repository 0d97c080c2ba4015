"""The status for people: failed things first."""

import time
from concurrent.futures import Future
from typing import Any

from rich.markup import escape

from cli.client.stack import Stack
from cli.commands.status.gather import gather
from cli.console import data, out, size, table

WATCHED = 5.0  # seconds between two looks


def run(name: str, running: Future[Stack], database: str | None, as_json: bool) -> int:
    """Print it; exit code 1 when something is not as it should be. `running`: the stack, being loaded."""
    found = gather(name, running, database)
    if as_json:
        data(found)
    else:
        show(found)
    return 0 if found["healthy"] else 1


def watch(name: str, running: Future[Stack], database: str | None) -> int:
    """Again and again, until Ctrl-C."""
    try:
        while True:
            found = gather(name, running, database)
            out.clear()
            out.print(time.strftime("%H:%M:%S"), markup=False)
            show(found)
            time.sleep(WATCHED)
    except KeyboardInterrupt:
        return 0


def show(found: dict[str, Any]) -> None:
    """Engines, pipeline, problems, topics, consumers."""
    if found["engines"]:
        engines(found["engines"])
        out.print()
    if "stack" in found:
        out.print(found["stack"], markup=False)
        return
    table(f"Pipeline of {found['name']}", ("part", "name", "state", "detail"), pipeline(found))
    for problem in problems(found):
        out.print(f"[red]✘[/red] {escape(problem)}", highlight=False, soft_wrap=True)
    out.print()
    topics(found["topics"])
    consumers(found["consumers"])


def engines(engines_found: list[dict[str, Any]]) -> None:
    """Processes; those that are not ready first."""
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
        for e in sorted(engines_found, key=lambda e: e["state"] == "ready")
    ]
    columns = ("engine", "state", "pid", "memory", "restarts", "since", "last problem")
    total = size(sum(e["memory"] for e in engines_found))
    table(f"Engines ({total} together)", columns, cells, right=("pid", "memory", "restarts", "since"))


def pipeline(found: dict[str, Any]) -> list[tuple[object, ...]]:
    """Connector, slot, sources, statements."""
    connector, slot, statements, flow = (found[name] for name in ("connector", "slot", "statements", "flow"))
    rows: list[tuple[object, ...]] = []
    if unknown := connector.get("problem") or connector.get("skipped"):
        rows.append(("connector", "-", "?", unknown))
    else:
        tasks = ", ".join(f"task {one['id']} {one['state']}" for one in connector["tasks"])
        rows.append(("connector", connector["name"], connector["state"], connector["trace"][:200] or tasks))
    if unknown := slot.get("problem") or slot.get("skipped"):
        rows.append(("slot", slot.get("name", "-"), "?", unknown))
    else:
        state = "active" if slot["active"] else "NOT READ"
        detail = f"{size(slot['behind_bytes'])} behind, keeps {size(slot['kept_bytes'])} of WAL ({slot['wal_status']})"
        detail += f"; oldest transaction {slot['oldest_transaction_seconds']:.0f} s"
        rows.append(("slot", slot["name"], state, detail))
    rows += [("source", s["name"], *source(s, flow["window_seconds"])) for s in flow.get("sources", [])]
    if isinstance(statements, dict):
        rows.append(("statement", "-", "?", statements["problem"]))
    else:
        rows += [("statement", s["name"], s["phase"], s["detail"][:200]) for s in statements]
    return rows


def source(found: dict[str, Any], seconds: int) -> tuple[str, str]:
    """Rates of some minutes, and how late the newest row came."""
    state = "moves" if found["raw"] else "quiet"
    detail = f"{found['raw'] / seconds:.1f} rows/s, {found['dead']:,} dead letters in {seconds // 60} min"
    return state, detail if found["lag"] is None else f"{detail}; captured {found['lag']:.1f} s after the commit"


def problems(found: dict[str, Any]) -> list[str]:
    """What somebody has to look at, and what could not be asked."""
    listed: list[str] = []
    for name in ("flow", "large_rows", "consumers"):
        part = found[name]
        if isinstance(part, dict) and "problem" in part:
            listed.append(f"{name.replace('_', ' ')}: {part['problem']}")
    listed += found["flow"].get("problems", [])
    return listed + (found["large_rows"] if isinstance(found["large_rows"], list) else [])


def topics(found: dict[str, Any]) -> None:
    """Committed records per topic."""
    if "problem" in found:
        out.print(f"topics: {found['problem']}", markup=False)
        return
    most = "" if found["complete"] else "≤ "
    rows = [(r["topic"], r["kind"], f"{most}{r['records']:,}") for r in found["rows"]]
    table("Topics (committed records)", ("topic", "kind", "records"), rows, right=("records",))
    if found["complete"]:
        out.print(f"unrouted: {found['unrouted_share']:.1%} of the rows that came in", highlight=False)
    if waiting := found["dead_letters"]:
        out.print(f"dead letters: {waiting} wait; look: ./cdc dead-letters list", highlight=False)


def consumers(found: Any) -> None:
    """How far they are; those that never committed say so."""
    if not isinstance(found, list) or not found:
        return
    out.print()
    cells = [
        (
            one["name"],
            one["group"],
            "never read" if one["unread"] is None else f"{one['unread']:,}",
            "-" if one["oldest"] is None else f"{one['oldest']:.0f} s",
            one["members"],
        )
        for one in found
    ]
    columns = ("consumer", "group", "unread", "oldest unread", "members")
    table("Consumers", columns, cells, right=columns[2:])
