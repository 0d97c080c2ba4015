"""Printing records."""

import base64
from pathlib import Path
from typing import Any

from cli.client import dead_letters
from cli.client.dead_letters import DeadLetter
from cli.client.stack import load
from cli.console import data, out, say, table

BYTES_SHOWN = 256


def plain(record: DeadLetter) -> dict[str, Any]:
    """A record for scripts. Bytes are base64."""
    encoded = {
        name: base64.b64encode(part).decode() for name, part in (("key", record.key), ("value", record.value)) if part
    }
    return {
        "id": record.id,
        "source": record.source,
        "error": record.error,
        "at": record.at.isoformat(),
        "statements": list(record.statements),
        "redriven": record.redriven,
        **encoded,
    }


def listing(stack_name: str, source: str | None, everything: bool, as_json: bool) -> int:
    """The records that wait (or all)."""
    found = dead_letters.read(load(stack_name), source)
    shown = found if everything else list(dead_letters.waiting(found))
    if as_json:
        data({"records": [plain(record) for record in shown]})
        return 0
    rows = [
        (
            record.id,
            record.at.strftime("%Y-%m-%d %H:%M:%S"),
            "written back" if record.redriven else "waits",
            record.error,
        )
        for record in shown
    ]
    if rows:
        table("Dead records", ("id", "at (UTC)", "state", "error"), rows)
    done = sum(record.redriven for record in found)
    say(f"{len(found) - done} wait, {done} were written back")
    return 0


def show(stack_name: str, identity: str, value: Path | None, as_json: bool) -> int:
    """One record."""
    record = dead_letters.pick(dead_letters.read(load(stack_name)), identity)
    if value:
        value.write_bytes(record.value)
        say(f"{len(record.value)} bytes written to {value}")
    if as_json:
        data(plain(record))
        return 0
    state = "written back" if record.redriven else "waits"
    for name, text in (
        ("id", record.id),
        ("state", state),
        ("error", record.error),
        ("at", record.at.isoformat()),
        ("met by", ", ".join(record.statements)),
        ("headers", ", ".join(record.headers) or "none"),
        ("key", (record.key or b"").hex(" ", 4) or "none"),
        ("value", f"{len(record.value)} bytes: {record.value[:BYTES_SHOWN].hex(' ', 4)}"),
    ):
        out.print(f"{name:<9}{text}", markup=False, soft_wrap=True)
    return 0
