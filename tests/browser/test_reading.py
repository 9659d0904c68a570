"""A minute is a minute: how much a page has to read, and how high it is, as a browser shows it."""

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser.opening import BROWSER, opened

pytestmark = BROWSER

# Page -> how high it may be, in pixels at a width of 1,280.
HEIGHTS = {
    "": 1_300,
    "rollout": 2_200,
    "issuance": 2_000,
    "expiries": 2_200,
    "reminders": 2_200,
    "briefing": 1_100,
    "data": 1_200,
    "definitions": 1_800,
}
# Page -> how many Chinese characters outside of charts and tables it may have.
SIGNS = {"": 330}
LEAST_CHART = 220  # pixels
# Hidden text counts: a screen reader reads it.
COUNT_SIGNS = r"""main => {
    const copy = main.cloneNode(true)
    copy.querySelectorAll('.js-plotly-plot, svg, table').forEach(part => part.remove())
    return (copy.textContent.match(/\p{Script=Han}/gu) || []).length
}"""
# Parts that are scrolled by themselves, but for tables.
SCROLLED = """main => [...main.querySelectorAll('*')]
    .filter(part => ['auto', 'scroll'].includes(getComputedStyle(part).overflowY))
    .filter(part => part.scrollHeight > part.clientHeight + 1)
    .filter(part => !part.closest('.stDataFrame, table'))
    .map(part => part.className)"""


def shown(chrome: BrowserContext, address: str, page: str) -> Page:
    found, _ = opened(chrome, f"{address}/{page}")
    found.set_viewport_size({"width": 1280, "height": 800})
    return found


@pytest.mark.parametrize("page", SIGNS)
def test_a_page_has_no_more_to_read(chrome: BrowserContext, address: str, page: str) -> None:
    found = shown(chrome, address, page)
    signs = found.eval_on_selector(".stMainBlockContainer", COUNT_SIGNS)
    assert 0 < signs <= SIGNS[page]
    found.close()


@pytest.mark.parametrize("page", HEIGHTS)
def test_a_page_is_no_higher_and_scrolls_as_one(
    chrome: BrowserContext, address: str, page: str
) -> None:
    found = shown(chrome, address, page)
    box = found.locator(".stMainBlockContainer").bounding_box()
    assert box is not None
    assert box["height"] <= HEIGHTS[page]
    assert found.eval_on_selector(".stMainBlockContainer", SCROLLED) == []
    for chart in found.locator(".js-plotly-plot").all():
        drawn = chart.bounding_box()
        assert drawn is not None
        assert drawn["height"] >= LEAST_CHART
    found.close()
