"""All families of a stack at one moment, asked side by side."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from cli.doctor.examine import EXPECTED
from cli.doctor.facts import Facts
from cli.monitoring.families import FAMILIES, Family, Seen, see


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was seen. `at`: Unix seconds; `took`: seconds."""

    families: tuple[Seen, ...]
    at: float
    took: float

    @property
    def problems(self) -> dict[str, str]:
        """Families that could not be asked, and why."""
        return {seen.family.name: seen.problem for seen in self.families if seen.problem}


def take(facts: Facts) -> Snapshot:
    """Ask for everything. What cannot be asked says why; it does not keep the rest from being told."""
    started = time.time()

    def ask(family: Family) -> Seen:
        return see(family, facts, EXPECTED)

    with ThreadPoolExecutor(len(FAMILIES)) as pool:
        found = tuple(pool.map(ask, FAMILIES))
    return Snapshot(found, started, time.time() - started)
