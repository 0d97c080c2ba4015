"""HTTP with API keys: what every resource's calls go through."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx2

from plugins.engine.errors import Gone, RestError, Taken, Unanswered

RETRIES = (1, 2, 4, 8)
TOPIC_EXISTS = 40002  # Kafka REST's error code
HTTP = httpx2.Client(timeout=120, trust_env=False)


@dataclass(frozen=True, slots=True)
class Rest:
    """One base address with the key that opens it."""

    base: str
    key: str
    secret: str

    def call(self, method: str, path: str, body: Any = None, params: dict[str, str] | None = None) -> Any:
        """The decoded answer. Raises Gone for 404, RestError for any other refusal. Repeats 429 and 5xx but 501."""
        return decoded(self.send(method, path, body, params))

    def make(self, path: str, body: Any) -> Any:
        """POST what a service would make twice. Raises Unanswered where it may have been made; what was not taken in is sent again."""
        problem = ""
        for pause in (*RETRIES, 0):
            try:
                response = HTTP.post(self.base + path, json=body, auth=(self.key, self.secret))
            except httpx2.ConnectError as error:
                problem = f"POST {self.base}: {error}"
            except httpx2.TransportError as error:
                raise Unanswered(f"POST {self.base}{path}: {error}") from error
            else:
                if response.status_code >= 500 and response.status_code != 501:
                    raise Unanswered(f"{response.status_code} {response.reason_phrase}: {words(response)}")
                if response.status_code != 429:
                    return decoded(response)
                problem = f"{response.status_code} {response.reason_phrase}: {words(response)}"
            if pause:
                time.sleep(pause)
        raise RestError(f"giving up after {len(RETRIES) + 1} attempts: {problem}")

    def send(self, method: str, path: str, body: Any, params: dict[str, str] | None) -> httpx2.Response:
        """Send, and send again what may pass."""
        problem = ""
        for pause in (*RETRIES, 0):
            try:
                response = HTTP.request(
                    method, self.base + path, json=body, params=params, auth=(self.key, self.secret)
                )
            except httpx2.TransportError as error:
                problem = f"{method} {self.base}: {error}"
            else:
                if response.status_code not in (429, 500, 502, 503, 504):
                    return response
                problem = f"{response.status_code} {response.reason_phrase}: {words(response)}"
            if pause:
                time.sleep(pause)
        raise RestError(f"giving up after {len(RETRIES) + 1} attempts: {problem}")


def decoded(response: httpx2.Response) -> Any:
    """The answer's content. Raises Gone, Taken, RestError."""
    if response.status_code == 404:
        raise Gone(words(response))
    if response.status_code >= 300:
        raise (Taken if taken(response) else RestError)(
            f"{response.status_code} {response.reason_phrase}: {words(response)}"
        )
    return response.json() if response.content else {}


def taken(response: httpx2.Response) -> bool:
    """Does the service say that there is such an object? (Kafka's REST API says it with 400 and a code of its own.)"""
    if response.status_code == 409:
        return True
    try:
        body = response.json()
    except ValueError:
        return False
    return response.status_code == 400 and isinstance(body, dict) and body.get("error_code") == TOPIC_EXISTS


def words(response: httpx2.Response) -> str:
    """The service's own words, in either of its two forms."""
    try:
        body = response.json()
    except ValueError:
        return response.text[:500]
    errors = body.get("errors") if isinstance(body, dict) else None
    return str(errors[0].get("detail") if errors else body.get("message") if isinstance(body, dict) else body)


def escaped(part: str) -> str:
    """A path segment."""
    return quote(part, safe="")


def until(read: Callable[[], Any], done: Callable[[Any], bool], what: str, seconds: float = 600) -> Any:
    """Read until `done`, quickly at first. Raises RestError when it takes too long."""
    deadline, pause = time.monotonic() + seconds, 0.1
    while True:
        value = read()
        if done(value):
            return value
        if time.monotonic() > deadline:
            raise RestError(f"{what} was not ready after {seconds:.0f} s")
        time.sleep(pause)
        pause = min(pause * 1.5, 2)
