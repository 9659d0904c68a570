"""Whose column is which: suggested from headers and first rows, each column of the file once."""

import itertools
import random
from pathlib import Path

import pytest

from etl.mapping.assignment import assignment
from etl.mapping.feeds import FEEDS
from etl.mapping.first_rows import FirstRows, first_rows
from etl.mapping.suggestions import Suggestions, likeliest_feed, suggestions
from tests.etl.files import write
from tests.etl.workbooks import xlsx


def head(headers: str, *rows: str) -> FirstRows:
    cells = tuple(tuple(row.split(",")) for row in rows)
    return FirstRows("a.csv", "", 1, tuple(headers.split(",")), cells)


def chosen(found: Suggestions | None) -> dict[str, str]:
    assert found is not None
    return {each.column: each.header for each in found.columns if each.header is not None}


# What an office calls its columns, a few rows, and what they are.
CARDS = "憑證識別碼,廠商統編,組織,縣市名,正附,製卡日,迄日"
CARD_ROWS = (
    "TP0000012,04595257,公司,臺北市,正卡,97/10/01,102/10/01",
    "TP0000019,22099131,商業,高雄市,附卡,98/03/05,103/03/05",
    "TP0000045,84149961,公司,台中市,正卡,98/11/30,103/11/30",
)
OF_CARDS = ["serial", "holder_id", "org_type", "county", "card", "issued_on", "expires_on"]
FILES = [
    ("certificates", head(CARDS, *CARD_ROWS), OF_CARDS),
    ("certificates", head("CARD_ID,UNI_NO,KIND,CITY_NM,TYPE,START,END", *CARD_ROWS), OF_CARDS),
    # Nothing but the values to go by; and the days of expiry come first.
    (
        "certificates",
        head("甲,乙,丙,丁,戊,己,庚", *(",".join(row.split(",")[::-1]) for row in CARD_ROWS)),
        OF_CARDS[::-1],
    ),
    (
        "reminders",
        head("卡片識別碼,第N次,寄出日,收件狀況", "A1,第1次,102/8/1,送達", "A2,第2次,102/8/2,退信"),
        ["serial", "stage", "sent_on", "result"],
    ),
    (
        "suspensions",
        head("憑證識別碼,訖,起", "A1,102/2/1,102/1/1", "A2,,102/3/1", "A7,102/4/9,102/4/1"),
        ["serial", "resumed_on", "suspended_on"],
    ),
    (
        "entities",
        head(
            "年月份,縣市名,公司商業別,期末總家數",
            "102/8,臺北市,公司,170000",
            "102/8,臺北市,商業,55000",
        ),
        ["month", "county", "org_type", "registered"],
    ),
    (
        "units",
        head(
            "機關編碼,機關全名,屬性,部別",
            "M01,經濟部商業司,政府機關,本部",
            "X02,中華電信,民間機構,部外",
        ),
        ["unit_code", "name", "sector", "side"],
    ),
]


@pytest.mark.parametrize(("feed", "file", "columns"), FILES)
def test_files_as_offices_send_them(feed: str, file: FirstRows, columns: list[str]) -> None:
    found = likeliest_feed(file)
    assert found is not None
    assert found.feed.name == feed
    assert chosen(found) == dict(zip(columns, file.headers, strict=True))


def test_every_suggestion_says_why() -> None:
    found = suggestions(FEEDS["certificates"], FILES[0][1])
    reasons = {
        each.column: "；".join(reason.zh for reason in each.reasons) for each in found.columns
    }
    assert reasons["serial"] == "標題近似「憑證號碼」；3 個值都不相同"
    assert reasons["holder_id"] == "標題近似「統編」；3 個值有 3 個是檢查碼相符的統一編號"
    assert reasons["county"] == "標題近似「縣市」；3 個值有 3 個是縣市"
    assert reasons["issued_on"] == "3 個值有 3 個是日期；比「迄日」早五年"
    assert [r.en for r in found.columns[6].reasons] == [
        "3 of 3 values are days",
        "five years after “製卡日”",
    ]
    assert all(bool(each.reasons) == bool(each.header) for each in found.columns)


