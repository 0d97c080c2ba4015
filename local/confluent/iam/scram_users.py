"""The broker's users are compared with the keys that there are, again and again: a broker that restarts may have lost some.

Kafka 4.3 replays its log into an empty image of SCRAM users, and a deletion that comes first drops the whole of them. Users that no
key stands for were made by a cloud that was killed before it knew: they go.
"""

import asyncio
import logging

from confluent_kafka import KafkaException

from local.confluent.context import Cloud
from local.confluent.kafka import admin

log = logging.getLogger("cloud.iam")
INTERVAL = 2  # seconds


async def run(cloud: Cloud) -> None:
    """Put back what is missing and drop what is nobody's, until the cloud ends."""
    strangers: set[str] = set()
    while True:
        try:
            await mend(cloud)
            strangers = await sweep(cloud, strangers)
        except KafkaException as error:
            log.info("the broker's users: %s", error)
        except Exception:
            log.exception("the broker's users")
        await asyncio.sleep(INTERVAL)


async def mend(cloud: Cloud) -> None:
    """Give each key of the cluster its user. A key that is deleted meanwhile gets none."""
    known = await admin.users(cloud)
    for kind in ("api-key", "engine-key"):
        for key in list(cloud.store.all(kind)):
            if key["resource"].startswith("lkc-") and key["id"] not in known:
                log.warning("the broker had lost the key %s", key["id"])
                await admin.put_user(cloud, key["id"], key["secret"])
                if cloud.store.get(kind, key["id"]) is None:
                    await admin.drop_user(cloud, key["id"])


async def sweep(cloud: Cloud, seen: set[str]) -> set[str]:
    """Drop users that no key stands for. Returns those that are new: a key that is being made has its user a moment before."""
    users = await admin.users(cloud)
    strangers = users - {key["id"] for kind in ("api-key", "engine-key") for key in cloud.store.all(kind)}
    for user in strangers & seen:
        log.warning("the broker has a user that no key stands for: %s", user)
        await admin.drop_user(cloud, user)
    return strangers - seen
