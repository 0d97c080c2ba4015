"""Pictures of the console for docs/: `python -m bench.pictures`, while the local environment runs. Needs Chromium."""

import re
import time

from playwright.sync_api import Page

from bench.browser import browser, opened
from cli.client import stack
from cli.traffic.events import Factory
from cli.traffic.sender import sender
from cli.web import background
from local.environment import ROOT, Instance

FOLDER = ROOT / "docs" / "pictures"
WIDE = {"viewport": {"width": 1720, "height": 820}}
PHONE = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}


def main() -> None:
    """Events first, so that there is something to see; then one picture a page."""
    running, started = stack.load("local"), time.time()
    entrance = background.start(Instance.here())
    sender(running).send(Factory(7).mixed(2000), 100)
    base = entrance.partition("/session")[0]
    with browser() as chromium:
        with opened(chromium, entrance, **WIDE) as page:
            page.wait_for_url(base + "/")
            page.get_by_text("nothing found").wait_for()
            taken(page, "pipeline")
            for name in ("connector", "topics", "statements", "consumers"):
                page.goto(f"{base}/{name}")
                taken(page, name)
            page.goto(f"{base}/topics/filtered-loan-created-events")
            taken(page, "topic")
            page.locator("details.record a").first.click()
            page.get_by_text(re.compile("Where it went")).wait_for()
            taken(page, "record")
        with opened(chromium, entrance, **PHONE) as page:
            page.wait_for_url(base + "/")
            taken(page, "phone")
    print(f"8 pictures in {time.time() - started:.0f} s")


def taken(page: Page, name: str) -> None:
    """One picture."""
    page.screenshot(path=FOLDER / f"{name}.png")


if __name__ == "__main__":
    main()
