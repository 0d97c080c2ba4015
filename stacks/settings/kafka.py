"""Kafka cluster types as a union: each allows what Confluent allows for it, and nothing else."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from stacks.files.base import Model, Region, Slug

Zones = Literal["SINGLE_ZONE", "MULTI_ZONE"]
# Bytes of the largest record that the topics of the pipeline take, and what each cluster type allows (Confluent Cloud, "Kafka Cluster
# Types": max.message.bytes).
MIB = 1024 * 1024
# Bytes that a routed, unrouted or dead-letter record may have more than the raw one that it is made of.
HEADROOM = 64 * 1024
MessageBytes = Annotated[int, Field(ge=MIB, le=8 * MIB)]
DedicatedMessageBytes = Annotated[int, Field(ge=MIB, le=20 * MIB)]


class Basic(Model):
    """A Basic cluster: public, one zone. It knows no roles on topics and groups, so those become ACLs."""

    type: Literal["basic"]
    name: Slug
    availability: Literal["SINGLE_ZONE"] = "SINGLE_ZONE"
    region: Region
    max_ecku: Annotated[int, Field(ge=1, le=50)] | None = None
    max_message_bytes: MessageBytes = 8 * MIB


class Standard(Model):
    """A Standard cluster: public, role-based access."""

    type: Literal["standard"]
    name: Slug
    availability: Zones
    region: Region
    max_ecku: Annotated[int, Field(ge=1, le=10)] | None = None
    max_message_bytes: MessageBytes = 8 * MIB


class Enterprise(Model):
    """An Enterprise cluster: private networking, role-based access."""

    type: Literal["enterprise"]
    name: Slug
    availability: Literal["LOW", "HIGH"]
    region: Region
    max_ecku: Annotated[int, Field(ge=1, le=10)] | None = None  # 10 is the limit behind PrivateLink
    max_message_bytes: MessageBytes = 8 * MIB

    @model_validator(mode="after")
    def enough_capacity(self) -> "Enterprise":
        if self.availability == "HIGH" and self.max_ecku == 1:
            raise ValueError("availability HIGH needs maxEcku of at least 2")
        return self


class Quota(Model):
    """What each consumer may move, in bytes per second: one of them cannot starve the others."""

    ingress_bytes: Annotated[int, Field(ge=1024)] = 1_048_576
    egress_bytes: Annotated[int, Field(ge=1024)] = 10_485_760


class Dedicated(Model):
    """A Dedicated cluster of a fixed size. Only it knows client quotas."""

    type: Literal["dedicated"]
    name: Slug
    availability: Zones
    region: Region
    cku: Annotated[int, Field(ge=1, le=24)]
    consumer_quota: Quota = Quota()
    max_message_bytes: DedicatedMessageBytes = 8 * MIB

    @model_validator(mode="after")
    def enough_units(self) -> "Dedicated":
        if self.availability == "MULTI_ZONE" and self.cku < 2:
            raise ValueError("availability MULTI_ZONE needs cku of at least 2")
        return self


Cluster = Annotated[Basic | Standard | Enterprise | Dedicated, Field(discriminator="type")]
