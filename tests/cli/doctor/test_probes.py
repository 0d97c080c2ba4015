"""Each probe: nothing on a healthy stack, its finding with its command when one fact is other, nothing again after."""

import time
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from confluent_kafka import KafkaError, KafkaException

from cli.client.consumers import Reader
from cli.client.rest import NotFound
from cli.doctor import probes
from cli.doctor.facts import Gone
from cli.doctor.probes import slot
from stacks.errors import CdcError
from tests.cli.doctor import healthy

PROBES = {probe.name(): probe for probe in probes.every()}
REFRESH = "./cdc pulumi up -s local --refresh"
REALLY_ASKED = {
    "tables-are-as-declared",
    "no-dead-letter-waits",
    "schemas-may-be-read",
}  # shown on engines: tests/engine/test_doctor.py


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slot, "AGAIN", (0.0,) * len(slot.AGAIN))


def found(name: str, facts: Any) -> list[Any]:
    return list(PROBES[name]().look(facts))


def raising(error: Exception) -> Any:
    def ask(*_: Any) -> Any:
        raise error

    return ask


class Refusing:
    """Facts of which one cannot be asked."""

    def __init__(self, facts: Any, name: str, error: Exception) -> None:
        self.facts, self.name, self.error = facts, name, error

    def __getattr__(self, name: str) -> Any:
        if name == self.name:
            raise self.error
        return getattr(self.facts, name)


def source(**other: Any) -> Any:
    def change(facts: Any) -> None:
        facts.flow = replace(facts.flow, sources=(replace(facts.flow.sources[0], **other),))

    return change


def item(path: str, **other: Any) -> Any:
    """Change keys of a mapping, `path` being `fact` or `fact.0`."""

    def change(facts: Any) -> None:
        name, _, place = path.partition(".")
        target = getattr(facts, name)
        (target[int(place)] if place else target).update(other)

    return change


def fact(**other: Any) -> Any:
    return lambda facts: facts.__dict__.update(other)


NOT_FOUND = NotFound("http://x/y answered 404: {}")
CASES: list[tuple[str, Any, str, str]] = [
    ("engines-are-ready", item("engines.0", state="failed", problem="no room"), "kafka is failed", "./cdc up"),
    ("engines-are-ready", item("engines.0", state="starting"), "kafka is starting", "./cdc logs kafka"),
    ("engines-stay", item("engines.0", restarts=7, since=time.time()), "started 7 times", "./cdc logs kafka"),
    ("engines-fit-into-memory", item("engines.0", memory=2 * 2**30), "takes 2,048 MB", "./cdc restart kafka"),
    ("clocks-agree", fact(clock_skew=-3600.0), "3600 s behind", "timedatectl set-ntp true"),
    ("database-answers", item("server", standby=True), "takes no writes", "./cdc status"),
    ("log-is-logical", item("server", wal_level="replica"), "wal_level is replica", "aws rds reboot"),
    ("role-may-replicate", item("server", may_replicate=False), "no right to replicate", "ALTER ROLE cdc REPLICATION"),
    ("slots-are-free", item("server", slots_used=10), "all 10 slots", "pg_replication_slots"),
    ("slot-is-there", fact(slot=None), "there is no slot cdc_slot", "./cdc connector skip --yes"),
    ("slot-is-there", item("slot", wal_status="lost"), "is lost", "./cdc connector skip --yes"),
    ("slot-is-read", item("slot", active=False), "nobody reads the slot", "./cdc logs connect"),
    ("slot-keeps-up", item("slot", behind=2**30), "1,024 MB behind", "./cdc status"),
    ("slot-keeps-up", item("slot", kept=5 * 2**30), "keeps 5.0 GB", "./cdc status"),
    ("slot-has-room", item("slot", wal_status="unreserved", safe_wal_size=2**20), "lost after 1 MB", "./cdc logs connect"),
    ("slot-is-where-the-connector-is", fact(stored_position=lambda: 400), "after the one that the connector stored", "./cdc audit event-headers --repair"),
    ("publication-is-whole", fact(published=None), "no publication cdc_publication", "./cdc up"),
    ("publication-is-whole", fact(published=["public.cdc_heartbeat"]), "public.event_headers is not in", "./cdc up"),
    ("tables-are-readable", item("tables.0", there=False), "no table public.event_headers", "./cdc routes check"),
    ("tables-are-readable", item("tables.0", readable=False), "may not read public.event_headers", "GRANT SELECT ON public.event_headers TO cdc"),
    ("no-transaction-is-old", item("transactions.0", age=4000.0), "67 minutes old", "pg_terminate_backend(7)"),
    ("no-transaction-is-old", item("transactions.0", age=4000.0, state="prepared", handle="x"), "prepared", "ROLLBACK PREPARED 'x'"),
    ("rows-of-the-heartbeat", fact(rows=lambda _: [{"age": None}]), "has no row", "./cdc logs connect"),
    ("connector-runs", item("connector_status", connector={"state": "PAUSED", "trace": ""}), "is PAUSED", "./cdc connector resume"),
    ("connector-runs", item("connector_status", connector={"state": "FAILED", "trace": "password authentication failed"}), "is FAILED", "./cdc logs connect"),
    ("tasks-run", item("connector_status", tasks=[{"id": 0, "state": "FAILED", "trace": "x"}]), "task 0 is FAILED", "./cdc logs connect"),
    ("connector-is-configured-as-declared", item("connector_config", **{"slot.name": "other"}), "slot.name is 'other'", REFRESH),
    ("heartbeat-is-young", lambda f: setattr(f, "flow", replace(f.flow, heartbeat_age=400.0)), "is 400 s old", "./cdc restart connect"),
    ("rows-are-captured-soon", source(lag=90.0), "90 s after the commit", "./cdc status"),
    ("changes-arrive", source(arrived=0), "has 900 changes, and none", "./cdc up"),
    ("topics-are-there", lambda f: f.offsets.topics.pop(healthy.TOPICS[3]), "filtered-car-created-events is not there", REFRESH),
    ("retention-is-as-declared", lambda f: f.topic_configs[healthy.TOPICS[3]].update({"retention.ms": "3600000"}), "route says 7", REFRESH),
    ("topics-delete-by-age", lambda f: f.topic_configs[healthy.TOPICS[0]].update({"cleanup.policy": "compact"}), "cleanup.policy compact", REFRESH),
    ("topics-take-the-same-size", lambda f: f.topic_configs[healthy.TOPICS[1]].update({"max.message.bytes": "1000"}), "records of 1,000 bytes", REFRESH),
    ("few-rows-are-unrouted", fact(recent={healthy.TOPICS[0]: 1000, healthy.TOPICS[1]: 900}), "about 90%", "./cdc tail unrouted-event-headers --max 5"),
    ("few-rows-are-dead-letters", source(dead=100), "100 dead letters", "./cdc dead-letters list"),
    ("subjects-are-there", fact(subjects=[f"{healthy.TOPICS[3]}-key"]), "-value is not there", REFRESH),
    ("schemas-are-the-stacks", fact(latest=lambda _: 9), "is 9, the stack made 1", REFRESH),
    ("subjects-keep-their-promise", fact(level=lambda _: "NONE"), "takes any schema", REFRESH),
    ("statements-run", fact(statement=raising(NOT_FOUND)), "is gone", REFRESH),
    ("statements-run", fact(statement=lambda _: {"status": {"phase": "FAILED", "detail": "why"}}), "is FAILED: why", REFRESH),
    ("statements-take-rows", source(waiting=40), "40 rows came", "./cdc logs taskmanager"),
    ("readers-are-not-held", lambda f: setattr(f, "flow", replace(f.flow, held={"t": 2})), "stand still in 2", "./cdc status"),
    ("keys-are-known", fact(visible={"car-consumer": KafkaException(KafkaError(KafkaError._AUTHENTICATION))}), "does not know car-consumer's key", REFRESH),
    ("topics-may-be-read", fact(visible={"car-consumer": set()}), "car-consumer may not read filtered-car", REFRESH),
    ("topics-may-be-read", fact(readers={"car-consumer": KafkaException(KafkaError(KafkaError.GROUP_AUTHORIZATION_FAILED))}), "is refused", REFRESH),
    ("consumers-keep-up", fact(readers={"car-consumer": Reader("car-consumer", "g", 9, 900.0)}, members=lambda _: 0), "oldest for 15 minutes; group g has no member", "./cdc tail"),
    ("retention-outlives-lag", fact(readers={"car-consumer": Reader("car-consumer", "g", 9, 6 * 86_400.0)}), "6.0 days old", "./cdc tail"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "change", "evidence", "command"), CASES, ids=[f"{n}-{c[0]}" for n, c in enumerate(CASES)]
)
def test_good_bad_good(name: str, change: Any, evidence: str, command: str) -> None:
    facts = healthy.facts()
    assert found(name, facts) == []
    change(facts)
    listed = found(name, facts)
    assert any(evidence in one.evidence for one in listed), listed
    assert all(command in one.command and one.cause for one in listed)
    assert found(name, healthy.facts()) == []


