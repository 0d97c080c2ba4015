"""A stack's REST APIs."""

import os
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import httpx2

from cli.client.stack import Stack, served_here
from local.environment import Instance
from stacks import naming
from stacks.errors import CdcError

PAUSES = (0.5, 1, 2, 4)  # seconds after a 429 that does not say how long
LONGEST = 30


class NotFound(CdcError):
    """There is no such thing: the API answered 404."""


class Rest:
    """One of the stack's REST APIs, signed in."""

    def __init__(self, base: str, key: str, secret: str, local: bool) -> None:
        # Whatever proxy this machine uses, nothing of the local environment goes through it.
        self.http = httpx2.Client(base_url=base, auth=(key, secret), timeout=10, trust_env=not local)

    def get(self, path: str) -> Any:
        """The decoded answer; CdcError otherwise."""
        return self.ask("GET", path).json()

    def listed(self, path: str, **parameters: str) -> list[dict[str, Any]]:
        """Every object of a list of Confluent's; CdcError for an answer that is none."""
        return every_page(lambda more: self.get(f"{path}?{urlencode(more)}"), parameters)

    def ask(self, method: str, path: str, content: Any = None) -> httpx2.Response:
        """An answer that is not an error; CdcError otherwise."""
        address = f"{str(self.http.base_url).rstrip('/')}/{path.lstrip('/')}"
        try:
            answer = patiently(self.http, method, path, json=content)
        except httpx2.HTTPError as error:
            raise CdcError(f"{address} does not answer: {error}") from error
        if answer.status_code >= 300:
            kind = NotFound if answer.status_code == 404 else CdcError
            raise kind(f"{address} answered {answer.status_code}: {answer.text[:300]}")
        return answer


def every_page(ask: Callable[[dict[str, str]], dict[str, Any]], parameters: dict[str, str]) -> list[dict[str, Any]]:
    """What a list of Confluent's holds, page by page. `ask`: the answer to these parameters.

    Source: https://docs.confluent.io/cloud/current/api.html (pagination): `metadata.next` is the address of the next page, with its token.
    """
    found: list[dict[str, Any]] = []
    while True:
        answer = ask(parameters)
        found += answer["data"]
        after = httpx2.URL((answer.get("metadata") or {}).get("next") or "").params.get("page_token")
        if not after:
            return found
        parameters = {**parameters, "page_token": after}


def patiently(http: httpx2.Client, method: str, path: str, **more: Any) -> httpx2.Response:
    """The answer; one that says "too many requests" is asked again a few times, as late as it says."""
    for pause in PAUSES:
        answer = http.request(method, path, **more)
        if answer.status_code != 429:
            return answer
        wanted = answer.headers.get("retry-after", "")
        time.sleep(min(LONGEST, float(wanted)) if wanted.isdecimal() else pause)
    return http.request(method, path, **more)


def cloud_key() -> tuple[str, str]:
    """The Cloud API key of an account, as the provider takes it. CdcError without one."""
    try:
        return os.environ["CONFLUENT_CLOUD_API_KEY"], os.environ["CONFLUENT_CLOUD_API_SECRET"]
    except KeyError as error:
        raise CdcError(f"{error.args[0]} is not set", "a Cloud API key of the deployer: docs/deploy.md") from error


def account_key(stack: str) -> tuple[str, str]:
    """The Cloud API key for a stack's account: the local cloud's own for the stack that it serves. CdcError without one."""
    if not served_here(stack):
        return cloud_key()
    own = Instance.here().secrets
    return own["cloud_api_key"], own["cloud_api_secret"]


def control_plane(stack: str) -> Rest:
    """Confluent's API for accounts: the service's, or the local cloud's for the stack that it serves."""
    local = served_here(stack)
    return Rest(Instance.here().url("cloud") if local else naming.CONFLUENT_ENDPOINT, *account_key(stack), local=local)


def statement(stack: Stack, name: str, part: str = "") -> dict[str, Any]:
    """A Flink statement, or a part of it (`/exceptions`)."""
    key, flink = stack.keys["operator"]["flink"], stack.contract.flink
    path = (
        f"/sql/v1/organizations/{flink.organization_id}/environments/{stack.contract.environment_id}/statements/{name}"
    )
    return Rest(flink.rest_endpoint, key["key"], key["secret"], stack.local).get(path + part)
