"""Loading in a real browser: the three steps, a second visitor, and a browser that is closed."""

import csv
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page
from python_calamine import CalamineWorkbook

from adoption.jobs.job import jobs, jobs_folder
from adoption.metrics import METRICS, Selection, data_cut_off, evaluate
from adoption.store import Store, open_store
from etl.history.ledger import list_loads, list_rejects
from tests.browser.opening import BROWSER, opened
from tests.browser.real_files import cp950_csv, hand_edited_xlsx, openssl_index
from tests.etl.files import CERTIFICATES, certificate, load_files, write
from tests.etl.stores import contents
from tests.etl.test_command import Outcome
from tests.running import ROOT, dashboard, settle
from tests.soak.size import IS_SOAK

pytestmark = BROWSER
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
    made = open_store(f"lake:///{tmp_path}/store")
    load_files(made, "certificates", write(tmp_path / "first.csv", *FIRST))
    return made


@pytest.fixture
def address(store: Store) -> Iterator[str]:
    with dashboard(store.url) as running:
        yield running


def upload(page: Page, path: Path, kind: str | None = None) -> None:
    """Choose a file, say what it is, and have it checked."""
    if kind is not None:
        page.click(".st-key-feed [role=combobox], .st-key-feed input")
        page.get_by_role("option", name=kind).click()
        settle(page)
    page.set_input_files("[data-testid=stFileUploaderDropzoneInput]", path)
    page.wait_for_selector("[data-testid=stFileChipName]")
    settle(page)
    page.click(".st-key-check button")
    page.wait_for_selector(".st-key-decide", timeout=60_000)
    settle(page)


def load(page: Page) -> None:
    page.fill(".st-key-by input", "商業司")
    page.click(".st-key-load button")


def leave(page: Page) -> None:
    """Back to choosing files."""
    settle(page)
    page.click(".st-key-leave button")
    settle(page)


def metric(page: Page, within: str, label: str) -> str:
    box = page.locator(f".st-key-{within} [data-testid=stMetric]").filter(has_text=label)
    return box.inner_text()


def cells(page: Page) -> str:
    """The words of every table on the page; a browser draws them on a canvas."""
    grids = page.locator("[data-testid=stDataFrame] table").all()
    return "\n".join(grid.text_content() or "" for grid in grids)


def test_choose_check_load(
    chrome: BrowserContext, address: str, store: Store, tmp_path: Path
) -> None:
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
    page.wait_for_selector(".numbers")
    settle(page)
    with store.at(store.version) as reader:
        day = data_cut_off(reader)
        assert day is not None
        held = evaluate(reader, METRICS["valid_totals"], Selection(day))["holders"].iloc[0]
    assert f"憑證持有者（家）\n{held:,}" in page.inner_text(".numbers")
    assert wrong == []
    page.close()


@contextmanager
def visitor(chrome: BrowserContext) -> Iterator[Page]:
    """Somebody else, with a browser of their own."""
    assert chrome.browser is not None
    context = chrome.browser.new_context(viewport={"width": 1280, "height": 900})
    try:
        yield context.new_page()
    finally:
        context.close()


def test_a_load_goes_on_without_its_browser_and_leaves_other_visitors_quick(
    chrome: BrowserContext, address: str, store: Store, tmp_path: Path
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
        other.wait_for_selector(".st-key-foot")
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


OPENSSL = str(ROOT / "data" / "profiles" / "openssl-index.toml")
# Maker of the file, the kind to choose, options of the command, words that the check must show.
# The soak has all; the test run the one that people made by hand.
REAL = [
    (
        cp950_csv,
        None,
        (),
        ["CSV CP950、標題在第 2 列、略過 1 列", "小計或總計", "不認得縣市「台北?」"],
    ),
    (
        hand_edited_xlsx,
        None,
        (),
        [
            "XLSX、工作表「102年9月」、標題在第 4 列、略過 3 列",
            "沒有讀的工作表：填表說明",
            "疑似個人資料，未讀取：聯絡人",
            "臺北市小計",
            "「ABC」不是 8 位數字的統一編號",
        ],
    ),
    (
        openssl_index,
        "OpenSSL",
        ("--profile", OPENSSL),
        ["CSV UTF-8、沒有標題列、依設定檔「OpenSSL", "「統一編號」是空的"],
    ),
]
FILES = REAL if IS_SOAK else REAL[1:2]


def test_real_files_fare_alike_on_the_page_and_on_the_command_line(
    chrome: BrowserContext, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = open_store(f"lake:///{tmp_path}/by-command")
    store = open_store(f"lake:///{tmp_path}/by-page")
    with dashboard(store.url) as address:
        page, wrong = opened(chrome, f"{address}/data")
        for number, (made, kind, options, shows) in enumerate(FILES, 1):
            path = made(tmp_path)
            command = ("load", "certificates", path, "--store", other.url, "--json", *options)
            (said,) = Outcome(capsys, *command).json
            upload(page, path, kind)
            shown = page.inner_text("body") + cells(page)
            page.get_by_role("tab", name="略過的列").click()
            settle(page)
            shown += cells(page)
            counted = (
                f"讀入 {said['read']} 列 ＝ 新增或更新 {said['kept']} ＋ 相同 {said['unchanged']} "
                f"＋ 重複 {said['duplicate']} ＋ 退回 {said['rejected']}"
            )
            for words in (counted, *shows):
                assert words in shown
            assert "王小明" not in shown
            load(page)
            page.wait_for_selector(f"text=載入編號 {number}", timeout=30_000)
            leave(page)
            assert wrong == []
        page.close()
    without = "loaded_at", "loaded_by", "seconds"
    assert contents(store, *without) == contents(other, *without)
    assert len(list(list_rejects(store))) > len(FILES)


def downloaded(page: Page, of: str, folder: Path) -> tuple[list[str], list[str]]:
    """Header and only row of the rejects, which are the same in both formats."""
    found = {}
    for ending in ("csv", "xlsx"):
        settle(page)
        with page.expect_download() as download:
            page.click(f".st-key-download_{ending}_{of} button")
        assert download.value.suggested_filename == f"{of}.{ending}"
        path = folder / f"退回-{of}.{ending}"
        download.value.save_as(path)
        found[ending] = rows_of(path)
    assert found["csv"] == found["xlsx"]
    header, row = found["csv"]
    return header, row


def test_rejects_are_downloaded_mended_and_uploaded(
    chrome: BrowserContext, address: str, store: Store, tmp_path: Path
) -> None:
    page, wrong = opened(chrome, f"{address}/data")
    upload(page, write(tmp_path / "第二批.csv", *SECOND))
    header, row = downloaded(page, "rejects", tmp_path)  # before anything is loaded
    assert header[1:-5] == CERTIFICATES.split(",")
    assert "沒有這一天" in row[-2]
    load(page)
    page.wait_for_selector("text=載入編號 2", timeout=30_000)
    settle(page)
    header, row = downloaded(page, "rejects_2", tmp_path)
    cells_of = dict(zip(header, row, strict=True))
    assert cells_of["縣市"] == "<b>月球</b>"
    cells_of |= {"縣市": "臺北市", "核發日期": "97/10/1"}
    mended = write(tmp_path / "mended.csv", ",".join(header), ",".join(cells_of.values()))
    leave(page)
    upload(page, mended)
    load(page)
    page.wait_for_selector("text=先前退回的 1 列已更正", timeout=30_000)
    assert list(list_rejects(store)) == []
    assert wrong == []
    page.close()


def rows_of(path: Path) -> list[list[str]]:
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.reader(file))
    return CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
