"""A job whose sources read nothing is checkpointed rarely, and from its next record on as often as before."""

import itertools
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest

from cli.client import stack as stacks
from cli.client import wait
from cli.client.stack import Stack
from local.confluent.flink.compiled_plans import RESTS
from local.environment import Instance
from tests.support import ledger
from tests.support.sql_gateway import Gateway, kafka_login

pytestmark = pytest.mark.engine
RARE, OFTEN = 1500, 500  # ms between two checkpoints, by Flink's own clock; the settings say 2000 and 60
SECONDS = 60


@pytest.fixture(scope="module")
def flink() -> Iterator[httpx2.Client]:
    own = Instance.here()
    with httpx2.Client(
        base_url=own.url("flink_rest"), verify=own.certificates.context, trust_env=False, timeout=60
    ) as rest:
        yield rest


@pytest.fixture
def two_topics(running: Stack) -> Iterator[Callable[[str, str], str]]:
    """Starts a job that reads two topics into nothing; it is stopped at the end."""
    gateway, started = Gateway(Instance.here(), "streaming"), []

    def start(one: str, other: str) -> str:
        for name, value in RESTS.items():
            gateway.run(f"SET '{name}' = '{value}'")
        for name, topic in (("one", one), ("other", other)):
            options: dict[str, Any] = {
                "connector": "kafka-idle-aware",
                "topic": topic,
                "format": "raw",
                "scan.startup.mode": "latest-offset",
                **kafka_login(running),
            }
            settings = ", ".join(f"'{key}' = '{value}'" for key, value in options.items())
            gateway.run(f"CREATE TABLE `{name}` (`line` BYTES) WITH ({settings})")
        gateway.run("CREATE TABLE `nothing` (`line` BYTES) WITH ('connector' = 'blackhole')")
        done = gateway.run("INSERT INTO `nothing` SELECT * FROM `one` UNION ALL SELECT * FROM `other`")
        started.append(done[0][0])
        return started[0]

    yield start
    for job in started:
        gateway.run(f"STOP JOB '{job}'")
    gateway.close()


def pauses(flink: httpx2.Client, job: str, since: float = 0) -> list[int]:
    """Milliseconds between the last checkpoints, newest first. `since`: seconds of the epoch."""
    answer = flink.get(f"/jobs/{job}/checkpoints").raise_for_status().json()
    times = (one["trigger_timestamp"] for one in answer["history"])
    return [b - a for b, a in itertools.pairwise(sorted((t for t in times if t > since * 1000), reverse=True))]


def rests(flink: httpx2.Client, job: str) -> bool:
    found = pauses(flink, job)[:2]
    return len(found) == 2 and min(found) > RARE


def rests_works_rests(running: Stack, flink: httpx2.Client, job: str) -> dict[str, str]:
    """What was written while it rested."""
    wait.wait_for(lambda: rests(flink, job), SECONDS, f"the rest of job {job}")
    started = time.time()
    sent = ledger.write(running, 300, seed=time.time_ns())
    wait.wait_for(lambda: any(p < OFTEN for p in pauses(flink, job, started)), SECONDS, f"the work of job {job}")
    wait.wait_for(lambda: rests(flink, job), SECONDS, f"the second rest of job {job}")
    return sent


def test_a_statement_rests_and_works(running: Stack, flink: httpx2.Client) -> None:
    name = stacks.load("local").contract.flink.statements["event-headers"]
    jobs = flink.get("/jobs/overview").json()["jobs"]
    [job] = [one["jid"] for one in jobs if one["state"] == "RUNNING" and name in one["name"]]
    sent = rests_works_rests(running, flink, job)
    seen = ledger.all_arrived(running, set(sent), 60)
    assert all(seen.counts[topic][identity] == 1 for identity, topic in sent.items())


@pytest.mark.parametrize("busy_first", [True, False])
def test_one_busy_source_is_enough(
    running: Stack, flink: httpx2.Client, two_topics: Callable[[str, str], str], busy_first: bool
) -> None:
    topics = ["raw-event-headers", "dead-letter-event-headers"]
    job = two_topics(*(topics if busy_first else reversed(topics)))
    rests_works_rests(running, flink, job)
