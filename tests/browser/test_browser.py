"""Every page in headless Chromium: no error in the console, no exception, no English in Chinese."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request

from adoption.store import Store
from tests.running import PAGES, browser, chromium, dashboard, open_all, settle
from tests.soak.size import IS_SOAK

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        chromium() is None,
        reason="no Chromium: sudo apt-get install chromium fonts-noto-cjk",
    ),
]

# Latin letters that belong on a Chinese page: the way to English, file formats, commands, codes of
# units, the name of the data's version, the names of files, and Streamlit's link for keyboards,
# seen only with focus.
ALLOWED = re.compile(
    r"Skip to main content|English|CSV|XLSX|Excel|PPTX|ODS|PDF|\.ics|UTF-8|\w+\.csv|\d+ ?MB"
    r"|python -m .*"
    r"|IC卡|PIN|MOICA|XCA|moeaca\.nat\.gov\.tw|版本 [0-9a-f-]+|\b[EM]\d\d\b|e化|e-mail"
)


@pytest.fixture(scope="module")
def address(sample_store: Store) -> Iterator[str]:
    with dashboard(sample_store.url) as running:
        yield running


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with browser() as started:
        yield started


def opened(chrome: Browser, url: str, width: int = 1280) -> tuple[Page, list[str]]:
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

    page = chrome.new_page(viewport={"width": width, "height": 900})
    page.on("console", hear)
    page.on("request", see)
    page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
    page.goto(url)
    settle(page)
    return page, wrong


@pytest.mark.parametrize("path", PAGES)
def test_a_page_in_chinese(chrome: Browser, address: str, path: str) -> None:
    page, wrong = opened(chrome, f"{address}/{path}")
    open_all(page)
    assert page.locator("h1").inner_text() == PAGES[path]
    assert page.locator("[data-testid=stException]").count() == 0
    # An icon is a ligature: its English name is text of the page that nobody sees.
    page.add_style_tag(content="[data-testid=stIconMaterial] {display: none}")
    text = page.inner_text("[data-testid=stApp]")
    assert not re.findall(r"[A-Za-z]{2,}", ALLOWED.sub("", text))
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    assert wrong == []
    page.close()


@pytest.mark.parametrize("path", PAGES if IS_SOAK else list(PAGES)[::3])
def test_a_page_in_english_on_a_phone(chrome: Browser, address: str, path: str) -> None:
    page, wrong = opened(chrome, f"{address}/{path}?lang=en", width=390)
    assert page.locator("[data-testid=stException]").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert wrong == []
    page.close()


def test_a_link_reopens_the_view_and_navigation_keeps_it(chrome: Browser, address: str) -> None:
    page, _ = opened(chrome, f"{address}/?lang=en&county=臺北市&as_of=2012-12-31")
    page.get_by_role("link", name="Issuance").click()
    page.wait_for_selector("h1:has-text('Issuance')")
    settle(page)
    assert "as_of=2012-12-31" in page.url
    assert "lang=en" in page.url
    assert "Taipei City" in page.inner_text("[data-testid=stMain]")
    page.reload()
    settle(page)
    assert "as_of=2012-12-31" in page.url
    assert page.locator("h1").inner_text() == "Issuance"
    page.close()
