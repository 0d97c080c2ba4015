"""Consumer groups that begin where a test begins: what other files wrote before is not theirs to work on."""

from confluent_kafka import ConsumerGroupTopicPartitions, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from cli.client import kafka
from cli.client.offsets import Offsets
from cli.client.stack import Stack


def begin_now(stack: Stack) -> None:
    """The groups of all consumers are at the ends of their topics. They must have no members."""
    offsets, admin = Offsets(stack), AdminClient(kafka.local_admin_config())
    for consumer in stack.contract.consumers:
        ends = offsets.of(consumer.topics, OffsetSpec.latest())
        places = [TopicPartition(topic, number, end) for (topic, number), end in ends.items()]
        wanted = ConsumerGroupTopicPartitions(consumer.group, places)
        for answer in admin.alter_consumer_group_offsets([wanted]).values():
            answer.result()
