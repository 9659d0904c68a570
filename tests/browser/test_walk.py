"""Every page in headless Chromium: no error in the console, no exception, no English in Chinese, no
barrier (WCAG 2.1 A and AA, as axe checks them) in either language, light and dark; on a phone."""

import re
from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page

from tests.browser.opening import BROWSER, opened
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
DESK, PHONE = 1280, 390
# Language, theme and width. Drawing charts anew is what takes long: in the test run each page has
# its first view and those that are unlike the others a second; in the soak each has all there are.
VIEWS = [*product(("zh", "en"), ("light", "dark"), (DESK, PHONE))]
FIRST, SECOND = ("zh", "light", DESK), ("en", "dark", PHONE)
UNLIKE_OTHERS = ("", "rollout", "briefing", "data")


def views(path: str) -> list[tuple[str, str, int]]:
    if IS_SOAK:
        return VIEWS
    return [FIRST, SECOND] if path in UNLIKE_OTHERS else [FIRST]


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


def test_what_a_number_means_has_no_barriers_and_needs_no_mouse(
    chrome: BrowserContext, address: str
) -> None:
    page, wrong = opened(chrome, f"{address}/issuance")
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
    assert wrong == []
    page.close()
