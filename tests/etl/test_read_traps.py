"""The traps of real Taiwanese files, each loaded from a file that has it, up to what is kept."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from adoption.store import Store, open_store
from etl.commit.result import FileResult
from etl.history import ledger
from tests.etl.files import counts, day, kept, load_files, write
from tests.etl.workbooks import xlsx

TAIPEI = "04595257,公司,臺北市,正卡"
HEADER = "憑證序號,統一編號,組織別,縣市,卡別,核發日期,到期日期"
ENTITIES = "月份,縣市,組織別,登記家數"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(f"lake:///{tmp_path}/store")


def loaded(
    tmp_path: Path, store: Store, *rows: str, feed: str = "certificates", **how: Any
) -> FileResult:
    return load_files(store, feed, write(tmp_path / "a.csv", *rows, **how))[0]


def skipped(result: FileResult) -> list[tuple[Any, Any]]:
    assert result.skipped == len(result.skipped_rows)
    return [(row["row"], row["why"]) for row in result.skipped_rows]


def test_every_written_form_of_a_day_in_one_file(tmp_path: Path, store: Store) -> None:
    forms = [
        "102/9/24",
        "102.09.24",
        "1020924",
        "民國102年9月24日",
        "2013-09-24",
        "20130924",
        "１０２／９／２４",
        "102&#47;9&#47;24",
    ]
    rows = [f"A{n},{TAIPEI},0920924,{form}" for n, form in enumerate(forms)]  # ROC and Gregorian
    assert counts(loaded(tmp_path, store, HEADER, *rows))[4] == 0
    assert set(kept(store, "certificates", "issued_on", "expires_on")) == {
        (day("2003-09-24"), day("2013-09-24"))
    }


@pytest.mark.parametrize(
    "date_line",
    [
        "製表日期：102/9/24",
        "102/9/24",
        "1020924",
        "民國102年9月24日",
        "統計期限至本(102)年9月24日止",
        "製表日期：102/9/24,,,,,,",
        "1020924,,,,,,",
    ],
)
def test_a_date_line_under_the_header_is_skipped_and_told(
    tmp_path: Path, store: Store, date_line: str
) -> None:
    result = loaded(tmp_path, store, HEADER, date_line, f"A1,{TAIPEI},97/1/1,102/1/1")
    assert counts(result) == (1, 1, 0, 0, 0)
    assert skipped(result) == [(2, "note")]
    assert date_line.split(",", maxsplit=1)[0] in str(result.as_json()["skipped_rows"])


def test_title_and_date_lines_above_the_header(tmp_path: Path, store: Store) -> None:
    result = loaded(
        tmp_path,
        store,
        "工商憑證核發清冊",
        "製表日期：102/9/24,,,,,,",
        "",
        HEADER,
        f"A1,{TAIPEI},97/1/1,102/1/1",
    )
    assert (result.header_row, counts(result), result.skipped) == (4, (1, 1, 0, 0, 0), 0)


def test_a_lone_serial_further_down_is_a_record_to_mend(tmp_path: Path, store: Store) -> None:
    good = [f"A{n},{TAIPEI},97/1/1,102/1/1" for n in range(3)]
    result = loaded(tmp_path, store, HEADER, *good, "1020924,,,,,,")
    assert (counts(result), result.skipped) == ((4, 3, 0, 0, 1), 0)


def test_headers_with_spaces_inside_and_full_width(tmp_path: Path, store: Store) -> None:
    header = "憑證 序號,統　一　編　號, 組 織 別 ,縣 市 別,卡&nbsp;別,核發日期：,＊到期日期"
    result = loaded(tmp_path, store, header, f"A1,{TAIPEI},97/1/1,102/1/1")
    assert counts(result) == (1, 1, 0, 0, 0)


def test_a_header_over_two_rows(tmp_path: Path, store: Store) -> None:
    result = loaded(
        tmp_path,
        store,
        "憑證,,組織別,縣市,卡別,日期,",
        "序號,統一編號,,,,核發,到期",
        f"A1,{TAIPEI},97/1/1,102/1/1",
    )
    assert (result.header_row, counts(result)) == (2, (1, 1, 0, 0, 0))


def test_subtotal_rows_are_skipped_and_told(tmp_path: Path, store: Store) -> None:
    result = loaded(
        tmp_path,
        store,
        ENTITIES,
        '102/8,臺灣地區,公司,"600,000"',
        '102/8,臺北市,公司,"１７０，０００"',
        "102/8,臺北市,總　計,200000",
        "102/8,高雄市,公司,80 000",
        "102/8,台閩地區,公司,700000",
        "102/8,臺北市小計,公司,1",
        "合計,,,700000",
        "總計（含外島）,,,700000",
        "102/8,不明縣,公司,5",
        feed="entities",
    )
    assert counts(result) == (3, 2, 0, 0, 1)
    assert skipped(result) == [(n, "subtotal") for n in (2, 4, 6, 7, 8, 9)]
    assert kept(store, "entities", "county", "registered") == [
        ("臺北市", 170000),
        ("高雄市", 80000),
    ]


def test_a_record_with_a_total_for_its_county_stays_a_reject(tmp_path: Path, store: Store) -> None:
    result = loaded(
        tmp_path,
        store,
        HEADER,
        "A1,04595257,公司,總計,正卡,97/1/1,102/1/1",
        ",,,合計,,,",
        "合計,,,,,,2",
        ",04595257,公司,總計,正卡,97/1/1,102/1/1",  # its serial is missing, too
    )
    assert (counts(result), skipped(result)) == (
        (2, 0, 0, 0, 2),
        [(3, "subtotal"), (4, "subtotal")],
    )


def test_files_that_were_put_one_after_the_other(tmp_path: Path, store: Store) -> None:
    one = "\n".join([HEADER, f'"A1",{TAIPEI},97/1/1,102/1/1', ""]).encode("utf-8-sig")
    two = "\n".join(
        [
            HEADER.replace("憑證", '"憑證').replace("號,統", '號",統'),
            f"A2,{TAIPEI},97/1/1,102/1/1",
            "",
        ]
    ).encode("utf-8-sig")
    three = f'"A3",{TAIPEI},97/1/1,102/1/1\n'.encode("utf-8-sig")
    path = tmp_path / "a.csv"
    path.write_bytes(one + two + three)
    result = load_files(store, "certificates", path)[0]
    assert counts(result) == (3, 3, 0, 0, 0)
    assert skipped(result) == [(3, "repeated_header")]
    assert kept(store, "certificates", "serial") == [("A1",), ("A2",), ("A3",)]


def test_entities_lookalikes_and_full_width(tmp_path: Path, store: Store) -> None:
    result = loaded(
        tmp_path,
        store,
        HEADER,
        "Ａ１,０４５９５２５７,公 司,臺北巿,正卡,97/1/1,102/1/1",
        "A2,&#48;4595257,&#20844;司,台北市,正卡　,97/1/1,102/1/1",
        "A3,04595257,公司,\u3000臺 北 市,正卡,97/1/1,102/1/1",
    )
    assert counts(result) == (3, 3, 0, 0, 0)
    assert set(kept(store, "certificates", "holder_id", "org_type", "county")) == {
        ("04595257", "company", "臺北市")
    }


def test_numbers_that_excel_made_of_text(tmp_path: Path, store: Store) -> None:
    result = loaded(
        tmp_path,
        store,
        HEADER,
        "12345678.0,4595257.0,公司,臺北市,正卡,97/1/1,102/1/1",
        "1.23457E+15,4595257,公司,臺北市,正卡,97/1/1,102/1/1",
    )
    assert counts(result) == (2, 1, 0, 0, 1)
    assert result.reasons == {"mangled_serial": 1}
    assert kept(store, "certificates", "serial", "holder_id") == [("12345678", "04595257")]


def test_a_workbook_edited_by_hand(tmp_path: Path, store: Store) -> None:
    """Title lines, a header merged over two rows, floats, real dates beside ROC ones, a total."""
    rows: list[list[Any]] = [
        ["工商憑證核發清冊"],
        ["製表日期：102/9/24"],
        ["憑證", None, "組織別", "縣 市 別", "卡別", "日期", None],
        ["序號", "統一編號", None, None, None, "核發", "到期"],
        [12345678.0, 4595257.0, "公司", "台北巿", "正卡", date(2008, 10, 1), "102/10/1"],
        ["B2", "04595257", "公司", "桃園縣", "附卡", 971001.0, 1021001.0],
        [None, "04595257", "公司", "臺北市", "正卡", "97/1/1", "102/1/1"],
        ["合計", 3.0, None, None, None, None, None],
        ["資料來源：工商憑證管理中心"],
    ]
    path = xlsx(tmp_path / "a.xlsx", {"封面": [["說明"]], "清冊": rows})
    result = load_files(store, "certificates", path)[0]
    assert (result.format, result.sheet, result.header_row) == ("xlsx", "清冊", 4)
    assert result.unread_sheets == ["封面"]
    assert (counts(result), skipped(result)) == ((3, 1, 0, 0, 2), [(8, "subtotal"), (9, "note")])
    assert kept(store, "certificates", "serial", "holder_id", "county", "issued_on") == [
        ("12345678", "04595257", "臺北市", day("2008-10-01"))
    ]
    # 971001 has lost the zero of 0971001, or was a day of 1997: not guessed.
    rejects = list(ledger.list_rejects(store))
    assert [(r["sheet"], r["row"], r["reasons"][0]["code"]) for r in rejects] == [
        ("清冊", 6, "ambiguous_date"),
        ("清冊", 7, "missing_value"),
    ]


def test_a_total_beside_a_count_under_the_serial_is_skipped_once(
    tmp_path: Path, store: Store
) -> None:
    """項次 says 合計, and how many there are stands where a serial would."""
    rows = [f"1,A1,{TAIPEI},97/1/1,102/1/1", "合計,1,,,,,,", f"合計,7,{TAIPEI},97/1/1,"]
    result = loaded(tmp_path, store, f"項次,{HEADER}", *rows)
    assert (counts(result), skipped(result)) == ((2, 1, 0, 0, 1), [(3, "subtotal")])
