"""A load scenario: what is sent, how fast, and what must hold."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError, model_validator

from cli.traffic import domain
from cli.traffic.events import TYPES
from cli.traffic.sizes import bytes_of
from stacks.errors import InvalidFiles
from stacks.files.base import Model, Slug
from stacks.files.yaml_document import findings_of, read

Stop = Literal["stored", "captured", "routed", "readable"]
STOPS: tuple[Stop, ...] = ("stored", "captured", "routed", "readable")
Rate = Annotated[float, Field(ge=0.1, le=100_000)]
Seconds = Annotated[float, Field(gt=0, le=86_400)]


class Stage(Model):
    """One of: `rate` events a second for `seconds`; `ramp` from one rate to another in `seconds`; `batch` events of each
    type as fast as `parallel` sessions get them in, each after the last one's answer.
    """

    rate: Rate | None = None
    ramp: Annotated[list[Rate], Field(min_length=2, max_length=2)] | None = None
    batch: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    seconds: Seconds | None = None
    parallel: Annotated[int, Field(ge=1, le=256)] = 4

    @model_validator(mode="after")
    def is_one_kind(self) -> "Stage":
        if sum(one is not None for one in (self.rate, self.ramp, self.batch)) != 1:
            raise ValueError("a stage has one of rate, ramp and batch")
        if (self.seconds is None) == (self.batch is None):
            raise ValueError("rate and ramp need seconds, batch has none")
        return self


class Search(Model):
    """The highest rate between two whose share 0.99 of events reaches `stop` within `p99` seconds, by bisection.

    Each try lasts `seconds`; a rate fails when `attempts` tries fail; the answer is exact to the share `within`.
    """

    lowest: Rate = 20
    highest: Rate = 20_000
    seconds: Seconds = 20
    stop: Stop = "routed"
    p99: Annotated[float, Field(gt=0)] = 0.25
    within: Annotated[float, Field(gt=0, lt=1)] = 0.1
    attempts: Annotated[int, Field(ge=1, le=9)] = 2

    @model_validator(mode="after")
    def is_a_span(self) -> "Search":
        if self.lowest >= self.highest:
            raise ValueError("lowest must be below highest")
        return self


class Thresholds(Model):
    """More than this fails the run. `p99`: seconds from the time an event was due to a stop, by stop."""

    lost: Annotated[int, Field(ge=0)] = 0
    repeated: Annotated[int, Field(ge=0)] = 0
    errors: Annotated[int, Field(ge=0)] = 0
    p99: dict[Stop, Annotated[float, Field(gt=0)]] = Field(default={})


class Scenario(Model):
    """`via`: the events API, the database, or both in turn. `sessions`: how many send at once at most. `transaction`: events per
    commit (database only). `types`: weights. `size`: bytes of a body, or a name. `hot`: the share of events whose keys all
    lie in one partition of the raw topic. `warmUp`: seconds at the beginning of a run whose events must arrive, but whose times
    do not count: sessions sign in, code is compiled.
    """

    name: Slug
    via: Literal["api", "database", "both"] = "api"
    sessions: Annotated[int, Field(ge=1, le=256)] = 16
    transaction: Annotated[int, Field(ge=1, le=1_000)] = 1
    types: dict[str, Annotated[float, Field(gt=0)]] = Field(default=dict.fromkeys(TYPES, 1.0), min_length=1)
    size: Literal["small", "medium", "large", "4k"] | Annotated[int, Field(ge=0, le=4_000_000)] = "small"
    hot: Annotated[float, Field(ge=0, le=1)] = 0
    warm_up: Annotated[float, Field(ge=0, le=600)] = 0
    seed: int = 1
    stages: list[Stage] = Field(default=[])
    search: Search | None = None
    thresholds: Thresholds = Thresholds()

    @property
    def bytes(self) -> int:
        """What a body has at least."""
        return bytes_of(str(self.size))

    @model_validator(mode="after")
    def is_consistent(self) -> "Scenario":
        if bool(self.stages) == (self.search is not None):
            raise ValueError("a scenario has either stages or search")
        if unknown := set(self.types) - set(domain.types()):
            raise ValueError(f"unknown event types {', '.join(sorted(unknown))} (known: {', '.join(domain.types())})")
        if self.via != "api" and (other := set(self.types) - set(TYPES)):
            raise ValueError(f"{', '.join(sorted(other))} go through the events API: via: api")
        if self.transaction > 1 and self.via != "database":
            raise ValueError("transaction is for via: database; the API commits each event by itself")
        return self


def load(file: Path) -> Scenario:
    """A file's scenario. InvalidFiles with every finding."""
    document = read(file)
    try:
        return Scenario.model_validate(document.data or {})
    except ValidationError as error:
        raise InvalidFiles(findings_of(error, document)) from error
