"""Role bindings that begin to mean something on the broker some time after they were made (the realistic mode)."""

import asyncio
import logging

from confluent_kafka import KafkaException

from local.confluent import lateness
from local.confluent.context import Cloud
from local.confluent.kafka import admin

EVERY = 0.5  # seconds
log = logging.getLogger("cloud")


async def run(cloud: Cloud) -> None:
    """Give the broker's part of each binding when its time has come."""
    while True:
        for binding in [one for one in cloud.store.all("role-binding") if not one.get("given", True)]:
            if not lateness.late(cloud, binding, lateness.BINDING):
                await give(cloud, binding["id"])
        await asyncio.sleep(EVERY)


async def give(cloud: Cloud, identity: str) -> None:
    """Of one binding, unless it was taken away meanwhile; again in a moment while the broker is away."""
    try:
        found = cloud.store.get("role-binding", identity)
        if found is None:
            return
        await admin.grant(cloud, found["principal"].removeprefix("User:"))
        if cloud.store.get("role-binding", identity):
            cloud.store.put("role-binding", identity, {**found, "given": True})
    except KafkaException as error:
        log.info("role binding %s waits: %s", identity, error)