def test_what_is_stored_a_moment_later_was_not_passed_over() -> None:
    facts, told = healthy.facts(), iter((400, 450, 500))
    facts.stored_position = lambda: next(told)
    assert found("slot-is-where-the-connector-is", facts) == []
    assert next(told, None) is None


def test_every_probe_has_a_case_and_a_docstring_of_its_own() -> None:
    shown = {case[0] for case in CASES} | REALLY_ASKED
    apart = {"engines-run", "disk-has-room", "kafka-answers", "database-answers"}
    assert set(PROBES) == shown | apart
    assert len(PROBES) >= 40
    assert all(probe.__doc__ and probe.__doc__ != probe.__mro__[1].__doc__ for probe in PROBES.values())


@pytest.mark.parametrize(
    ("name", "asked", "error", "words"),
    [
        ("database-answers", "server", psycopg.OperationalError("connection refused\nmore"), "connection refused"),
        ("kafka-answers", "offsets", KafkaException(KafkaError(KafkaError._TRANSPORT)), "Kafka does not answer"),
        ("connector-runs", "connector_status", Gone("gone"), "the connector is gone"),
    ],
)
def test_what_does_not_answer_is_named(name: str, asked: str, error: Exception, words: str) -> None:
    (one,) = found(name, Refusing(healthy.facts(), asked, error))
    assert words in one.evidence
    assert "\n" not in one.evidence


def test_another_error_of_asking_is_not_taken_for_a_fault_of_the_stack() -> None:
    with pytest.raises(CdcError, match="answered 500"):
        found("connector-runs", Refusing(healthy.facts(), "connector_status", CdcError("x answered 500: busy")))


def test_elsewhere_commands_are_pulumis_own() -> None:
    facts = healthy.facts()
    facts.stack = SimpleNamespace(name="prod", local=False, contract=facts.stack.contract)
    facts.subjects, facts.published = [], None
    assert {one.command for one in found("subjects-are-there", facts)} == {"pulumi up -s prod --refresh"}
    assert {one.command for one in found("publication-is-whole", facts)} == {
        "pulumi up -s prod --replace '**::migration-run'"
    }
