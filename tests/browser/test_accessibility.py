"""Every page against WCAG 2.1 A and AA, as axe checks them, in both languages, light and dark."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

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

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], "resultTypes": ["violations"]}
# What is Streamlit's own: rule, and what the element is known by.
NOT_OURS = {
    # A required date input says so on its group, where ARIA has no such word. It is also said on
    # its parts, so nothing is lost.
    ("aria-allowed-attr", 'aria-required="true"'),
    # The uploader's English button is given its Chinese by CSS (::after). Browsers read that out;
    # axe does not look there.
    ("button-name", 'data-testid="stBaseButton-secondary"'),
}


@pytest.fixture(scope="module")
def address(sample_store: Store) -> Iterator[str]:
    with dashboard(sample_store.url) as running:
        yield running


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with browser() as started:
        yield started


def violations(page: Page) -> list[tuple[str, str, str]]:
    """Rule, element and what is wrong with it; without what is NOT_OURS."""
    left: list[tuple[str, str, str]] = []
    for _ in range(4):  # colours fade from one theme into the other, slowly on a busy machine
        page.wait_for_timeout(700)
        left = [
            (rule["id"], node["html"], node["failureSummary"])
            for rule in Axe().run(page, options=RULES).response["violations"]
            for node in rule["nodes"]
            if not any(rule["id"] == known and mark in node["html"] for known, mark in NOT_OURS)
        ]
        if not left:
            break
    return left


THEMES = {"zh": "light", "en": "dark"}
# Some in the test run, to keep it short; the soak walks all pages.
WALKED = PAGES if IS_SOAK else ("", "briefing")


@pytest.mark.parametrize("path", WALKED)
def test_a_page_has_no_barriers(chrome: Browser, address: str, path: str) -> None:
    page = chrome.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{address}/{path}")
    settle(page)
    open_all(page)
    found = {}
    for language in ("zh", "en"):
        if language == "en":
            page.get_by_text("English", exact=True).click()
            settle(page)
            assert page.evaluate("document.documentElement.lang") == "en"
        # Each language in a theme of its own; in the soak each in both.
        for theme in ("light", "dark") if IS_SOAK else (THEMES[language],):
            page.emulate_media(color_scheme=theme)
            found[language, theme] = violations(page)
    assert {view: wrong for view, wrong in found.items() if wrong} == {}
    page.close()


def test_what_a_number_means_has_no_barriers_and_needs_no_mouse(
    chrome: Browser, address: str
) -> None:
    page = chrome.new_page(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    page.goto(f"{address}/issuance")
    settle(page)
    assert page.evaluate("document.documentElement.lang") == "zh-Hant-TW"
    page.locator(".st-key-explain-chart-issuance-adoption_curve button:visible").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("有效憑證與持有者趨勢").first.wait_for()
    dialog.get_by_text("列出計入的紀錄").click()
    with page.expect_download() as download:
        dialog.get_by_role("button", name="下載全部紀錄（CSV）").click()
    assert download.value.suggested_filename == "valid_over_time_records_20130924.csv"
    assert violations(page) == []
    dialog.focus()
    page.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    page.close()


@pytest.mark.parametrize("kind", ["PNG", "SVG"])
def test_a_chart_is_saved_with_title_sentence_and_footer(
    chrome: Browser, address: str, kind: str
) -> None:
    page = chrome.new_page(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    page.goto(f"{address}/issuance?county=臺北市")
    settle(page)
    button = page.get_by_role("button", name=f"圖片 {kind}: 有效憑證與持有者趨勢")
    button.focus()
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename == f"valid_over_time_20130924.{kind.lower()}"
    saved = download.value.path().read_bytes()
    assert len(saved) < 300_000
    if kind == "PNG":
        assert saved.startswith(b"\x89PNG")
    else:
        text = saved.decode("utf-8")
        for words in ("有效憑證與持有者趨勢", "截至民國102年9月24日", "示範資料", "篩選：臺北市"):
            assert words in text
    page.close()
