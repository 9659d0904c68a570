"""Every page in headless Chromium: no error in the console, no exception, no English in Chinese, no
barrier (WCAG 2.2 A and AA, as axe checks them) in either language, light and dark; on a phone."""

import re
from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Locator, Page

from tests.browser.opening import BROWSER, choose, opened
from tests.running import PAGES, open_all, settle
from tests.soak.size import IS_SOAK

pytestmark = BROWSER

# Latin letters that belong on a Chinese page: the way to English, file formats, commands, codes of
# units, the name of the data's version, the names of files, and Streamlit's link for keyboards,
# seen only with focus.
ALLOWED = re.compile(
    r"Skip to main content|English|CSV|XLSX|Excel|PPTX|ODS|PDF|\.ics|UTF-8|\w+\.csv|\d+ ?MB"
    r"|python -m .*"
    r"|IC卡|PIN|MOICA|XCA|moeaca\.nat\.gov\.tw|版本 [0-9a-f-]+|\b[EM]\d\d\b|e化|e-mail"
)
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RULES = {"runOnly": WCAG, "resultTypes": ["violations"]}
# What is Streamlit's own: rule, and what the element is known by.
NOT_OURS = {
    # The uploader's English button is given its Chinese by CSS (::after). Browsers read that out;
    # axe does not look there.
    ("button-name", 'data-testid="stBaseButton-secondary"'),
}
DESK, PHONE = 1280, 390
# Language, theme and width. In the test run each page has both themes, and those that are unlike
# the others a phone in English; in the soak each has all there are.
VIEWS = [*product(("zh", "en"), ("light", "dark"), (DESK, PHONE))]
BOTH_THEMES, ON_A_PHONE = [("zh", "light", DESK), ("zh", "dark", DESK)], ("en", "dark", PHONE)
UNLIKE_OTHERS = ("", "rollout", "briefing", "data")


def views(path: str) -> list[tuple[str, str, int]]:
    if IS_SOAK:
        return VIEWS
    return [*BOTH_THEMES, *([ON_A_PHONE] if path in UNLIKE_OTHERS else [])]


def violations(page: Page) -> list[tuple[str, str, str]]:
    """Rule, element and what is wrong with it; without what is NOT_OURS."""
    left: list[tuple[str, str, str]] = []
    for _ in range(4):  # colours fade from one theme into the other, slowly on a busy machine
        left = [
            (rule["id"], node["html"], node["failureSummary"])
            for rule in Axe().run(page, options=RULES).response["violations"]
            for node in rule["nodes"]
            if not any(rule["id"] == known and mark in node["html"] for known, mark in NOT_OURS)
        ]
        if not left:
            break
        page.wait_for_timeout(700)
    return left


def check_view(page: Page, language: str, theme: str, width: int) -> None:
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    page.set_viewport_size({"width": width, "height": 900})
    if page.evaluate("document.documentElement.lang")[:2] != language:
        page.get_by_text("English", exact=True).click()
    settle(page)
    assert page.evaluate("document.documentElement.lang")[:2] == language
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert violations(page) == [], (language, theme, width)


def check_words(page: Page) -> None:
    # An icon is a ligature: its English name is text of the page that nobody sees.
    style = page.add_style_tag(content="[data-testid=stIconMaterial] {display: none}")
    text = page.inner_text("[data-testid=stApp]")
    assert not re.findall(r"[A-Za-z]{2,}", ALLOWED.sub("", text))
    style.evaluate("each => each.remove()")


@pytest.mark.parametrize("path", PAGES)
def test_a_page(chrome: BrowserContext, address: str, path: str) -> None:
    page, wrong = opened(chrome, f"{address}/{path}")
    open_all(page)
    assert page.locator("h1").inner_text() == PAGES[path]
    check_words(page)
    for view in views(path):
        check_view(page, *view)
    assert page.locator("[data-testid=stException]").count() == 0
    assert wrong == []
    page.close()


def chosen(page: Page, menu: Locator, entry: str) -> Locator:
    """The dialog that a chart's menu opens."""
    choose(page, menu, entry)
    dialog = page.get_by_role("dialog")
    dialog.wait_for()
    settle(page)
    return dialog


def close(page: Page, dialog: Locator) -> None:
    dialog.focus()
    page.keyboard.press("Escape")
    dialog.wait_for(state="detached")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_a_chart_shows_and_means_has_no_barriers_and_needs_no_mouse(
    chrome: BrowserContext, address: str, theme: str
) -> None:
    page, wrong = opened(chrome, f"{address}/issuance")
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    menus = page.locator("[class*=st-key-chart-] [class*=st-key-menu-] button")
    assert menus.count() == page.locator(".js-plotly-plot").count() > 0

    dialog = chosen(page, menus.first, "資料表")
    title = page.locator("[class*=st-key-chart-] h3").first.inner_text()
    assert title in dialog.inner_text()
    assert dialog.locator("table [role=gridcell]").count() > 0
    assert violations(page) == []
    close(page, dialog)

    dialog = chosen(page, menus.first, "說明")
    dialog.get_by_text("列出計入的紀錄").click()
    with page.expect_download() as download:
        dialog.get_by_role("button", name="下載全部紀錄（CSV）").click()
    assert download.value.suggested_filename.endswith("_records_20130924.csv")
    assert violations(page) == []
    close(page, dialog)
    assert wrong == []
    page.close()


@pytest.mark.parametrize("name", ["filters", "comparison"])
def test_what_opens_in_the_bar_has_no_barriers(
    chrome: BrowserContext, address: str, name: str
) -> None:
    page, _ = opened(chrome, f"{address}/data")
    page.locator(f".st-key-{name} button").first.focus()
    page.keyboard.press("Enter")
    page.locator("[data-testid=stPopoverBody] input").first.wait_for()
    settle(page)
    assert violations(page) == []
    page.close()
