"""Flink's SQL gateway, for what no API of ours shows."""

from typing import Any

import httpx2

from cli.client import kafka, wait
from cli.client.stack import Stack
from local.confluent.flink.compiled_plans import SHADED
from local.environment import Instance


def kafka_login(running: Stack) -> dict[str, str]:
    """Options with which a table of Kafka's connector reads as the operator."""
    config = kafka.kafka_config(running, "operator")
    module = f"{SHADED}.org.apache.kafka.common.security.scram.ScramLoginModule"
    login = f'{module} required username="{config["sasl.username"]}" password="{config["sasl.password"]}";'
    return {
        "properties.bootstrap.servers": config["bootstrap.servers"],
        "properties.security.protocol": config["security.protocol"],
        "properties.sasl.mechanism": config["sasl.mechanism"],
        "properties.sasl.jaas.config": login,
    }


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
            assert "results" in found, found["errors"][-1].split("Caused by:")[-1][:500]
            rows += [row["fields"] for row in found["results"]["data"]]
            following = found.get("nextResultUri")
            page = following.removeprefix("/v3") if following and found["resultType"] != "EOS" else ""
        return rows

    def close(self) -> None:
        self.http.delete(f"/sessions/{self.session}")
