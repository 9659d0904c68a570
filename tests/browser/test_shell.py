"""Around every page: what is seen before it is there, its tabs on a phone, its print."""

import re
import unicodedata
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext
from pypdf import PdfReader

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


def luminance(colour: str) -> float:
    """Of rgb(...), as WCAG defines it."""
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_where_the_keyboard_is_stands_out(chrome: BrowserContext, address: str, theme: str) -> None:
    page, _ = opened(chrome, f"{address}/issuance")
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    settle(page)
    app = page.locator("[data-testid=stApp]")
    background = app.evaluate("each => getComputedStyle(each).backgroundColor")
    for _ in range(12):
        page.keyboard.press("Tab")
        style, colour = page.locator(":focus").evaluate(
            "each => [getComputedStyle(each).outlineStyle, getComputedStyle(each).outlineColor]"
        )
        dark, light = sorted((luminance(colour), luminance(background)))
        assert style == "solid"
        assert (light + 0.05) / (dark + 0.05) >= 3
    page.close()


def letters(text: str) -> str:
    """Without spaces; a PDF may hold a sign's radical for the sign."""
    return "".join(unicodedata.normalize("NFKC", text).split())


@pytest.mark.parametrize("path", ["", "issuance"])
def test_on_paper_no_chart_is_cut(
    chrome: BrowserContext, address: str, path: str, tmp_path: Path
) -> None:
    page, wrong = opened(chrome, f"{address}/{path}?county=臺北市")
    charts = page.locator(".js-plotly-plot")
    on_screen = [chart.bounding_box() for chart in charts.all()]
    headings = page.locator("[class*=st-key-chart-] h3").all_inner_texts()
    titles = {letters(heading) for heading in headings}
    file = tmp_path / "printed.pdf"
    page.pdf(path=file, prefer_css_page_size=True)
    sheets = PdfReader(file).pages
    assert {tuple(map(round, sheet.mediabox[2:])) for sheet in sheets} == {(595, 842)}  # A4
    texts = [[letters(line) for line in sheet.extract_text().splitlines()] for sheet in sheets]
    begun = [sum(line in titles for line in lines) for lines in texts]
    ended = [sum(line.startswith(letters("資料來源：")) for line in lines) for lines in texts]
    assert begun == ended  # each chart's first and last line stand on the same sheet
    assert sum(begun) == len(on_screen) > 0
    printed = "".join(line for lines in texts for line in lines)
    for kept in ("示範資料", "102年9月24日", "篩選：臺北市"):
        assert letters(kept) in printed
    assert "English" not in printed
    settle(page)
    assert [chart.bounding_box() for chart in charts.all()] == on_screen
    assert wrong == []
    page.close()
