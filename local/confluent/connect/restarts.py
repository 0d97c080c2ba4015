"""Restarts failed connector tasks, as the managed service does (`auto.restart.on.user.error`): at once, then less and less often.

A connector that fails at one record sends those behind it again each time.

Debezium waits for its next batch by the wall clock: when that goes back an hour, it sends nothing for an hour, and nobody can stop
such a task (tried with `python -m bench.interrupt`, where the clock jumps). The worker is started again then.
"""

import asyncio
import logging
import time
from dataclasses import dataclass, field

import httpx2

from local.confluent.connect import connectors
from local.confluent.context import Cloud
from local.confluent.errors import ApiError

log = logging.getLogger("cloud.connect")
DRIFT = 1  # seconds

INTERVAL, LONGEST, CALM = (
    2,
    30,
    60,
)  # seconds: between looks; between two restarts at most; without a failure, then all is forgotten


@dataclass(slots=True)
class Patience:
    """When each connector may be restarted again."""

    failures: dict[str, tuple[int, float]] = field(default_factory=dict[str, tuple[int, float]])

    def lost(self, name: str, now: float) -> bool:
        """Is it too early for another restart? If not, count this one."""
        count, last = self.failures.get(name, (0, -CALM))
        if now - last > CALM + LONGEST:
            count = 0
        if count and now - last < min(2.0**count, LONGEST):
            return True
        self.failures[name] = (count + 1, now)
        return False


@dataclass(slots=True)
class WallClock:
    """The wall clock against the one that only goes on (seconds)."""

    ahead: float = field(default_factory=lambda: time.time() - time.monotonic())

    def went_back(self, wall: float, monotonic: float) -> bool:
        """Since the last look, by more than clocks drift?"""
        before, self.ahead = self.ahead, wall - monotonic
        return self.ahead < before - DRIFT


async def run(cloud: Cloud) -> None:
    """Look at every connector each two seconds; a failed one is restarted, a lost one configured again."""
    patience, clock = Patience(), WallClock()
    while True:
        if clock.went_back(time.time(), time.monotonic()):
            await restart_worker(cloud)
        for document in list(cloud.store.all("connector")):
            try:
                await mend(cloud, document, patience)
            except (httpx2.HTTPError, ApiError) as error:
                log.info("connector %s: %s", document["name"], error)
            except Exception:
                log.exception("connector %s", document["name"])
        await asyncio.sleep(INTERVAL)


async def restart_worker(cloud: Cloud) -> None:
    """By its supervisor."""
    log.warning("the clock went back, restarting the worker")
    try:
        await cloud.http.post(cloud.instance.url("supervisor") + "/restart/connect", timeout=60)
    except httpx2.HTTPError as error:
        log.warning("the supervisor could not restart the worker: %s", error)


async def mend(cloud: Cloud, document: connectors.Document, patience: Patience) -> None:
    """Restart what failed; give the connector back to a worker that has forgotten it."""
    path = f"/connectors/{document['name']}"
    code, found = await connectors.worker(cloud, "GET", path + "/status")
    if cloud.store.get("connector", document["name"]) is None:
        return
    if code == 404:
        await connectors.apply(cloud, document)
    elif "FAILED" not in {found["connector"]["state"], *(task["state"] for task in found["tasks"])}:
        return
    elif not patience.lost(document["name"], time.monotonic()):
        log.warning("connector %s failed, restarting it", document["name"])
        await connectors.worker(cloud, "POST", path + "/restart?includeTasks=true&onlyFailed=true")
