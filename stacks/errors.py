"""The program's errors. All of them are for people: what, where, got, and what to do about it.

CdcError
└── Faults   several faults in settings or routes, reported together
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

Severity = Literal["error", "warning", "info"]


class CdcError(Exception):
    """An expected failure. `message` says what is wrong and where; `hint` says what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Fault:
    """One wrong thing in a file. `where` is `file:line:column`, `path` is dotted (`routes.0.topic`).

    `rule` names the rule that found it (docs/routes.md lists them). Only errors stop anything.
    """

    where: str
    path: str
    problem: str
    got: Any = None
    hint: str = ""
    rule: str = ""
    severity: Severity = "error"

    @property
    def place(self) -> list[Any]:
        """File, line and column, for sorting."""
        return [int(part) if part.isdigit() else part for part in self.where.split(":")]

    def __str__(self) -> str:
        got = "" if self.got is None else f" (got {self.got!r})"
        hint = f" - {self.hint}" if self.hint else ""
        rule = f" [{self.rule}]" if self.rule else ""
        return f"{self.where}: {self.path} - {self.problem}{got}{hint}{rule}"


def in_order(faults: Iterable[Fault]) -> list[Fault]:
    """Each fault once, in the order of the lines."""
    return sorted({str(fault): fault for fault in faults}.values(), key=lambda fault: fault.place)


class Faults(CdcError):
    """Every fault found, in the order of the files' lines."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = in_order(faults)
        count = f"{len(self.faults)} fault{'s' if len(self.faults) > 1 else ''}"
        lines = "\n".join(f"  {fault}" for fault in self.faults)
        super().__init__(f"{count} in settings or routes:\n{lines}", "nothing was created; correct the lines above")
