"""A console of a healthy stack that is not there: facts of the doctor's tests, the committed files."""

from types import SimpleNamespace
from typing import Any

import pytest
from starlette.testclient import TestClient

from cli.client.stack import Stack
from cli.web import live as lives
from cli.web.app import application
from cli.web.guard import Guard
from cli.web.live import Live
from stacks import load as loading
from stacks.routes.model import Routes
from tests.cli.doctor.healthy import TOPICS, facts
from tests.support.paths import ROOT

PORT = 9480
ADDRESS = f"http://127.0.0.1:{PORT}"


class Offsets:
    """Ends that grow by 30 with each look."""

    def __init__(self, looks: int) -> None:
        self.topics = dict.fromkeys(TOPICS)
        self.looks = looks

    def of(self, topics: list[str], _: object) -> dict[tuple[str, int], int]:
        return {(topic, 0): 30 * self.looks for topic in topics}


class Console:
    """A Live whose facts a test changes, and a browser that is signed in."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, routes: Routes | None = None) -> None:
        self.facts, self.looks = facts(), 0
        self.facts.statement = lambda _: {"status": {"phase": "RUNNING", "detail": ""}}
        self.facts.topics = list(TOPICS)
        monkeypatch.setattr(lives, "Facts", self.asked)
        monkeypatch.setattr(lives.probes, "every", lambda: [])
        settings, own = loading.from_files(ROOT, "local")
        known: Any = SimpleNamespace(name="local", local=True, contract=self.facts.stack.contract, keys={})
        self.stack: Stack = known
        self.live = Live(known, (settings, routes or own), None)
        self.live.look()
        self.guard = Guard(PORT)
        self.browser = TestClient(application(self.live, self.guard), base_url=ADDRESS, follow_redirects=False)
        self.browser.cookies.set(self.guard.cookie, self.guard.session)

    def asked(self, _: object, __: object) -> Any:
        self.looks += 1
        self.facts.offsets = Offsets(self.looks)
        return self.facts

    def page(self, path: str, code: int = 200) -> str:
        """A page's text. None has anything that comes from elsewhere, or runs inline."""
        answer = self.browser.get(path)
        assert answer.status_code == code, answer.text
        for forbidden in ("http://", "https://", "<script>", "style=", "onclick"):
            assert forbidden not in answer.text.replace("http://www.w3.org/2000/svg", "")
        return answer.text
