"""Who may look: the token's holder, from this machine, from the console's own pages."""

import pytest
from starlette.testclient import TestClient

from cli.web.app import application
from tests.cli.web.console import ADDRESS, Console


@pytest.fixture
def console(monkeypatch: pytest.MonkeyPatch) -> Console:
    return Console(monkeypatch)


@pytest.fixture
def stranger(console: Console) -> TestClient:
    """A browser without a session."""
    return TestClient(application(console.live, console.guard), base_url=ADDRESS, follow_redirects=False)


PATHS = (
    "/",
    "/connector",
    "/topics",
    "/topics/raw-event-headers",
    "/statements",
    "/consumers",
    "/dead-letters",
    "/live",
)


@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_shown_without_a_session(stranger: TestClient, path: str) -> None:
    answer = stranger.get(path)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/session"
    assert answer.text == ""


def test_nothing_is_changed_without_a_session(stranger: TestClient) -> None:
    assert stranger.post("/dead-letters/redrive", data={"id": "a/0/1"}, headers={"origin": ADDRESS}).status_code == 401


def test_good_bad_good(stranger: TestClient, console: Console) -> None:
    own = {"origin": ADDRESS}
    for token in ("", "x", console.guard.token[:-1], console.guard.session, "x" * 100_000):
        refused = stranger.post("/session", data={"token": token}, headers=own)
        assert refused.status_code == 403
        assert "set-cookie" not in refused.headers
    entered = stranger.post("/session", data={"token": console.guard.token}, headers=own)
    assert entered.status_code == 303
    cookie = entered.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert stranger.get("/").status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "evil.example:9480", "127.0.0.1:9999", "127.0.0.1", ""])
def test_another_name_for_this_machine(console: Console, host: str) -> None:
    assert console.browser.get("/", headers={"host": host}).status_code == 421


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:9999", ""])
def test_another_sites_form(console: Console, origin: str) -> None:
    answer = console.browser.post("/dead-letters/redrive", data={"id": "a/0/1"}, headers={"origin": origin})
    assert answer.status_code == 421
    assert console.browser.post("/dead-letters/redrive", data={"id": "a/0/1"}).status_code == 421


def test_every_answer_keeps_to_itself(console: Console, stranger: TestClient) -> None:
    answers = [
        console.browser.get("/"),
        stranger.get("/"),
        stranger.get("/session"),
        stranger.get("/static/console.js"),
    ]
    for answer in answers:
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["cache-control"] == "no-store"
    assert "frame" not in stranger.get("/session").text


def test_the_token_is_in_no_page(console: Console) -> None:
    for path in ("/", "/topics", "/consumers", "/session"):
        text = console.browser.get(path).text
        assert console.guard.token not in text
        assert console.guard.session not in text
