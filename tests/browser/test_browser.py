"""What only a browser shows: addresses that open a view again, and images that are saved."""

from playwright.sync_api import BrowserContext

from tests.browser.opening import BROWSER, choose, opened
from tests.running import settle

pytestmark = BROWSER

CHART = ".st-key-chart-adoption_rate-over_time"


def test_a_link_reopens_the_view_and_navigation_keeps_it(
    chrome: BrowserContext, address: str
) -> None:
    page, _ = opened(chrome, f"{address}/definitions?lang=en&county=臺北市&as_of=2012-12-31")
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


def test_a_chart_is_saved_with_title_sentence_and_footer(
    chrome: BrowserContext, address: str
) -> None:
    page, _ = opened(chrome, f"{address}/issuance?county=臺北市")
    saved = {}
    for kind in ("PNG", "SVG"):
        with page.expect_download() as download:
            choose(page, page.locator(f"{CHART} [class*=st-key-menu-] button"), f"圖片（{kind}）")
        name = f"adoption_rate_over_time_20130924.{kind.lower()}"
        assert download.value.suggested_filename == name
        saved[kind] = download.value.path().read_bytes()
        assert len(saved[kind]) < 300_000
    assert saved["PNG"].startswith(b"\x89PNG")
    text = saved["SVG"].decode("utf-8")
    for words in ("採用率趨勢", "截至 102/09/24", "示範資料", "篩選：臺北市"):
        assert words in text
    page.close()
