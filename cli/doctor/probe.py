"""What a probe is. Its docstring is its documentation (docs/doctor.md is made of it); subclasses enter the list by being imported."""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from cli.doctor.facts import Facts

Verdict = Literal["failed", "warning", "unknown", "skipped", "ok"]
ORDER: tuple[Verdict, ...] = ("failed", "unknown", "warning", "skipped", "ok")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: what was seen, why probably, and the exact next command."""

    evidence: str
    cause: str
    command: str
    severity: Literal["failed", "warning"] = "failed"


def hyphenated(kind: type) -> str:
    """A class's name as `words-with-hyphens`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", kind.__name__).lower()


def verdict_of(severities: Iterable[str]) -> Verdict:
    """What findings make of a probe: the worst of them."""
    found = set(severities)
    return "failed" if "failed" in found else "warning" if found else "ok"


class Probe(ABC):
    """Looks at one thing. `look` yields what is wrong, nothing when all is well; errors of asking mean that it is not known.

    `area`: where it belongs, in the order of the data's way. `runbook`: what to read, a path in the repository.
    """

    area: ClassVar[str]
    runbook: ClassVar[str] = ""
    known: ClassVar[list[type["Probe"]]] = []

    def __init_subclass__(cls) -> None:
        Probe.known.append(cls)

    @classmethod
    def name(cls) -> str:
        """The class's name as `words-with-hyphens`."""
        return hyphenated(cls)

    @abstractmethod
    def look(self, facts: Facts) -> Iterator[Finding]:
        """What is wrong."""


@dataclass(frozen=True, slots=True)
class Result:
    """What one probe said. `reason`: why it is not known, or was skipped."""

    probe: str
    area: str
    verdict: Verdict
    runbook: str
    findings: list[Finding] = field(default_factory=list[Finding])
    reason: str = ""
