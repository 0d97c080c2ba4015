"""Statements of one environment over Confluent's Flink REST API, as the program itself asks for them."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx2
import pulumi

from stacks.errors import CdcError

CARRY = "sql.tables.initial-offset-from"


START_MODE, START_MILLIS = "sql.tables.scan.startup.mode", "sql.tables.scan.startup.timestamp-millis"


StatementJson = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Connection:
    """Where statements are, and the key to ask for them."""

    rest_endpoint: pulumi.Input[str]
    organization_id: pulumi.Input[str]
    environment_id: pulumi.Input[str]
    api_key: pulumi.Input[str]
    api_secret: pulumi.Input[str]

    def open(self) -> pulumi.Output["Flink"]:
        """A client, once everything is known."""
        values = (self.rest_endpoint, self.organization_id, self.environment_id, self.api_key, self.api_secret)
        return pulumi.Output.all(*values).apply(lambda known: Flink(*map(str, known)))


class Flink:
    """Statements of one environment."""

    def __init__(self, endpoint: str, organization: str, environment: str, key: str, secret: str) -> None:
        self.path = f"/sql/v1/organizations/{organization}/environments/{environment}/statements"
        self.endpoint = endpoint
        self.auth = (key, secret)

    async def ask(self, method: str, path: str, body: Any = None, attempts: int = 12) -> Any:
        """The decoded answer; None for 404. Raises CdcError when the API refuses or cannot be reached (12: for a minute)."""
        problem = ""
        async with httpx2.AsyncClient(auth=self.auth, timeout=30) as http:
            for attempt in range(attempts):
                try:
                    answer = await http.request(method, self.endpoint + path, json=body)
                except httpx2.TransportError as error:
                    problem = str(error) or type(error).__name__
                else:
                    if answer.status_code == 404:
                        return None
                    if answer.status_code < 300:
                        return answer.json()
                    problem = f"{answer.status_code} {answer.text[:300]}"
                    if answer.status_code < 500 and answer.status_code not in (409, 429):
                        break
                await asyncio.sleep(min(0.5 * 2**attempt, 8))
        raise CdcError(f"{method} {self.endpoint}{path}: {problem}")

    async def get(self, name: str, attempts: int = 12) -> StatementJson | None:
        """A statement, None when there is none of this name."""
        return await self.ask("GET", f"{self.path}/{name}", attempts=attempts)

    async def all(self) -> list[StatementJson]:
        """Every statement of the environment."""
        found: list[StatementJson] = []
        page: str | None = f"{self.path}?page_size=100"
        while page:
            answer: Any = await self.ask("GET", page) or {}
            found += answer.get("data") or []
            following = str((answer.get("metadata") or {}).get("next") or "")
            page = following.removeprefix(self.endpoint) if following else None
        return found

    async def successors(self, name: str) -> list[StatementJson]:
        """The statements that continue from this one."""
        return [s for s in await self.all() if carried_from(s) == name]

    async def set_stopped(self, statement: StatementJson, stopped: bool) -> None:
        """Stop or resume: the whole object goes back with one field changed."""
        body = {**statement, "spec": {**statement["spec"], "stopped": stopped}}
        await self.ask("PUT", f"{self.path}/{statement['name']}", body)


def phase(statement: StatementJson | None) -> str:
    """The statement's phase; GONE when there is none."""
    return str(statement["status"]["phase"]) if statement else "GONE"


def carried_from(statement: StatementJson) -> str:
    """The statement that this one continues from, or an empty string."""
    return str((statement["spec"].get("properties") or {}).get(CARRY) or "")
