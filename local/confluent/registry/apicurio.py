"""The engine behind the registry: Apicurio's Confluent API, without Confluent's keys and roles in front of it."""

from typing import Any
from urllib.parse import quote

from local.confluent.context import Cloud


async def engine(cloud: Cloud, method: str, path: str, content: bytes | None = None) -> tuple[int, Any]:
    """Ask Apicurio's Confluent API; status and decoded body."""
    url = cloud.instance.url("registry") + "/apis/ccompat/v7" + path
    answer = await cloud.http.request(method, url, content=content, headers={"Content-Type": "application/json"})
    return answer.status_code, answer.json() if answer.content else None


async def forget(cloud: Cloud) -> None:
    """Every subject: a registry goes with its environment. Error tables and the connector make some that nobody declared."""
    _, subjects = await engine(cloud, "GET", "/subjects")
    for subject in subjects or ():
        for permanent in ("false", "true"):
            await engine(cloud, "DELETE", f"/subjects/{quote(subject, safe='')}?permanent={permanent}")
