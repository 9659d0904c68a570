"""Open a page of the dashboard in a browser, and hear what goes wrong."""

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Request

from tests.running import browser_lacks, settle

LACKING = browser_lacks()
# Of every module that drives a browser.
BROWSER = [
    pytest.mark.browser,
    pytest.mark.skipif(LACKING != "", reason=f"no browser: sudo apt-get install {LACKING}"),
]


def opened(chrome: BrowserContext, url: str, width: int = 1280) -> tuple[Page, list[str]]:
    """The page when it has settled, and what went wrong on the way."""
    wrong: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        # Streamlit finds out below which path it is served by asking, and being told 404.
        if message.type == "error" and "/_stcore/" not in message.location["url"]:
            wrong.append(f"console: {message.text}")

    def see(request: Request) -> None:
        # No server of ours is anywhere else; an office may have no way out to the internet.
        if not request.url.startswith(("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:")):
            wrong.append(f"request: {request.url}")

    page = chrome.new_page()
    page.set_viewport_size({"width": width, "height": 900})
    page.on("console", hear)
    page.on("request", see)
    page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
    page.goto(url)
    settle(page)
    return page, wrong


def choose(page: Page, menu: Locator, entry: str) -> None:
    """Open a menu and take what it offers under this name, by key."""
    menu.focus()
    page.keyboard.press("Enter")
    focused = page.locator("[role=menuitem]:focus")
    focused.wait_for()
    while entry not in focused.inner_text():
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
