"""A Connect worker in memory: connectors whose one task runs, until a test says that it failed."""

import json
from dataclasses import dataclass, field
from typing import Any

import httpx2


@dataclass
class Connect:
    """Configurations and states by name. `busy`: how many answers are a rebalance's 409 first."""

    configs: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])
    states: dict[str, str] = field(default_factory=dict[str, str])
    offsets: dict[str, list[Any]] = field(default_factory=dict[str, list[Any]])
    restarts: list[str] = field(default_factory=list[str])
    busy: int = 0

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        if self.busy:
            self.busy -= 1
            return httpx2.Response(409, json={"message": "rebalance"})
        parts = request.url.path.strip("/").split("/")
        status, answer = self.answer(request.method, parts, json.loads(request.content or b"{}"))
        return httpx2.Response(status, json=answer) if answer is not None else httpx2.Response(status)

    def answer(self, method: str, parts: list[str], body: Any) -> tuple[int, Any]:
        if parts[0] == "connector-plugins":
            wrong = ["is not a host"] if body["database.hostname"] == "not a host" else []
            return 200, {"configs": [{"value": {"name": "database.hostname", "errors": wrong}}]}
        name, rest = parts[1], parts[2:]
        if method == "PATCH" and self.states.get(name) == "STOPPED":
            self.offsets[name] = body["offsets"]
            return 200, {}
        if method == "PUT" and rest == ["config"]:
            self.configs[name], self.states[name] = body, "RUNNING"
            return 201, {"name": name}
        if name not in self.configs:
            return 404, {"message": "no such connector"}
        return self.existing(method, name, rest)

    def existing(self, method: str, name: str, rest: list[str]) -> tuple[int, Any]:
        state = self.states[name]
        match method, rest:
            case "GET", ["status"]:
                trace = {"trace": "java.lang.Exception: it broke"} if state == "FAILED" else {}
                tasks = [{"id": 0, "state": state, **trace}]
                connector = "RUNNING" if state == "FAILED" else state
                return 200, {"name": name, "connector": {"state": connector}, "tasks": tasks}
            case "PUT", ["pause" | "stop" | "resume" as verb]:
                self.states[name] = {"pause": "PAUSED", "stop": "STOPPED", "resume": "RUNNING"}[verb]
                return 202, None
            case "POST", ["restart"]:
                self.restarts.append(name)
                self.states[name] = "RUNNING"
                return 202, {}
            case "GET", ["offsets"]:
                return 200, {"offsets": self.offsets.get(name, [])}
            case "DELETE" | "PATCH", ["offsets"] if state != "STOPPED":
                return 400, {"message": "the connector must be stopped"}
            case "DELETE", ["offsets"]:
                return 200, {}
            case "DELETE", []:
                del self.configs[name], self.states[name]
                return 204, None
        return 404, {}
