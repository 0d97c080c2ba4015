"""Raw, unrouted and routed topics, and the heartbeat's."""

from dataclasses import dataclass, replace

from stacks import naming
from stacks.components.confluent.topics import EventTopic, EventTopicArgs, event_config
from stacks.pipeline.context import Context, Platform
from stacks.routes import avro
from stacks.routes.model import Compatibility
from stacks.routes.records import consumer_letters, records, unrouted
from stacks.settings.kafka import HEADROOM

LETTER_DAYS = 30  # that consumers have to look at what they could not work with
HEARTBEAT_CONFIG = {"cleanup.policy": "delete", "retention.ms": str(24 * 60 * 60 * 1000)}


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """A topic of the pipeline; without `records` (key and value) it has no schemas.

    `retired`: it goes with the update that removes its route. Pulumi deletes nothing that was protected in the update before.
    """

    name: str
    partitions: int
    config: dict[str, str]
    records: tuple[avro.Record, avro.Record] | None = None
    compatibility: Compatibility = "BACKWARD"
    retired: bool = False


def declare(context: Context, platform: Platform) -> dict[str, EventTopic]:
    """Every topic by its name."""
    return {one.name: topic(one, context, platform) for one in wanted(context)}


def wanted(context: Context) -> list[Wanted]:
    """Every topic that the settings and routes ask for."""
    routes, largest = context.routes, context.settings.kafka.max_message_bytes
    heartbeat = naming.heartbeat_topic(context.settings.connector.name)
    found = [Wanted(name=heartbeat, partitions=1, config=HEARTBEAT_CONFIG)]
    for source in routes.sources:
        raw = Wanted(
            name=source.topic,
            partitions=source.partitions,
            config=event_config(source.retention_days, largest - HEADROOM),
            records=avro.raw(source),
            compatibility=source.compatibility,
        )
        config = event_config(source.retention_days, largest)
        found += [raw, replace(raw, name=source.unrouted_topic, config=config, records=unrouted(source))]
    for route in routes.routes:
        source = routes.source(route.source)
        found.append(
            Wanted(
                name=route.topic,
                partitions=route.partitions,
                config=event_config(route.retention_days, largest),
                records=records(source, route),
                compatibility=source.compatibility,
                retired=route.retire,
            )
        )
    for consumer in routes.consumers:
        if consumer.dead_letter:
            letters = event_config(LETTER_DAYS, largest)
            name = consumer.dead_letter_topic
            found.append(Wanted(name=name, partitions=1, config=letters, records=consumer_letters()))
    return found


def topic(one: Wanted, context: Context, platform: Platform) -> EventTopic:
    """One topic with its schemas."""
    key, value = one.records or (None, None)
    args = EventTopicArgs(
        topic=one.name,
        partitions=one.partitions,
        config=one.config,
        plane=platform.data_plane,
        protect=context.settings.protect and not one.retired,
        cluster=platform.kafka.cluster,
        compatibility=one.compatibility,
        key=key,
        value=value,
    )
    return EventTopic(one.name, args, context.below)
