"""A headless Chromium: the machine's own (Debian: apt-get install chromium), driven by Playwright."""

import shutil
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

MISSING = "Chromium is not installed (Debian: apt-get install chromium)"
# As root there is no sandbox; the rest keeps it from looking for anything but our page.
OPTIONS = (
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def program() -> str | None:
    """Where it is."""
    return shutil.which("chromium") or shutil.which("google-chrome")


@contextmanager
def browser() -> Generator[Browser]:
    """Until the block ends."""
    with sync_playwright() as driver:
        made = driver.chromium.launch(executable_path=program(), args=list(OPTIONS))
        try:
            yield made
        finally:
            made.close()


@contextmanager
def opened(chromium: Browser, address: str, **context: Any) -> Generator[Page]:
    """A page in a browser context of its own, at an address. Errors of its scripts fail the block."""
    faults: list[str] = []
    own = chromium.new_context(**context)
    page = own.new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda told: faults.append(told.text) if told.type == "error" else None)
    try:
        page.goto(address)
        yield page
    finally:
        own.close()
    if faults:
        raise RuntimeError(f"scripts of {address} failed: {faults}")
