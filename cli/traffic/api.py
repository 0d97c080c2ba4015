"""Events through the events API, as its users send them: signed, and again while it asks for patience."""

import json
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager

import httpx2
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from cli.traffic.events import Event
from cli.traffic.writer import Sender, Write
from stacks.errors import CdcError

DONE = (200, 409)  # 409: an earlier try had arrived before its answer was lost
PATIENCE = (429, 503)


class Signer:
    """Signs requests for API Gateway (AWS Signature Version 4)."""

    def __init__(self, key: str, secret: str, region: str = "us-east-1", token: str | None = None) -> None:
        self.auth = SigV4Auth(Credentials(key, secret, token), "execute-api", region)

    def headers(self, method: str, url: str, body: bytes) -> Mapping[str, str]:
        """The request's headers with its signature."""
        request = AWSRequest(method, url, data=body, headers={"content-type": "application/json"})
        self.auth.add_auth(request)
        return dict(request.headers.items())


class Bearer:
    """Shows a token to an API that takes JWTs."""

    def __init__(self, token: str) -> None:
        self.token = token

    def headers(self, method: str, url: str, body: bytes) -> Mapping[str, str]:
        """The same for every request."""
        return {"content-type": "application/json", "authorization": f"Bearer {self.token}"}


class ApiSender(Sender):
    """Through POST /api/v1/events."""

    def __init__(
        self, url: str, signer: Signer | Bearer, sessions: int = 4, patience: float = 60, local: bool = False
    ) -> None:
        super().__init__(sessions, patience)
        self.url, self.signer, self.local = f"{url}/api/v1/events", signer, local

    @contextmanager
    def session(self) -> Generator[Write]:
        """One HTTP client."""
        with httpx2.Client(timeout=30, trust_env=not self.local) as http:
            yield lambda event: self.post(http, event)

    def post(self, http: httpx2.Client, event: Event) -> None:
        """Send until the API has it. CdcError when it refuses, or asks for more patience than there is."""
        body = json.dumps(event.body).encode()
        deadline = time.time() + self.patience
        while True:
            problem, pause = self.attempt(http, body)
            if not problem:
                return
            if pause is None or time.time() > deadline:
                raise CdcError(f"event {event.id} was not accepted: {problem}")
            time.sleep(pause)

    def attempt(self, http: httpx2.Client, body: bytes) -> tuple[str, float | None]:
        """One try: what went wrong (empty: nothing), and after how many seconds to try again (None: never)."""
        try:
            answer = http.post(self.url, content=body, headers=self.signer.headers("POST", self.url, body))
        except httpx2.TransportError as error:
            return f"{self.url}: {error}", 0.2
        if answer.status_code in DONE:
            return "", None
        pause = 0.2 if answer.status_code in PATIENCE else None
        return f"{answer.status_code} {answer.text[:300]}", pause
