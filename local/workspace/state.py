"""The stack's state on this disk after a power cut: a file that broke off is replaced by the last whole one."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PROJECT = "cdc-streaming"


def file_of(backend: Path, stack: str) -> Path:
    """Where the Pulumi CLI keeps the state of a stack."""
    return backend / ".pulumi" / "stacks" / PROJECT / f"{stack}.json"


def checkpoint(file: Path) -> dict[str, Any] | None:
    """A whole state; None when the file is not there, or broke off."""
    try:
        found = json.loads(file.read_text())
        return found if "checkpoint" in found else None
    except (OSError, ValueError, TypeError):
        return None


def broken(backend: Path, stack: str) -> bool:
    """Is there a state that cannot be read?"""
    file = file_of(backend, stack)
    return file.exists() and checkpoint(file) is None


def mend(backend: Path, stack: str) -> str:
    """Put the last whole state in the place of one that cannot be read. Says where it was from; "" when nothing was wrong.

    What was made since is found by its name when it is made again. Hold the environment (exclusive.py): the CLI must not run.
    """
    mend_layout(backend)
    if not broken(backend, stack):
        return ""
    file = file_of(backend, stack)
    for whole in earlier(backend, stack):
        scratch = file.with_suffix(".mended")
        scratch.write_bytes(whole.read_bytes())
        scratch.replace(file)
        return whole.name
    file.unlink()
    return "nothing"


def mend_layout(backend: Path) -> None:
    """The backend's note of its own layout, which the CLI wrote once; it reads no state without it."""
    note = backend / ".pulumi" / "meta.yaml"
    if note.exists() and not note.read_text().startswith("version:"):
        scratch = note.with_suffix(".mended")
        scratch.write_text("version: 1\n")
        scratch.replace(note)


def earlier(backend: Path, stack: str) -> Iterator[Path]:
    """Whole states, the latest first: the copy that each write leaves, then those of earlier updates."""
    folder = backend / ".pulumi" / "history" / PROJECT / stack
    copies = [file_of(backend, stack).with_suffix(".json.bak")]
    copies += sorted(folder.glob("*.checkpoint.json"), reverse=True)
    return (copy for copy in copies if checkpoint(copy) is not None)


def salt(backend: Path, stack: str) -> str:
    """The salt of the stack's encryption, which the state knows, too; "" when it does not."""
    found = checkpoint(file_of(backend, stack)) or {}
    providers = ((found.get("checkpoint") or {}).get("latest") or {}).get("secrets_providers") or {}
    return str((providers.get("state") or {}).get("salt") or "")
