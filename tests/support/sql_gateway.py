"""Flink's SQL gateway, for what no API of ours shows."""

from typing import Any

import httpx2

from cli.client import wait
from local.environment import Instance


class Gateway:
    """A SQL session on the environment's own Flink. `mode`: batch or streaming."""

    def __init__(self, instance: Instance, mode: str) -> None:
        self.http = httpx2.Client(
            base_url=instance.url("flink_gateway") + "/v3",
            trust_env=False,
            timeout=120,
            verify=instance.certificates.context,
        )
        properties = {
            "execution.target": "remote",
            "rest.address": "127.0.0.1",
            "rest.port": str(instance.port("flink_rest")),
            "execution.runtime-mode": mode,
        }
        self.session = self.http.post("/sessions", json={"properties": properties}).json()["sessionHandle"]

    def run(self, statement: str) -> list[list[Any]]:
        """All rows of a statement's result."""
        answer = self.http.post(f"/sessions/{self.session}/statements", json={"statement": statement})
        operation = f"/sessions/{self.session}/operations/{answer.json()['operationHandle']}"
        ended = ("FINISHED", "ERROR", "CANCELED")
        wait.wait_for(lambda: self.http.get(f"{operation}/status").json()["status"] in ended, 120, "the query")
        rows: list[list[Any]] = []
        page = f"{operation}/result/0"
        while page:
            found = self.http.get(page).json()
            assert "results" in found, found.get("errors", found)
            rows += [row["fields"] for row in found["results"]["data"]]
            following = found.get("nextResultUri")
            page = following.removeprefix("/v3") if following and found["resultType"] != "EOS" else ""
        return rows

    def close(self) -> None:
        self.http.delete(f"/sessions/{self.session}")
