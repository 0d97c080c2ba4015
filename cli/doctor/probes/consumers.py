"""Consumers: their keys, their rights, and how far they are."""

from collections.abc import Iterator

from confluent_kafka import KafkaError, KafkaException

from cli.client import registry
from cli.client.consumers import Reader
from cli.doctor.facts import Facts
from cli.doctor.probe import Finding, Probe
from cli.doctor.probes.remedies import refreshed
from stacks.contract import ConsumerContract

AREA = "consumers"
OLD = 300  # seconds
REFUSED = (KafkaError.TOPIC_AUTHORIZATION_FAILED, KafkaError.GROUP_AUTHORIZATION_FAILED)
DAY = 86_400


def reading(facts: Facts) -> list[ConsumerContract]:
    """Consumers that have topics, and a key that Kafka knows."""
    return [one for one in facts.stack.contract.consumers if isinstance(facts.visible.get(one.name), set)]


class KeysAreKnown(Probe):
    """Kafka knows the key of every consumer."""

    area = AREA

    def look(self, facts: Facts) -> Iterator[Finding]:
        for name, answer in facts.visible.items():
            if isinstance(answer, KafkaException):
                if answer.args[0].code() != KafkaError._AUTHENTICATION:
                    raise answer
                yield Finding(f"Kafka does not know {name}'s key", "it was deleted or has expired", refreshed(facts))


class TopicsMayBeRead(Probe):
    """Every consumer's key sees each of its topics, and may use its group."""

    area = AREA

    def look(self, facts: Facts) -> Iterator[Finding]:
        for consumer in reading(facts):
            seen, answer = facts.visible[consumer.name], facts.readers.get(consumer.name)
            hidden = [
                t for t in consumer.topics if isinstance(seen, set) and t not in seen and t in facts.offsets.topics
            ]
            for topic in hidden:
                yield Finding(
                    f"{consumer.name} may not read {topic}", "a role binding or ACL is gone", refreshed(facts)
                )
            if isinstance(answer, KafkaException) and not hidden:
                if answer.args[0].code() not in REFUSED:
                    raise answer
                evidence = f"{consumer.name} is refused: {answer.args[0].str()}"
                yield Finding(evidence, "a role binding or ACL is gone", refreshed(facts))


class SchemasMayBeRead(Probe):
    """The registry knows every consumer's key, which may read its topics' schemas."""

    area = AREA

    def look(self, facts: Facts) -> Iterator[Finding]:
        routes = {route.topic: route for route in facts.stack.contract.routes}
        for consumer in reading(facts):
            client = registry.client(facts.stack, consumer.name)
            for topic in consumer.topics:
                if topic not in routes or routes[topic].value_subject not in facts.subjects:
                    continue
                try:
                    client.get_latest_version(routes[topic].value_subject)
                except registry.SchemaRegistryError as error:
                    if error.http_status_code not in (401, 403):
                        raise
                    evidence = f"the registry answers {consumer.name} with {error.http_status_code} for {routes[topic].value_subject}"
                    yield Finding(evidence, "its key or its role binding is gone", refreshed(facts))


class ConsumersKeepUp(Probe):
    """A consumer that once read has no record that waits for minutes: without members it is stopped, with them it is stuck."""

    area = AREA

    def look(self, facts: Facts) -> Iterator[Finding]:
        for consumer in reading(facts):
            reader = facts.readers.get(consumer.name)
            if isinstance(reader, Reader) and reader.unread and reader.oldest is not None and reader.oldest > OLD:
                members = facts.members(consumer.name)
                told = f"{members} member(s)" if members else "no member"
                evidence = f"{consumer.name}: {reader.unread:,} unread, the oldest for {reader.oldest / 60:.0f} minutes; group {reader.group} has {told}"
                cause = "it is slow, or stuck on a record" if members else "it does not run"
                yield Finding(evidence, cause, f"./cdc tail {consumer.topics[0]} --max 1", "warning")


class RetentionOutlivesLag(Probe):
    """No consumer is so far behind that records end before it reads them."""

    area = AREA

    def look(self, facts: Facts) -> Iterator[Finding]:
        days = {route.topic: route.retention_days for route in facts.stack.contract.routes}
        for consumer in reading(facts):
            reader = facts.readers.get(consumer.name)
            oldest = (reader.oldest or 0) if isinstance(reader, Reader) else 0
            kept = min((days.get(topic, 0) for topic in consumer.topics), default=0) * DAY
            if kept and oldest > 0.8 * kept:
                evidence = f"{consumer.name}: its oldest unread record is {oldest / DAY:.1f} days old, topics keep {kept // DAY} days"
                yield Finding(evidence, "it stands still", f"./cdc tail {consumer.topics[0]} --max 1")
