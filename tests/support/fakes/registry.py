"""Apicurio's Confluent API in memory: subjects, versions, levels, and Avro's own rules of compatibility."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import httpx2

from cli.planning.compatibility import unreadable

Schemas = dict[str, dict[int, int]]  # subject → version → schema id


@dataclass
class Registry:
    """Schemas by id, versions by subject, levels by subject ("" is the global one)."""

    texts: dict[int, str] = field(default_factory=dict[int, str])
    subjects: Schemas = field(default_factory=dict[str, dict[int, int]])
    levels: dict[str, str] = field(default_factory=dict[str, str])

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        raw = request.url.raw_path.decode().split("?")[0].removeprefix("/apis/ccompat/v7")
        parts = [unquote(part) for part in raw.split("/") if part]
        body: Any = json.loads(request.content or b"{}")
        status, answer = self.answer(request.method, parts, body)
        return httpx2.Response(status, json=answer)

    def answer(self, method: str, parts: list[str], body: Any) -> tuple[int, Any]:
        match method, parts:
            case "PUT", ["config", *rest]:
                self.levels[rest[0] if rest else ""] = body["compatibility"]
                return 200, body
            case "DELETE", ["config", subject]:
                self.levels.pop(subject, None)
                return 200, {}
            case "GET", ["subjects"]:
                return 200, sorted(self.subjects)
            case "POST", ["compatibility", "subjects", subject, *_]:
                return self.compatible(subject, body["schema"])
            case "GET", ["schemas", "ids", number, "versions"]:
                return 200, [{"subject": s} for s, known in self.subjects.items() if int(number) in known.values()]
            case "GET", ["schemas", "ids", number]:
                return (200, {"schema": self.texts[int(number)]}) if int(number) in self.texts else (404, {})
            case _, ["subjects", subject, *rest]:
                return self.subject(method, subject, rest, body)
        return 404, {"error_code": 404}

    def subject(self, method: str, subject: str, rest: list[str], body: Any) -> tuple[int, Any]:
        if method == "POST" and rest == ["versions"]:
            return 200, {"id": self.register(subject, body["schema"])}
        versions = self.subjects.get(subject)
        if versions is None:
            return 404, {"error_code": 40401, "message": "not found"}
        if method == "POST":
            known = {json.dumps(json.loads(self.texts[i])): v for v, i in versions.items()}
            version = known.get(json.dumps(json.loads(body["schema"])))
            return (404, {"error_code": 40403}) if version is None else (200, self.shown(subject, version))
        if method == "DELETE":
            gone = [int(rest[1])] if len(rest) == 2 else list(versions)
            if not set(gone) <= set(versions):
                return 404, {"error_code": 40402}
            for version in gone:
                del versions[version]
            if not versions:
                del self.subjects[subject]
            return 200, gone
        if rest == ["versions"]:
            return 200, sorted(versions)
        version = max(versions) if rest[1] == "latest" else int(rest[1])
        return (200, self.shown(subject, version)) if version in versions else (404, {"error_code": 40402})

    def register(self, subject: str, text: str) -> int:
        versions = self.subjects.setdefault(subject, {})
        number = next((i for i, known in self.texts.items() if known == text), len(self.texts) + 1)
        self.texts[number] = text
        if number not in versions.values():
            versions[max(versions, default=0) + 1] = number
        return number

    def shown(self, subject: str, version: int) -> dict[str, Any]:
        number = self.subjects[subject][version]
        return {"subject": subject, "version": version, "id": number, "schema": self.texts[number]}

    def compatible(self, subject: str, text: str) -> tuple[int, Any]:
        versions = self.subjects.get(subject)
        if not versions:
            return 404, {"error_code": 40401}
        level = self.levels.get(subject) or self.levels.get("", "NONE")
        problems = unreadable(text, self.texts[versions[max(versions)]]) if level.startswith("BACKWARD") else []
        return 200, {"is_compatible": not problems}
