"""The console in a real browser, on a running stack."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import httpx2
import pytest
from playwright.sync_api import Browser, Page, expect

from bench.browser import MISSING, browser, opened, program
from cli.client.stack import Stack
from cli.web import background
from local.environment import Instance
from tests.support.cdc import cdc
from tests.support.paths import ROOT

pytestmark = [pytest.mark.engine, pytest.mark.skipif(program() is None, reason=MISSING)]
expect.set_options(timeout=45_000)  # milliseconds: other tests keep the machine busy
PHONE = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark", "has_touch": True}


@dataclass(frozen=True, slots=True)
class Served:
    """A console: its address with the token, and without."""

    entrance: str

    @property
    def base(self) -> str:
        return self.entrance.partition("/session")[0]


@pytest.fixture(scope="module")
def served(running: Stack) -> Iterator[Served]:
    """`cdc console`, as a user starts it; it ends when it is asked to, with exit code 0."""
    assert cdc("send", "--count", "20", "--rate", "0").returncode == 0
    command = [sys.executable, "-m", "cli", "console", "--port", "24992"]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        found = re.search(r"http://\S+#\S+", process.stderr.readline())
        assert found
        try:
            yield Served(found[0])
        finally:
            process.send_signal(signal.SIGTERM)
            _, told = process.communicate(timeout=30)
    assert "Traceback" not in told


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as found:
        yield found


@pytest.fixture
def page(served: Served, chromium: Browser) -> Iterator[Page]:
    """Signed in, at the pipeline."""
    with opened(chromium, served.entrance) as found:
        found.wait_for_url(served.base + "/")
        yield found


def examined(page: Page) -> None:
    """The doctor has looked, and nothing failed. (Other tests leave what is only to look at, such as dead letters.)"""
    expect(page.locator("#findings")).not_to_contain_text("the doctor is looking")
    expect(page.locator("#findings .failed")).to_have_count(0)


def part(page: Page, name: str) -> str:
    """How the pipeline's table says that a part is."""
    return (
        page.locator("#parts tr", has=page.get_by_role("link", name=name, exact=True)).locator("td").nth(2).inner_text()
    )


def test_a_pipeline_that_is_well(page: Page, running: Stack) -> None:
    examined(page)
    assert "running" in part(page, running.contract.connector.name)
    assert page.locator("#picture g.ok").count() >= 6
    expect(page.locator("#picture g.bad")).to_have_count(0)
    assert "#" not in page.url  # the token is not left in the address


def test_what_happens_is_shown_by_itself(page: Page, running: Stack) -> None:
    expect(page.locator("#picture g.connector")).to_have_class(re.compile("ok"))
    assert cdc("connector", "pause").returncode == 0
    try:
        expect(page.locator("#picture g.connector")).to_have_class(re.compile("bad"))
        expect(page.locator("#findings")).to_contain_text("./cdc connector resume")
    finally:
        assert cdc("connector", "resume").returncode == 0
    expect(page.locator("#picture g.connector")).to_have_class(re.compile("ok"))
    examined(page)


def test_from_a_routed_record_to_its_raw_one_and_back(page: Page, served: Served) -> None:
    page.get_by_role("link", name="filtered-loan-created-events").last.click()
    page.locator("details.record a").first.click()
    identity = page.locator("h1").inner_text()
    expect(page.locator("#verdicts")).to_contain_text("takes it")
    page.get_by_role("link", name=re.compile("^raw-event-headers ")).click()
    assert page.locator("h1").inner_text() == identity
    expect(page.get_by_text("this is the raw record")).to_be_visible()
    page.get_by_role("link", name=re.compile("^filtered-loan-created-events ")).click()
    assert page.locator("h1").inner_text() == identity
    page.goto(f"{served.base}/topics/raw-event-headers")
    page.keyboard.press("/")
    page.keyboard.type(identity)
    page.keyboard.press("Enter")
    expect(page.locator("details.record b").first).to_have_text(identity)


def test_every_page_with_the_keyboard_alone(page: Page) -> None:
    for number, title in enumerate(
        ("Pipeline", "Connector", "Topics", "Statements", "Consumers", "Dead letters"), start=1
    ):
        page.keyboard.press("g")
        page.keyboard.press(str(number))
        expect(page.locator("h1")).to_have_text(title)
        page.wait_for_load_state()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"


def test_on_a_phone_in_the_dark(served: Served, chromium: Browser) -> None:
    with opened(chromium, served.entrance, **PHONE) as page:
        page.wait_for_url(served.base + "/")
        for path in ("/", "/connector", "/topics", "/statements", "/consumers", "/dead-letters"):
            page.goto(served.base + path)
            assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 24, 31)"


def test_secrets_are_on_no_page(page: Page, served: Served, running: Stack) -> None:
    secrets = [key["secret"] for keys in running.keys.values() for key in keys.values()]
    for path in ("/", "/connector", "/statements", "/consumers"):
        page.goto(served.base + path)
        assert not [secret for secret in secrets if secret in page.content()]


def test_beside_the_demo_until_it_is_stopped() -> None:
    """What `cdc demo` ends with, and `cdc down` ends."""
    instance = Instance.here()
    try:
        address = background.start(instance)
        assert background.start(instance) == address
        assert httpx2.get(address, trust_env=False, timeout=60).status_code == 200
        assert background.stop(instance)
        with pytest.raises(httpx2.TransportError):
            httpx2.get(address, trust_env=False, timeout=60)
        assert not background.stop(instance)
    finally:
        background.stop(instance)


def test_without_a_session_there_is_nothing(served: Served, chromium: Browser) -> None:
    with opened(chromium, served.base + "/topics") as page:
        assert page.url == f"{served.base}/session"
        expect(page.locator("main")).to_contain_text("cdc console")
