"""The first day of a clerk: three messy files of unknown headers are loaded, corrected and taken
back on the page, in one sitting, without a profile written by hand."""

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page

from adoption.store import Store, open_store
from etl.history.ledger import list_loads, list_rejects
from etl.mapping.kept_profiles import kept_profiles
from tests.browser.opening import BROWSER, opened
from tests.browser.sitting import issued_xlsx, mails_csv, suspended_txt
from tests.browser.test_data import leave, load, rows_of
from tests.etl.files import kept, write
from tests.running import dashboard, settle

pytestmark = BROWSER


def check(page: Page, *files: Path) -> None:
    page.set_input_files("[data-testid=stFileUploaderDropzoneInput]", files)
    page.wait_for_selector("[data-testid=stFileChipName]")
    settle(page)
    page.click(".st-key-check button")


def confirm(page: Page, shows: str) -> None:
    """Look at what is suggested, and say yes to it."""
    page.wait_for_selector(f"text={shows}", timeout=60_000)
    settle(page)
    page.click(".st-key-map button")


def decide(page: Page) -> None:
    page.wait_for_selector(".st-key-decide", timeout=60_000)
    settle(page)


def choose(page: Page, key: str, option: str) -> None:
    open_list(page, page.locator(f".st-key-{key} [role=combobox]"))
    page.get_by_role("option", name=option, exact=True).click()
    settle(page)


def open_list(page: Page, box: Locator) -> None:
    """A list closes when the page scrolls: that comes first."""
    box.scroll_into_view_if_needed()
    settle(page)
    box.click()


def choose_load(page: Page, number: int) -> None:
    open_list(page, page.get_by_role("combobox", name="選擇一次載入"))
    page.get_by_role("option", name=f"{number} · ").click()
    settle(page)


def add_to_revert(page: Page, number: int) -> None:
    """One more load to take back together with those that are chosen."""
    body = page.locator("[data-testid=stPopoverBody]")
    if body.locator(f"[data-tag][aria-label^='{number} · ']").count():
        return
    open_list(page, body.get_by_role("combobox"))
    page.get_by_role("option", name=f"{number} · ").click()
    settle(page)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(f"lake:///{tmp_path}/store")


def test_three_messy_files_are_loaded_corrected_and_taken_back_in_one_sitting(
    chrome: BrowserContext, store: Store, tmp_path: Path
) -> None:
    with dashboard(store.url) as address:
        page, wrong = opened(chrome, f"{address}/data")
        check(page, issued_xlsx(tmp_path), mails_csv(tmp_path), suspended_txt(tmp_path))

        # The columns of each are suggested; a wrong change shows at once what comes of it.
        page.wait_for_selector("text=發卡清冊.xlsx：工作表「102年」、標題在第 3 列", timeout=60_000)
        settle(page)
        assert "前 4 列有 3 列沒有問題" in page.inner_text("body")
        choose(page, "map_0_certificates_issued_on", "卡片迄日")
        assert "同一欄選了兩次：卡片迄日" in page.inner_text("body")
        choose(page, "map_0_certificates_issued_on", "製卡日")
        confirm(page, "前 4 列有 3 列沒有問題")
        confirm(page, "寄送紀錄.csv：標題在第 1 列")
        confirm(page, "停用.txt：標題在第 1 列")

        # All of it is loaded but the row whose day is none.
        decide(page)
        shown = page.inner_text("body")
        assert "讀入 9 列 ＝ 新增或更新 8 ＋ 相同 0 ＋ 重複 0 ＋ 退回 1" in shown
        assert "依設定檔「發卡清冊」讀取" in shown
        assert "疑似個人資料，未讀取：聯絡人" in shown
        load(page)
        page.wait_for_selector("text=載入編號 1、2、3", timeout=60_000)
        settle(page)
        assert kept(store, "certificates", "serial", "org_type", "county") == [
            ("TP0012", "company", "臺北市"),
            ("TP0019", "business", "高雄市"),
            ("TP0045", "branch", "臺中市"),
        ]
        assert [stage for (stage,) in kept(store, "reminders", "stage")] == [15, 30, 45]
        assert len(kept(store, "suspensions", "serial")) == 2
        (reject,) = list_rejects(store)
        assert reject["reasons"][0]["zh"].startswith("「製卡日」的「98/13/30」沒有這一天")
        assert len(kept_profiles(store)) == 3

        # The row is mended and comes back; the kept profile reads it without being asked.
        number = next(e["load"] for e in list_loads(store) if e["feed"] == "certificates")
        choose_load(page, number)
        with page.expect_download() as download:
            page.click(f".st-key-download_csv_rejects_{number} button")
        path = tmp_path / "退回.csv"
        download.value.save_as(path)
        header, row = rows_of(path)
        mended = [cell.replace("98/13/30", "98/11/30") for cell in row]
        again = write(tmp_path / "更正.csv", ",".join(header), ",".join(mended))
        leave(page)
        check(page, again)
        decide(page)
        load(page)
        page.wait_for_selector("text=先前退回的 1 列已更正", timeout=60_000)
        settle(page)
        assert len(kept(store, "certificates", "serial")) == 4
        leave(page)

        # The wrong month after all: everything is taken back together.
        page.click(".st-key-revert button")
        page.wait_for_selector(".st-key-revert_check button")
        for entry in list_loads(store):
            add_to_revert(page, entry["load"])
        page.click(".st-key-revert_check button")
        decide(page)
        page.fill(".st-key-revert_by input", "商業司")
        page.click(".st-key-revert_now button")
        page.wait_for_selector("text=載入編號 1、2、3、4 已撤回", timeout=60_000)
        assert kept(store, "certificates", "serial") == []
        assert all(entry["reverted_by"] == "商業司" for entry in list_loads(store))
        assert wrong == []
        page.close()
