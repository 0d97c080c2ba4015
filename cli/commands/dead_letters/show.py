"""Printing letters."""

import base64
from pathlib import Path
from typing import Any

from cli.client import dead_letters
from cli.client.dead_letters import Letter
from cli.client.stack import load
from cli.console import data, out, say, table

BYTES_SHOWN = 256


def plain(letter: Letter) -> dict[str, Any]:
    """A letter for scripts. Bytes are base64."""
    encoded = {
        name: base64.b64encode(part).decode() for name, part in (("key", letter.key), ("value", letter.value)) if part
    }
    return {
        "id": letter.id,
        "source": letter.source,
        "error": letter.error,
        "at": letter.at.isoformat(),
        "statements": list(letter.statements),
        "redriven": letter.redriven,
        **encoded,
    }


def listing(stack_name: str, source: str | None, everything: bool, as_json: bool) -> int:
    """The letters that wait (or all)."""
    found = dead_letters.read(load(stack_name), source)
    shown = found if everything else list(dead_letters.waiting(found))
    if as_json:
        data({"letters": [plain(letter) for letter in shown]})
        return 0
    rows = [
        (
            letter.id,
            letter.at.strftime("%Y-%m-%d %H:%M:%S"),
            "written back" if letter.redriven else "waits",
            letter.error,
        )
        for letter in shown
    ]
    if rows:
        table("Dead letters", ("id", "at (UTC)", "state", "error"), rows)
    done = sum(letter.redriven for letter in found)
    say(f"{len(found) - done} wait, {done} were written back")
    return 0


def show(stack_name: str, identity: str, value: Path | None, as_json: bool) -> int:
    """One letter."""
    letter = dead_letters.pick(dead_letters.read(load(stack_name)), identity)
    if value:
        value.write_bytes(letter.value)
        say(f"{len(letter.value)} bytes written to {value}")
    if as_json:
        data(plain(letter))
        return 0
    state = "written back" if letter.redriven else "waits"
    for name, text in (
        ("id", letter.id),
        ("state", state),
        ("error", letter.error),
        ("at", letter.at.isoformat()),
        ("met by", ", ".join(letter.statements)),
        ("headers", ", ".join(letter.headers) or "none"),
        ("key", (letter.key or b"").hex(" ", 4) or "none"),
        ("value", f"{len(letter.value)} bytes: {letter.value[:BYTES_SHOWN].hex(' ', 4)}"),
    ):
        out.print(f"{name:<9}{text}", markup=False, soft_wrap=True)
    return 0
