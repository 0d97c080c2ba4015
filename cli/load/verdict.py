"""What became of every event, how long it took, and whether that is what the scenario asks for."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cli.load.generator import Sent
from cli.load.scenario import STOPS, Stop, Thresholds
from cli.load.ways import STORED
from cli.traffic.observer import percentile

SHARES = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "p99.9": 0.999, "max": 1.0}


@dataclass(frozen=True, slots=True)
class Journey:
    """One stored event; Unix seconds when it was due, taken by a session, stored, captured, routed and readable."""

    due: float
    taken: float
    stored: float
    captured: float
    routed: float
    readable: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """`offered`, `stored`, `lost`, `repeated`: events. `errors`: by status. `unsure`: no answer came, and no record either.

    `seconds`: from the first that was due to the last answer. `latency`: seconds from due, by stop and share.
    """

    offered: int
    stored: int
    lost: int
    repeated: int
    unsure: int
    errors: dict[str, int]
    seconds: float
    latency: dict[Stop, dict[str, float]]
    journeys: list[Journey]

    @property
    def rate(self) -> float:
        """Events stored per second."""
        return self.stored / self.seconds if self.seconds else 0.0

    def failures(self, asked: Thresholds) -> list[str]:
        """What passes a threshold."""
        counts = {"lost": self.lost, "repeated": self.repeated, "errors": sum(self.errors.values())}
        found = [f"{count} {name} (at most {getattr(asked, name)})" for name, count in counts.items() if count > getattr(asked, name)]  # fmt: skip
        for stop, limit in asked.p99.items():
            took = self.latency.get(stop, {}).get("p99")
            if took is None or took > limit:
                shown = "nothing" if took is None else f"{took:.3f} s"
                found.append(f"p99 {stop} is {shown} (at most {limit:g} s)")
        return found


def judge(
    sent: Sequence[Sent], first: Mapping[Stop, Mapping[str, float]], readable: Mapping[str, int], warm_up: float = 0
) -> Verdict:
    """`first`: when each event was first at a stop; `readable`: how many records of each `read_committed` readers had.

    `warm_up`: seconds whose events have no times.
    """
    begin = min((one.due for one in sent), default=0.0)
    stored = [one for one in sent if one.status == STORED]
    refused = [one for one in sent if one.status != STORED]
    journeys = [one for one in (journey(one, first) for one in stored) if one and one.due >= begin + warm_up]
    journeys.sort(key=lambda one: one.due)
    took: dict[Stop, list[float]] = {stop: [getattr(one, stop) - one.due for one in journeys] for stop in STOPS}
    return Verdict(
        offered=len(sent),
        stored=len(stored),
        lost=sum(one.id not in readable for one in stored),
        repeated=sum(readable.get(one.id, 0) > 1 for one in sent),
        unsure=sum(one.id not in readable for one in refused if not one.status.isdigit()),
        errors=dict(Counter(one.status for one in refused)),
        seconds=max((one.answered for one in sent), default=0.0) - begin,
        latency={stop: {name: percentile(values, share) for name, share in SHARES.items()} for stop, values in took.items() if values},
        journeys=journeys,
    )  # fmt: skip


def journey(one: Sent, first: Mapping[Stop, Mapping[str, float]]) -> Journey | None:
    """None for an event that did not arrive. No stop is reached before the one before it: readers poll in turns."""
    if one.id not in first["readable"]:
        return None
    at = one.answered
    reached: dict[Stop, float] = {}
    for stop in ("captured", "routed", "readable"):
        at = reached[stop] = max(at, first[stop].get(one.id, at))
    return Journey(one.due, one.taken, one.answered, reached["captured"], reached["routed"], reached["readable"])
