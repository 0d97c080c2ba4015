"""Metrics by name: what each means, and its values in what was seen of a stack."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

from confluent_kafka.admin import OffsetSpec

from cli.doctor.facts import Facts, Gone, Skipped

Labels = dict[str, str]
Values = Iterator[tuple[Labels, float]]


@dataclass(frozen=True, slots=True)
class Family:
    """A metric: `cdc_<name>`; counters end in `_total` where they are written out. `unit` is a part of the name, or empty."""

    name: str
    help: str
    values: Callable[[Facts], Values]
    type: Literal["gauge", "counter"] = "gauge"
    unit: Literal["", "seconds", "bytes"] = ""


def heartbeat(facts: Facts) -> Values:
    if (age := facts.flow.heartbeat_age) is not None:
        yield {}, age


def captured(facts: Facts) -> Values:
    for source in facts.flow.sources:
        if source.lag is not None:
            yield {"source": source.name}, source.lag


def dead_letters(facts: Facts) -> Values:
    for source in facts.flow.sources:
        yield {"source": source.name}, source.dead


def raw_records(facts: Facts) -> Values:
    for source in facts.flow.sources:
        yield {"source": source.name}, source.raw


def untaken(facts: Facts) -> Values:
    for source in facts.flow.sources:
        yield {"source": source.name}, source.waiting


def held(facts: Facts) -> Values:
    for topic, count in facts.flow.held.items():
        yield {"topic": topic}, count


def offsets(facts: Facts) -> Values:
    kinds = {source.raw_topic: "raw" for source in facts.stack.contract.sources}
    kinds |= {source.unrouted_topic: "unrouted" for source in facts.stack.contract.sources}
    kinds |= {source.dead_letter_topic: "dead_letter" for source in facts.stack.contract.sources}
    there = [topic for topic in facts.topics if topic in facts.offsets.topics]
    for (topic, partition), end in facts.offsets.of(there, OffsetSpec.latest()).items():
        yield {"topic": topic, "partition": str(partition), "kind": kinds.get(topic, "routed")}, end


def connector(facts: Facts) -> Values:
    status: dict[str, Any] = {"connector": {"state": "GONE"}}
    with suppress(Gone):
        status = facts.connector_status
    tasks = all(task["state"] == "RUNNING" for task in status.get("tasks", []))
    yield {"connector": facts.stack.contract.connector.name}, status["connector"]["state"] == "RUNNING" and tasks


def statements(facts: Facts) -> Values:
    for name in facts.stack.contract.flink.statements.values():
        yield {"statement": name}, facts.statement(name)["status"]["phase"] == "RUNNING"


def slot_active(facts: Facts) -> Values:
    yield {"slot": facts.stack.contract.database.slot}, bool(facts.slot and facts.slot["active"])


def slot_behind(facts: Facts) -> Values:
    if facts.slot is not None:
        yield {"slot": facts.stack.contract.database.slot}, facts.slot["behind"] or 0


def slot_kept(facts: Facts) -> Values:
    if facts.slot is not None:
        yield {"slot": facts.stack.contract.database.slot}, facts.slot["kept"] or 0


def unread(facts: Facts) -> Values:
    for name, reader in facts.readers.items():
        if not isinstance(reader, Exception) and reader.unread is not None:
            yield {"consumer": name, "group": reader.group}, reader.unread


def oldest(facts: Facts) -> Values:
    for name, reader in facts.readers.items():
        if not isinstance(reader, Exception) and reader.unread is not None:
            yield {"consumer": name, "group": reader.group}, reader.oldest or 0


FAMILIES = (
    Family("heartbeat_age_seconds", "Age of the connector's last heartbeat", heartbeat, unit="seconds"),
    Family("capture_lag_seconds", "From commit to raw topic, of the newest record of late", captured, unit="seconds"),
    Family("raw_records_recent", "Records on the raw topic in the last five minutes", raw_records),
    Family("dead_letters_recent", "Dead letters in the last five minutes", dead_letters),
    Family("untaken_records", "Records that came some seconds ago and that no statement has taken", untaken),
    Family("held_partitions", "Partitions whose read_committed readers stand still", held),
    Family("topic_offsets", "End offset of a partition (markers of transactions take offsets, too)", offsets, type="counter"),
    Family("connector_running", "1 when connector and tasks run", connector),
    Family("statement_running", "1 when a routing statement runs", statements),
    Family("slot_active", "1 when the replication slot is read", slot_active),
    Family("slot_behind_bytes", "WAL that the slot's reader has not confirmed", slot_behind, unit="bytes"),
    Family("slot_kept_bytes", "WAL that the server keeps for the slot", slot_kept, unit="bytes"),
    Family("consumer_unread_records", "Offsets that a consumer has not committed", unread),
    Family("consumer_oldest_unread_seconds", "Age of the oldest record that a consumer has not committed", oldest, unit="seconds"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Seen:
    """A family with its values; or why they could not be asked (`problem`), or do not apply here (`skipped`)."""

    family: Family
    values: tuple[tuple[Labels, float], ...] = ()
    problem: str = ""
    skipped: str = ""


def see(family: Family, facts: Facts, expected: tuple[type[Exception], ...]) -> Seen:
    """Ask for a family's values. `expected`: what asking may end in."""
    try:
        return Seen(family, tuple((labels, float(value)) for labels, value in family.values(facts)))
    except Skipped as skipped:
        return Seen(family, skipped=str(skipped))
    except expected as error:
        return Seen(family, problem=(getattr(error, "message", "") or str(error)).strip().splitlines()[0])
