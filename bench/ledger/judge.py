"""Judgement: read every topic as a `read_committed` consumer and compare with the oracle, event by event."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.ledger.configuration import Configuration
from bench.ledger.load import Event, payload_hash
from cli.client import kafka, registry
from cli.client.stack import Stack
from cli.traffic.observer import key_id

PAYLOAD = "header_data"  # of every table of the ledger


@dataclass
class Report:
    """What was found. Everything but `events` and `raw_repeated` must be zero."""

    events: int = 0
    lost: list[str] = field(default_factory=list[str])
    phantom: list[str] = field(default_factory=list[str])
    duplicate: list[str] = field(default_factory=list[str])
    disorder: list[str] = field(default_factory=list[str])
    altered: list[str] = field(default_factory=list[str])
    raw_repeated: int = 0
    copies: list[int] = field(default_factory=list[int])  # raw records of each event

    def data(self) -> dict[str, Any]:
        """Counts, and the first few of each fault."""
        names = ("lost", "phantom", "duplicate", "disorder", "altered")
        found: dict[str, Any] = {"events": self.events, "raw_repeated": self.raw_repeated}
        for name in names:
            faults = getattr(self, name)
            found |= {name: len(faults), f"{name}_first": faults[:5]} if faults else {name: 0}
        return found

    @property
    def clean(self) -> bool:
        """Nothing lost, nothing extra, nothing twice, in order, unaltered."""
        return not (self.lost or self.phantom or self.duplicate or self.disorder or self.altered)


def judge(stack: Stack, topics: Sequence[str], events: Sequence[Event], versions: Sequence[Configuration]) -> Report:
    """Compare. Per partition of the raw topic the configuration in force can only move on, never back."""
    report = Report(events=len(events))
    raw = versions[0].table.raw
    places = raw_places(stack, raw, len(events), report)
    seen = observed(stack, topics, events, places, report)
    by_partition: dict[int, list[tuple[int, int]]] = {}
    for number, place in enumerate(places):
        if place is None:
            report.lost.append(f"event {number} is not on {raw}")
        else:
            by_partition.setdefault(place[0], []).append((place[1], number))
    verdicts = Verdicts(versions)
    for members in by_partition.values():
        walk([number for _, number in sorted(members)], events, seen, verdicts, report)
    return report


class Verdicts:
    """Where each configuration sends an event, worked out once per kind of event."""

    def __init__(self, versions: Sequence[Configuration]) -> None:
        self.versions = versions
        self.known: dict[tuple[int, str, Any], frozenset[str]] = {}

    def of(self, version: int, event: Event) -> frozenset[str]:
        """The topics that an event belongs to under one configuration."""
        key = (version, event.kind, event.amount)
        if key not in self.known:
            self.known[key] = self.versions[version].verdict(event.kind, event.amount)
        return self.known[key]


def walk(
    members: Sequence[int], events: Sequence[Event], seen: list[set[str]], verdicts: Verdicts, report: Report
) -> None:
    """One partition in order: each event must fit the present configuration or a later one."""
    version, versions = 0, verdicts.versions
    for number in members:
        event, found = events[number], frozenset(seen[number])
        fitting = version
        while fitting < len(versions) and verdicts.of(fitting, event) != found:
            fitting += 1
        if fitting < len(versions):
            version = fitting
            continue
        expected = verdicts.of(version, event)
        place = f"event {number} ({event.kind}, {event.amount})"
        report.lost += [f"{place} is not on {topic}" for topic in sorted(expected - found)]
        report.phantom += [f"{place} is on {topic}" for topic in sorted(found - expected)]


def raw_places(stack: Stack, topic: str, count: int, report: Report) -> list[tuple[int, int] | None]:
    """Partition and offset of each event's first raw record."""
    places: list[tuple[int, int] | None] = [None] * count
    report.copies = [0] * count
    for message in kafka.read_all(stack, "operator", [topic], 600):
        number = number_of(message)
        if number is None or number >= count:
            continue
        report.copies[number] += 1
        if places[number] is None:
            places[number] = (message.partition() or 0, message.offset() or 0)
        else:
            report.raw_repeated += 1
    return places


def number_of(message: Any) -> int | None:
    """The event's number; None for what the ledger did not write."""
    name = key_id(message.key())
    return int(name[1:]) if name.startswith("e") and name[1:].isdigit() else None


def observed(
    stack: Stack,
    topics: Sequence[str],
    events: Sequence[Event],
    places: list[tuple[int, int] | None],
    report: Report,
) -> list[set[str]]:
    """The topics each event is on. Checks bytes, repetition, and order within each partition on the way."""
    decoder = registry.Decoder(stack, "operator")
    seen: list[set[str]] = [set() for _ in events]
    last: dict[tuple[str, int, int], int] = {}
    repeated: Counter[tuple[str, int]] = Counter()
    for message in kafka.read_all(stack, "operator", list(topics), 1200):
        number, topic = number_of(message), message.topic() or ""
        if number is None or number >= len(events):
            continue
        if topic in seen[number]:
            repeated[topic, number] += 1
            if repeated[topic, number] >= report.copies[number]:  # each raw record is routed once
                report.duplicate.append(f"event {number} is on {topic} more often than captured")
            continue
        seen[number].add(topic)
        if payload_hash(decoder.part(message.value())[PAYLOAD]) != events[number].sha:
            report.altered.append(f"event {number} on {topic}")
        if place := places[number]:
            key = (topic, message.partition() or 0, place[0])
            if place[1] <= last.get(key, -1):
                report.disorder.append(f"event {number} on {topic}: after a later one of its partition")
            last[key] = place[1]
    return seen
