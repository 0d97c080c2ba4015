"""Flink's SQL gateway and job manager in memory: statements are taken, plans are files, jobs run until they are stopped."""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

BROKEN = "no_such_column"  # a statement that holds this word is refused by the planner
TABLE = re.compile(r"CREATE (?:TABLE|VIEW) `([^`]+)`")


@dataclass
class Flink:
    """`run`: every SQL statement that was executed. `jobs`: id → {name, state}. `start_from`: per job, its savepoint."""

    run: list[str] = field(default_factory=list[str])
    sessions: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])
    operations: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    jobs: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])
    start_from: dict[str, str] = field(default_factory=dict[str, str])
    refused: str = ""  # the job that cannot be started

    def gateway(self, request: httpx2.Request) -> httpx2.Response:
        """/v3 of the SQL gateway."""
        parts, body = request.url.path.strip("/").split("/")[1:], json.loads(request.content or b"{}")
        match request.method, parts:
            case "POST", ["sessions"]:
                handle = f"s{len(self.sessions)}"
                self.sessions[handle] = body["properties"]
                return httpx2.Response(200, json={"sessionHandle": handle})
            case "POST", ["sessions", handle, "statements"]:
                operation = f"o{len(self.operations)}"
                self.operations[operation] = self.execute(body["statement"], self.sessions[handle])
                return httpx2.Response(200, json={"operationHandle": operation})
            case "GET", [*_, "status"]:
                return httpx2.Response(200, json={"status": "FINISHED"})
            case "GET", [_, _, "operations", operation, "result", _]:
                result = self.operations[operation]
                return httpx2.Response(500 if "errors" in result else 200, json=result)
        return httpx2.Response(200, json={})

    def execute(self, statement: str, properties: dict[str, str]) -> dict[str, Any]:
        self.run.append(statement)
        if BROKEN in statement:
            cause = f"org.apache.flink.ValidationException: Column '{BROKEN}' not found in any table"
            return {"errors": ["Internal server error.", f"java.lang.RuntimeException: x\nCaused by: {cause}\n\tat y"]}
        if compiled := re.match(r"COMPILE PLAN 'file://([^']+)'", statement):
            sources = sorted({name for name in TABLE.findall("\n".join(self.run)) if name.startswith("raw")})
            nodes: list[dict[str, Any]] = [
                {
                    "id": number + 1,
                    "type": "stream-exec-table-source-scan_2",
                    "scanTableSource": {"table": {"identifier": f"`c`.`d`.`{name}`"}},
                }
                for number, name in enumerate(sources)
            ]
            nodes.append({"id": 99, "type": "stream-exec-sink_1"})
            edges = [{"source": node["id"], "target": 99} for node in nodes[:-1]]
            Path(compiled[1]).write_text(json.dumps({"nodes": nodes, "edges": edges}))
        if statement.startswith("EXECUTE PLAN"):
            if properties["pipeline.name"] == self.refused:
                return {
                    "errors": ["Internal server error.", "java.lang.RuntimeException: x\nCaused by: its topic is gone"]
                }
            job = f"{len(self.jobs):032x}"
            self.jobs[job] = {"name": properties["pipeline.name"], "state": "RUNNING"}
            self.start_from[job] = properties.get("execution.state-recovery.path", "")
            return {"jobID": job}
        return {}

    def jobmanager(self, request: httpx2.Request) -> httpx2.Response:
        """The job manager's REST API."""
        match request.method, request.url.path.strip("/").split("/"):
            case "GET", ["jobs", "overview"]:
                rows = [{"jid": job, **what, "tasks": {"running": 1, "total": 1}} for job, what in self.jobs.items()]
                return httpx2.Response(200, json={"jobs": rows})
            case "PATCH", ["jobs", job]:
                self.jobs[job]["state"] = "CANCELED"
                return httpx2.Response(202, json={})
            case "POST", ["jobs", job, "stop"]:
                self.jobs[job]["state"] = "FINISHED"
                folder = json.loads(request.content)["targetDirectory"]
                return httpx2.Response(202, json={"request-id": f"{folder}/savepoint-{job}"})
            case "GET", ["jobs", _, "savepoints", *place]:
                location = "/".join(place)
                return httpx2.Response(200, json={"status": {"id": "COMPLETED"}, "operation": {"location": location}})
            case "GET", ["jobs", job, "exceptions"]:
                entries = [{"stacktrace": "x\nCaused by: java.io.IOException: the disk is full"}]
                failed = self.jobs[job]["state"] == "FAILED"
                return httpx2.Response(200, json={"exceptionHistory": {"entries": entries if failed else []}})
        return httpx2.Response(404, json={})
