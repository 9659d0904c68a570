"""What only a browser shows of the rollout page: sorting, opening a unit, the address and back."""

from playwright.sync_api import BrowserContext, Page

from tests.browser.opening import BROWSER, opened
from tests.running import settle

pytestmark = BROWSER

LEAGUE = ".st-key-league [data-testid=stDataFrame]"
HEADER, ROW = 18, 35  # pixels: the middle of the header, the height of a row


def click_in_league(page: Page, x: int, y: int) -> None:
    """The table is painted on a canvas: there is only a place to click."""
    league = page.locator(LEAGUE)
    league.scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    box = league.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + x, box["y"] + y)
    page.wait_for_timeout(500)


def unit(page: Page) -> str:
    settle(page)
    return page.locator("h3").first.inner_text()


def test_the_table_sorts_and_a_code_opens_its_unit(chrome: BrowserContext, address: str) -> None:
    page, wrong = opened(chrome, f"{address}/rollout?lang=en")
    # By the share integrated, the largest first.
    click_in_league(page, 430, HEADER)
    click_in_league(page, 430, HEADER)
    click_in_league(page, 40, HEADER + ROW)
    assert unit(page) == "Department of Health, Executive Yuan"
    assert page.url == f"{address}/rollout?unit=E03&lang=en"
    page.get_by_role("link", name="All units").click()
    settle(page)
    assert page.url == f"{address}/rollout?lang=en"
    assert page.locator(LEAGUE).count() == 1
    assert wrong == []
    page.close()


def test_a_hit_leads_to_the_units_address_and_back_leads_back(
    chrome: BrowserContext, address: str
) -> None:
    page, wrong = opened(chrome, f"{address}/rollout?lang=en&as_of=2013-09-20")
    field = page.get_by_label("Find a unit or system")
    field.fill("ＴＡＩＷＡＮ ｗａｔｅｒ")
    field.press("Enter")
    settle(page)
    page.get_by_role("link", name="Taiwan Water Corporation M02").click()
    assert unit(page) == "Taiwan Water Corporation"
    assert page.url == f"{address}/rollout?lang=en&as_of=2013-09-20&unit=M02"
    page.go_back()
    settle(page)
    assert page.url == f"{address}/rollout?lang=en&as_of=2013-09-20"
    assert page.locator(LEAGUE).count() == 1
    assert wrong == []
    page.close()
