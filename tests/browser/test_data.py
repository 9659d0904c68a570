"""Loading in a real browser: the three steps, a second visitor, and a browser that is closed."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from adoption.loading.job import jobs, jobs_folder
from adoption.store import Store, open_store
from etl.ledger import list_loads
from tests.browser.test_browser import chrome, opened
from tests.etl.files import CERTIFICATES, certificate, load_files, write
from tests.running import chromium, dashboard, settle

__all__ = ["chrome"]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        chromium() is None,
        reason="no Chromium: sudo apt-get install chromium fonts-noto-cjk",
    ),
]
FIRST = [CERTIFICATES, *(certificate(f"A{number}") for number in range(20))]
# Twelve more certificates, and a row that is refused for two reasons.
SECOND = [
    CERTIFICATES,
    *(certificate(f"B{number}") for number in range(12)),
    certificate("C1", 縣市="<b>月球</b>", 核發日期="102/13/1"),
]
MANY = 200_000


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = open_store(f"duckdb:///{tmp_path}/store")
    load_files(made, "certificates", write(tmp_path / "first.csv", *FIRST))
    return made


@pytest.fixture
def address(store: Store) -> Iterator[str]:
    with dashboard(store.url) as running:
        yield running


def upload(page: Page, path: Path) -> None:
    page.set_input_files("[data-testid=stFileUploaderDropzoneInput]", path)
    page.wait_for_selector("[data-testid=stFileChipName]")
    settle(page)
    page.click(".st-key-check button")
    page.wait_for_selector(".st-key-decide", timeout=60_000)
    settle(page)


def load(page: Page) -> None:
    page.fill(".st-key-by input", "商業司")
    page.click(".st-key-load button")


def metric(page: Page, within: str, label: str) -> str:
    box = page.locator(f".st-key-{within} [data-testid=stMetric]").filter(has_text=label)
    return box.inner_text()


def cells(page: Page) -> str:
    """The words of every table on the page; a browser draws them on a canvas."""
    grids = page.locator("[data-testid=stDataFrame] table").all()
    return "\n".join(grid.text_content() or "" for grid in grids)


def test_choose_check_load(chrome: Browser, address: str, tmp_path: Path) -> None:
    page, wrong = opened(chrome, f"{address}/data")
    upload(page, write(tmp_path / "第二批.csv", *SECOND))
    assert "讀入 13 列 ＝ 新增或更新 12 ＋ 相同 0 ＋ 重複 0 ＋ 退回 1" in page.inner_text("body")
    shown = metric(page, "effect", "有效憑證（張）")
    assert "32" in shown
    assert "+12" in shown
    assert "目前 20" in shown
    assert "沒有這一天" in cells(page)
    assert "<b>月球</b>" in cells(page)
    assert page.locator("b").filter(has_text="月球").count() == 0
    load(page)
    page.wait_for_selector("text=載入編號 2", timeout=30_000)
    settle(page)
    assert "第二批.csv" in cells(page)
    assert "商業司" in cells(page)
    page.get_by_role("link", name="總覽").click()
    page.wait_for_selector(".st-key-headlines")
    settle(page)
    assert "32" in metric(page, "headlines", "有效憑證（張）")
    assert wrong == []
    page.close()


@contextmanager
def visitor(chrome: Browser) -> Iterator[Page]:
    context = chrome.new_context(viewport={"width": 1280, "height": 900})
    try:
        yield context.new_page()
    finally:
        context.close()


def test_a_load_goes_on_without_its_browser_and_leaves_other_visitors_quick(
    chrome: Browser, address: str, store: Store, tmp_path: Path
) -> None:
    rows = (certificate(f"D{number}") for number in range(MANY))
    with visitor(chrome) as page:
        page.goto(f"{address}/data")
        settle(page)
        upload(page, write(tmp_path / "many.csv", CERTIFICATES, *rows))
        load(page)
        page.wait_for_selector("text=可以關閉本頁")
        where = page.url
    (job,) = jobs(jobs_folder(store))
    with visitor(chrome) as other:
        assert not job.status.is_over
        started = time.monotonic()
        other.goto(f"{address}/issuance")
        other.wait_for_selector("[data-testid=stPlotlyChart]")
        seconds = time.monotonic() - started
        assert seconds < 15  # two at most on an idle machine; tests share theirs
    deadline = time.monotonic() + 60
    while not job.status.is_over:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert job.status.state == "done"
    newest = next(list_loads(store))
    assert (newest["load"], newest["kept"], newest["loaded_by"]) == (2, MANY, "商業司")
    with visitor(chrome) as back:
        back.goto(where)
        settle(back)
        assert "載入編號 2" in back.inner_text("body")
