"""The program's errors. All of them are for people: what, where, got, and what to do about it.

CdcError
└── InvalidFiles   several findings in settings or routes, reported together
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

Severity = Literal["error", "warning", "info"]
Place = tuple[str | int, ...]  # where in a document: keys and list positions


class CdcError(Exception):
    """An expected failure. `message` says what is wrong and where; `hint` says what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Finding:
    """One wrong thing in a file: the rule that found it (docs/routes.md lists them), and the place (`("routes", 0, "topic")`).

    `where` is `file:line:column`, empty until a document has told it. Only errors stop anything.
    """

    rule: str
    place: Place
    problem: str
    got: Any = None
    hint: str = ""
    severity: Severity = "error"
    where: str = ""

    @property
    def path(self) -> str:
        """The place as `routes.0.topic`."""
        return ".".join(map(str, self.place)) or "(file)"

    @property
    def position(self) -> list[Any]:
        """File, line and column, for sorting."""
        return [int(part) if part.isdigit() else part for part in self.where.split(":")]

    def __str__(self) -> str:
        got = "" if self.got is None else f" (got {self.got!r})"
        hint = f" - {self.hint}" if self.hint else ""
        rule = f" [{self.rule}]" if self.rule else ""
        return f"{self.where}: {self.path} - {self.problem}{got}{hint}{rule}"


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Each finding once, in the order of the lines."""
    return sorted({str(finding): finding for finding in findings}.values(), key=lambda finding: finding.position)


class InvalidFiles(CdcError):
    """Everything that is wrong with the files of a stack, in the order of their lines."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = in_order(findings)
        count = f"{len(self.findings)} finding{'s' if len(self.findings) > 1 else ''}"
        lines = "\n".join(f"  {finding}" for finding in self.findings)
        super().__init__(f"{count} in settings or routes:\n{lines}", "nothing was created; correct the lines above")
