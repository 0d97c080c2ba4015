"""One run of a scenario's stages against a stack."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cli.client import kafka, registry
from cli.client.stack import Stack
from cli.load import limits, partition, verdict
from cli.load.events import Mixture
from cli.load.generator import Generator
from cli.load.limits import Limit, Meter
from cli.load.scenario import Scenario, Stage
from cli.load.verdict import Verdict
from cli.load.ways import STORED, Way
from cli.load.witness import Witness

EVERY = 2.0  # seconds between two words of progress


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """A run: what became of the events, what limits, and cores that each process used."""

    verdict: Verdict
    limit: Limit
    cores: dict[str, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Bench:
    """What every run of a scenario has in common. `patience`: seconds without any arrival after which what is missing is lost."""

    stack: Stack
    scenario: Scenario
    ways: Sequence[Way]
    patience: float

    @property
    def entrance(self) -> str:
        """Who stores events."""
        return " or ".join(dict.fromkeys(way.owner for way in self.ways))

    def run(self, stages: Sequence[Stage], tell: Callable[[str], None]) -> Result:
        """Send by the stages, wait until everything arrived, judge."""
        witness = Witness(self.stack)
        try:
            mixture = Mixture(self.scenario, self.hot())
            generator, meter = Generator(self.scenario, self.ways, mixture.events()), Meter(self.stack)
            progress = Progress(generator, witness, tell)
            generator.run(stages, progress)
            cores = meter.cores()
            stored = [one.id for one in generator.sent if one.status == STORED]
            witness.settle(stored, self.patience, progress)
            found = verdict.judge(generator.sent, witness.firsts(), witness.times_readable(), self.scenario.warm_up)
        finally:
            witness.close()
        return Result(verdict=found, limit=limits.find(found.journeys, self.entrance, cores), cores=cores)

    def hot(self) -> Callable[[str], bool]:
        """Whether an id's key lies in the first partition of the raw topic."""
        if not self.scenario.hot:
            return lambda _: False
        topic = self.stack.contract.sources[0].raw_topic
        count = len(kafka.partitions(kafka.consumer(self.stack, "operator", "cdc-tools-load"), topic))
        schema = registry.client(self.stack, "operator").get_latest_version(f"{topic}-key").schema_id or 0
        return lambda identity: partition.murmur2(partition.key(schema, identity)) % count == 0


class Progress:
    """Now and then a word on how far a run is."""

    def __init__(self, generator: Generator, witness: Witness, tell: Callable[[str], None]) -> None:
        self.generator, self.witness, self.tell = generator, witness, tell
        self.last = time.monotonic()

    def __call__(self) -> None:
        if time.monotonic() - self.last >= EVERY:
            self.last = time.monotonic()
            offered, answered = self.generator.offered, len(self.generator.sent)
            self.tell(f"{offered:,} due, {answered:,} answered, {self.witness.late.seen.distinct():,} readable")
