"""Restarts failed connector tasks, as the managed service does (`auto.restart.on.user.error`)."""

import asyncio
import logging

import httpx2

from local.confluent.connect import connectors
from local.confluent.context import Cloud
from local.confluent.errors import ApiError

log = logging.getLogger("cloud.connect")


async def run(cloud: Cloud) -> None:
    """Look at every connector each two seconds; a failed one is restarted, a lost one configured again."""
    while True:
        for document in list(cloud.store.all("connector")):
            try:
                await mend(cloud, document)
            except (httpx2.HTTPError, ApiError) as error:
                log.info("connector %s: %s", document["name"], error)
            except Exception:
                log.exception("connector %s", document["name"])
        await asyncio.sleep(2)


async def mend(cloud: Cloud, document: connectors.Document) -> None:
    """Restart what failed; give the connector back to a worker that has forgotten it."""
    path = f"/connectors/{document['name']}"
    code, found = await connectors.worker(cloud, "GET", path + "/status")
    if cloud.store.get("connector", document["name"]) is None:
        return
    if code == 404:
        await connectors.apply(cloud, document)
    elif "FAILED" in {found["connector"]["state"], *(task["state"] for task in found["tasks"])}:
        log.warning("connector %s failed, restarting it", document["name"])
        await connectors.worker(cloud, "POST", path + "/restart?includeTasks=true&onlyFailed=true")
