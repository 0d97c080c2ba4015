"""What a check is, and all of them side by side, within a time."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import repeat
from typing import ClassVar, Literal

import httpx2
from botocore.exceptions import BotoCoreError, ClientError

from cli.doctor.facts import Skipped
from cli.doctor.probe import ORDER, Verdict, hyphenated, verdict_of
from cli.preflight.accounts import Accounts
from stacks.errors import CdcError

# What asking may end in. Anything else is a fault of ours and is not hidden.
EXPECTED = (CdcError, BotoCoreError, ClientError, httpx2.HTTPError, OSError)


@dataclass(frozen=True, slots=True)
class Finding:
    """What was seen, what the `up` would have said and when, and the command that mends it."""

    evidence: str
    otherwise: str
    command: str
    severity: Literal["failed", "warning"] = "failed"


class Check(ABC):
    """Asks one thing of an account, or of this machine. `look` yields what is wrong. Its docstring is its documentation."""

    area: ClassVar[Literal["here", "confluent", "aws"]]
    known: ClassVar[list[type["Check"]]] = []

    def __init_subclass__(cls) -> None:
        Check.known.append(cls)

    @classmethod
    def name(cls) -> str:
        """The class's name as `words-with-hyphens`."""
        return hyphenated(cls)

    @abstractmethod
    def look(self, accounts: Accounts) -> Iterator[Finding]:
        """What is wrong."""


@dataclass(frozen=True, slots=True)
class Result:
    """What one check said. `reason`: why it is not known, or was skipped."""

    check: str
    area: str
    verdict: Verdict
    findings: list[Finding] = field(default_factory=list[Finding])
    reason: str = ""


def examine(accounts: Accounts, checks: Sequence[type[Check]]) -> list[Result]:
    """One result per check, worst first, else in their order."""
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(result, checks, repeat(accounts)))
    return sorted(results, key=lambda one: ORDER.index(one.verdict))


def result(check: type[Check], accounts: Accounts) -> Result:
    """What a check found, or why that is not known."""
    try:
        findings = list(check().look(accounts))
    except Skipped as skipped:
        return Result(check.name(), check.area, "skipped", reason=str(skipped))
    except EXPECTED as error:
        told = (getattr(error, "message", "") or str(error)).strip().splitlines()[0]
        return Result(check.name(), check.area, "unknown", reason=told)
    return Result(check.name(), check.area, verdict_of(one.severity for one in findings), findings)
