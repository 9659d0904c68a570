"""Around every page: what is seen before it is there, its tabs on a phone, its print."""

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.opening import BROWSER, opened
from tests.running import PAGES, settle

pytestmark = BROWSER


@pytest.mark.parametrize(
    ("theme", "background"), [("light", "rgb(255, 255, 255)"), ("dark", "rgb(18, 24, 29)")]
)
def test_before_the_scripts_have_come_the_page_has_its_colours_and_its_name(
    chrome: BrowserContext, address: str, theme: str, background: str
) -> None:
    page = chrome.new_page()
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    page.route("**/*.js", lambda route: route.abort())
    page.goto(address)
    body = page.locator("body")
    assert body.evaluate("each => getComputedStyle(each).backgroundColor") == background
    assert page.get_by_role("status").inner_text() == "工商憑證導入統計\n載入中…"
    page.unroute_all()
    page.reload()
    settle(page)
    drawn = page.locator("[data-testid=stApp]")
    assert drawn.evaluate("each => getComputedStyle(each).backgroundColor") == background
    page.close()


def test_on_a_phone_every_page_is_a_tab_above(chrome: BrowserContext, address: str) -> None:
    page, wrong = opened(chrome, f"{address}/definitions", width=390)
    tabs = page.get_by_role("navigation").get_by_role("link")
    assert [tab.inner_text().strip() for tab in tabs.all()] == list(PAGES.values())
    assert page.locator("nav [aria-current=page]").inner_text().strip() == "說明"
    tabs.first.focus()
    for _ in list(PAGES)[1:]:  # each is reached by key, and scrolled to
        page.keyboard.press("Tab")
    box = page.locator("nav a:focus").bounding_box()
    assert box is not None
    assert 0 <= box["x"] <= box["x"] + box["width"] <= 390
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('資料')")
    settle(page)
    assert page.locator("nav [aria-current=page]").inner_text().strip() == "資料"
    assert wrong == []
    page.close()