@pytest.mark.parametrize("header", ["流水號", "項次", "序號", "編號", "NO."])
def test_the_number_of_a_row_is_no_serial(header: str) -> None:
    file = head(f"{header},停用起日", "1,102/1/1", "2,102/1/2", "3,102/1/3")
    assert chosen(suggestions(FEEDS["suspensions"], file)) == {"suspended_on": "停用起日"}


def test_a_serial_may_be_called_by_no_more_than_that() -> None:
    file = head("序號,停用起日", "TP17,102/1/1", "TP3,102/1/2", "TP9,102/1/3")
    assert chosen(suggestions(FEEDS["suspensions"], file))["serial"] == "序號"


def test_values_that_cannot_be_it_are_not_suggested() -> None:
    """Whatever the header says: no day, no 統一編號 (its checksum fails), no county."""
    file = head("卡號,領卡日別,公司統編碼,縣市別名", "A1,甲,12345678,月球", "A2,乙,23456789,火星")
    assert chosen(suggestions(FEEDS["certificates"], file)) == {"serial": "卡號"}


def test_a_file_of_nothing_known_is_no_feed() -> None:
    assert likeliest_feed(head("a,b", "1,2")) is None


def test_a_column_is_used_once_where_that_is_best_for_all() -> None:
    """Either could be the day of issue; one is more like the expiry, so the other has to be it."""
    file = head("日期,到期", "98/3/5,99/3/5", "98/4/5,99/3/9")
    assert chosen(suggestions(FEEDS["certificates"], file)) == {
        "issued_on": "日期",
        "expires_on": "到期",
    }


def test_titles_above_and_personal_columns_stay_out(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.csv",
        "工商憑證發卡清冊",
        "製表日期：102/9/24,,,",
        "識別碼,聯絡人,備查,往來",
        "A1,王小明,x,a@b.tw",
        "A2,李大同,y,",
    )
    found = first_rows(path, name="清冊.csv")
    assert (found.name, found.header_row, found.headers) == ("清冊.csv", 3, ("識別碼", "備查"))
    assert found.rows == (("A1", "x"), ("A2", "y"))


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("備查", ["王小明", "陳大文", "林美玉", "張志明", "李淑芬"]),
        ("往來", ["0912-345-678", "02-23456789", "", "07-1234567", "0922-333-444"]),
        ("地點", ["臺北市中正區中山路1號", "", "", "", ""]),
        ("wang@example.com", ["x", "y", "z", "x", "y"]),  # a row of records, taken for the header
        ("王小明", ["x", "y", "z", "x", "y"]),
    ],
)
def test_columns_about_persons_are_not_shown_whatever_they_are_called(
    tmp_path: Path, header: str, cells: list[str]
) -> None:
    rows = [f"A{number},{cell}" for number, cell in enumerate(cells)]
    assert first_rows(write(tmp_path / "a.csv", f"識別碼,{header}", *rows)).headers == ("識別碼",)


def test_the_sheet_of_a_workbook_is_told(tmp_path: Path) -> None:
    rows = [["發卡清冊"], CARDS.split(","), *(row.split(",") for row in CARD_ROWS)]
    found = first_rows(xlsx(tmp_path / "a.xlsx", {"說明": [["x"]], "清冊": rows}))
    assert (found.sheet, found.header_row, found.headers) == ("清冊", 2, tuple(CARDS.split(",")))
    assert found.rows == tuple(tuple(row.split(",")) for row in CARD_ROWS)


def test_the_assignment_has_the_greatest_total() -> None:
    """Compared with every way there is."""
    chance = random.Random(102)
    for _ in range(200):
        rows, columns = chance.randint(1, 4), chance.randint(1, 5)
        scores = [[chance.choice((0, 0, 0.3, 0.5, 1)) for _ in range(columns)] for _ in range(rows)]
        found = assignment(scores)
        taken = [place for place in found if place is not None]
        assert len(taken) == len(set(taken))
        total = sum(scores[row][place] for row, place in enumerate(found) if place is not None)
        padded = [[*row, *[0.0] * rows] for row in scores]
        best = max(
            sum(padded[row][place] for row, place in enumerate(way))
            for way in itertools.permutations(range(columns + rows), rows)
        )
        assert total == pytest.approx(best)
