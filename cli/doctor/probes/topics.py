"""Kafka: the cluster, topics and their settings, what was set aside."""

from collections.abc import Iterator

from confluent_kafka import KafkaException

from cli.client import dead_letters
from cli.client import flow as moving
from cli.doctor.facts import Facts
from cli.doctor.probe import Finding, Probe
from cli.doctor.probes.remedies import refreshed
from stacks.settings.kafka import HEADROOM

AREA = "kafka"
DAY_MS = 86_400_000
UNROUTED, SOME = 0.5, 200  # share; rows in the window
LETTERS = "docs/runbooks/dead-letters.md"


class KafkaAnswers(Probe):
    """The cluster answers the operator's key."""

    area = AREA

    def look(self, facts: Facts) -> Iterator[Finding]:
        try:
            facts.offsets.topics  # noqa: B018 - asking is the probe
        except KafkaException as error:
            command = "./cdc logs kafka" if facts.stack.local else f"./cdc env --stack {facts.stack.name}"
            yield Finding(
                f"Kafka does not answer: {error.args[0].str()}",
                "it is down, out of reach, or the operator's key is gone",
                command,
            )


class TopicsAreThere(Probe):
    """Every topic of the contract exists."""

    area = AREA

    def look(self, facts: Facts) -> Iterator[Finding]:
        for name in facts.topics:
            if name not in facts.offsets.topics:
                yield Finding(f"topic {name} is not there", "it was deleted behind Pulumi's back", refreshed(facts))


class RetentionIsAsDeclared(Probe):
    """Routed topics keep records as long as their route says: less is data that a slow reader never sees."""

    area = AREA

    def look(self, facts: Facts) -> Iterator[Finding]:
        for route in facts.stack.contract.routes:
            config = facts.topic_configs.get(route.topic)
            if config and int(config["retention.ms"]) != route.retention_days * DAY_MS:
                kept = int(config["retention.ms"]) / DAY_MS
                evidence = f"{route.topic} keeps records for {kept:g} days, its route says {route.retention_days}"
                yield Finding(evidence, "it was changed by hand", refreshed(facts))


class TopicsDeleteByAge(Probe):
    """No topic of events is compacted: that drops older events of a key."""

    area = AREA

    def look(self, facts: Facts) -> Iterator[Finding]:
        for name, config in facts.topic_configs.items():
            if config.get("cleanup.policy") != "delete":
                yield Finding(
                    f"{name} has cleanup.policy {config.get('cleanup.policy')}",
                    "it was changed by hand",
                    refreshed(facts),
                )


class TopicsTakeTheSameSize(Probe):
    """All topics take records of the size that the settings say: a smaller one on the way stops rows that the first one took."""

    area = AREA
    runbook = "docs/runbooks/large-rows.md"

    def look(self, facts: Facts) -> Iterator[Finding]:
        largest, raw = facts.files[0].kafka.max_message_bytes, {s.raw_topic for s in facts.stack.contract.sources}
        for name, config in facts.topic_configs.items():
            wanted = largest - HEADROOM if name in raw else largest
            if int(config["max.message.bytes"]) < wanted:
                evidence = (
                    f"{name} takes records of {int(config['max.message.bytes']):,} bytes, the settings say {wanted:,}"
                )
                yield Finding(evidence, "it was changed by hand", refreshed(facts))


class FewRowsAreUnrouted(Probe):
    """Most rows go somewhere: a flood of unrouted ones is a new event type, or a condition that fits no longer."""

    area = AREA

    def look(self, facts: Facts) -> Iterator[Finding]:
        for source in facts.stack.contract.sources:
            raw, unrouted = facts.recent.get(source.raw_topic, 0), facts.recent.get(source.unrouted_topic, 0)
            if raw >= SOME and unrouted > UNROUTED * raw:
                evidence = f"{source.name}: about {min(1, unrouted / raw):.0%} of {raw:,} rows of the last {moving.WINDOW // 60} minutes went nowhere"
                yield Finding(
                    evidence,
                    "a new type, or a route's condition",
                    f"./cdc tail {source.unrouted_topic} --max 5",
                    "warning",
                )


class FewRowsAreDeadLetters(Probe):
    """Records that cannot be read are rare: a jump of them is a schema or a producer."""

    area, runbook = AREA, LETTERS

    def look(self, facts: Facts) -> Iterator[Finding]:
        for source in facts.flow.sources:
            if source.many_dead:
                evidence = f"{source.name}: {source.dead:,} dead letters for {source.raw:,} rows in {moving.WINDOW // 60} minutes"
                yield Finding(evidence, "records that nobody can decode", "./cdc dead-letters list")


class NoDeadLetterWaits(Probe):
    """Dead letters were looked at and written back, or dropped on purpose."""

    area, runbook = AREA, LETTERS

    def look(self, facts: Facts) -> Iterator[Finding]:
        if count := sum(1 for _ in dead_letters.waiting(dead_letters.read(facts.stack))):
            yield Finding(
                f"{count:,} dead letters wait", "nobody has redriven them", "./cdc dead-letters list", "warning"
            )
