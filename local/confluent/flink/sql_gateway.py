"""Flink's SQL gateway and job manager over REST: sessions, compiled plans, jobs, savepoints."""

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from local.confluent.context import Cloud

QUICK, SLOW = 0.002, 0.1


class SqlError(Exception):
    """The planner or the cluster refused a statement: its own words, without the stack."""


def reason(text: str) -> str:
    """The innermost cause in a gateway's stack trace."""
    causes = re.findall(r"Caused by: (?:[\w.$]+(?:Exception|Error): )?([^\n]+)", text)
    return (causes[-1] if causes else text.strip().splitlines()[0]).strip()[:1500]


async def looks() -> AsyncGenerator[None]:
    """When to look again: at once, then after pauses that double, from QUICK to SLOW seconds. Most things are done in milliseconds."""
    pause = QUICK
    while True:
        yield
        await asyncio.sleep(pause)
        pause = min(2 * pause, SLOW)


class Session:
    """One SQL session: statements run in it one after another."""

    def __init__(self, cloud: Cloud, handle: str) -> None:
        self.cloud = cloud
        self.path = cloud.instance.url("flink_gateway") + f"/v3/sessions/{handle}"

    async def run(self, statement: str) -> dict[str, Any]:
        """Run one statement to its end and return the first page of its result (with `jobID`, if it made a job)."""
        answer = await self.cloud.http.post(self.path + "/statements", json={"statement": statement})
        if answer.status_code != 200:
            raise SqlError(reason(str(answer.json().get("errors", [""])[-1])))
        operation = f"{self.path}/operations/{answer.json()['operationHandle']}"
        async for _ in looks():
            answer = await self.cloud.http.get(operation + "/status")
            if answer.json()["status"] not in ("INITIALIZED", "PENDING", "RUNNING"):
                break
        result = await self.cloud.http.get(operation + "/result/0")
        if result.status_code != 200:
            raise SqlError(reason(str(result.json().get("errors", [""])[-1])))
        return result.json()


@asynccontextmanager
async def session(cloud: Cloud, settings: dict[str, str]) -> AsyncGenerator[Session]:
    """A session with these settings, closed afterwards. Jobs it submitted go on."""
    address = {"rest.address": "127.0.0.1", "rest.port": str(cloud.instance.port("flink_rest"))}
    properties = {"execution.target": "remote", **address, **settings}
    url = cloud.instance.url("flink_gateway") + "/v3/sessions"
    answer = await cloud.http.post(url, json={"properties": properties})
    answer.raise_for_status()
    handle = answer.json()["sessionHandle"]
    try:
        yield Session(cloud, handle)
    finally:
        await cloud.http.delete(f"{url}/{handle}")


async def jobs(cloud: Cloud) -> dict[str, dict[str, Any]]:
    """What the job manager knows: job id → {name, state}. A running job whose tasks still start is INITIALIZING."""
    answer = await cloud.http.get(cloud.instance.url("flink_rest") + "/jobs/overview")
    answer.raise_for_status()
    return {job["jid"]: {"name": job["name"], "state": state_of(job)} for job in answer.json()["jobs"]}


def state_of(job: dict[str, Any]) -> str:
    """The job's state; RUNNING means every task runs, since before that it can be neither stopped nor saved."""
    tasks = job["tasks"]
    return "INITIALIZING" if job["state"] == "RUNNING" and tasks["running"] < tasks["total"] else job["state"]


async def cancel(cloud: Cloud, job: str) -> None:
    """Cancel a job and wait until it is over; fine when it is already gone."""
    await cloud.http.patch(cloud.instance.url("flink_rest") + f"/jobs/{job}?mode=cancel")
    for _ in range(300):
        found = (await jobs(cloud)).get(job)
        if found is None or found["state"] in ("CANCELED", "FINISHED", "FAILED"):
            return
        await asyncio.sleep(0.1)


async def stop(cloud: Cloud, job: str, folder: str) -> str:
    """Stop a job with a savepoint in `folder`; where the savepoint is."""
    url = cloud.instance.url("flink_rest") + f"/jobs/{job}"
    answer = await cloud.http.post(url + "/stop", json={"targetDirectory": f"file://{folder}", "drain": False})
    if answer.status_code != 202:
        raise SqlError(reason(str(answer.json().get("errors", ["stop refused"])[-1])))
    trigger = answer.json()["request-id"]
    found: dict[str, Any] = {}
    async for _ in looks():
        found = (await cloud.http.get(f"{url}/savepoints/{trigger}")).json()
        if found["status"]["id"] == "COMPLETED":
            break
    if "location" not in found["operation"]:
        raise SqlError(reason(str(found["operation"].get("failure-cause", {}).get("stack-trace", "stop failed"))))
    return found["operation"]["location"]


async def problem(cloud: Cloud, job: str) -> str:
    """The root cause of a job's last failure, or an empty string."""
    answer = await cloud.http.get(cloud.instance.url("flink_rest") + f"/jobs/{job}/exceptions")
    if answer.status_code != 200:
        return ""
    entries = answer.json().get("exceptionHistory", {}).get("entries", [])
    return reason(entries[0]["stacktrace"]) if entries else ""
