"""`cdc routes explain EVENT.json`: which routes take an event, and why the others refuse it."""

import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

from cli.console import data, out
from cli.planning import routes_file
from stacks.errors import CdcError
from stacks.routes import matching, written
from stacks.routes.model import Source


def run(path: Path, source_name: str | None, as_json: bool) -> int:
    """Print every route's verdict. Exit code 0 also when no route takes the event: it goes to the unrouted topic."""
    business = routes_file.here()
    source = routes_file.source_named(business, source_name)
    row = written.row_of(source, event(path, source))
    found = [
        {"route": r.name, "topic": r.topic, "taken": not why, "because": why}
        for r in business.of(source)
        for why in ["" if matching.taker(source, r)(row) else matching.refusal(source, r, row)]
    ]
    topics = [str(entry["topic"]) for entry in found if entry["taken"]] or [source.unrouted_topic]
    if as_json:
        data({"topics": topics, "routes": found})
        return 0
    out.print(f"goes to {', '.join(topics)}", markup=False, soft_wrap=True)
    for entry in found:
        text = f"✔ {entry['route']} takes it" if entry["taken"] else f"✘ {entry['route']}: {entry['because']}"
        out.print(text, markup=False, soft_wrap=True)
    return 0


def event(path: Path, source: Source) -> dict[str, Any]:
    """The event of a file (`-` is standard input): a raw record, what `cdc tail --json` prints, or a body of the events API."""
    name = "standard input" if str(path) == "-" else path.name
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text()
        found: Any = json.loads(text, parse_float=Decimal)  # so that no digit is lost
    except (OSError, ValueError) as error:
        raise CdcError(f"{name} cannot be read as JSON: {error}", "write one event as a JSON object") from error
    if not isinstance(found, dict):
        raise CdcError(f"{name} is not a JSON object", "write one event: its columns and their values")
    row = record(found)
    if unknown := written.unknown_fields(source, row):
        known = ", ".join(c.name for c in source.columns)
        raise CdcError(f"{name}: source {source.name} has no column {', '.join(unknown)}", f"known: {known}")
    for column, value, expected in written.bad_values(source, row):
        raise CdcError(f"{name}: {column} is {expected}, got {value!r:.100}", "write it as it is in the table")
    return row


def record(found: dict[str, Any]) -> dict[str, Any]:
    """The raw record in whatever form it was written."""
    if isinstance(found.get("value"), dict):
        return found["value"]
    header = found.get("eventHeader")
    if not isinstance(header, dict):
        return found
    return {
        "id": header.get("uuid"),
        "event_name": header.get("eventName"),
        "event_type": header.get("eventType"),
        "created_date": header.get("createdDate"),
        "saved_date": header.get("savedDate"),
        "header_data": header,
    }
