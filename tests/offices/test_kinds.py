"""Kinds of wrong values that generated files have shown, each in a few rows: refused or flagged."""

from pathlib import Path

import pytest

from adoption.store import Store, open_store
from etl.history import ledger
from etl.mapping.headers import UnreadableFile
from tests.etl.files import CERTIFICATES, certificate, day, kept, load_files, write
from tests.etl.workbooks import xlsx

SUSPENSIONS = "憑證序號,停用日期,復用日期"
REMINDERS = "憑證序號,{stage},寄送日期,寄送結果"
SYSTEMS = "系統代碼,單位代碼,系統名稱,類別"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(f"lake:///{tmp_path}/store")


def reasons(store: Store) -> list[tuple[int, list[str]]]:
    return [(r["row"], [each["code"] for each in r["reasons"]]) for r in ledger.list_rejects(store)]


@pytest.mark.parametrize(
    ("feed", "header", "row"),
    [
        ("suspensions", SUSPENSIONS, "A1,1997/10/1,2009/1/1"),
        ("reminders", REMINDERS.format(stage="階段"), "A1,45,1998/10/1,送達"),
        ("systems", f"{SYSTEMS},規劃日期,導入日期", "S1,M01,申辦,線上申辦,1996/1/1,2011/1/1"),
        ("entities", "月份,縣市,組織別,登記家數", "1997/8/1,臺北市,公司,170000"),
        ("targets", "指標,期限,目標值", "valid_totals,1999/12/31,500"),
    ],
)
def test_97_that_became_1997_is_flagged_in_every_feed(
    tmp_path: Path, store: Store, feed: str, header: str, row: str
) -> None:
    load_files(store, feed, write(tmp_path / "a.csv", header, row))
    assert kept(store, feed, "flags") == [("before_programme",)]


def test_of_a_unit_s_days_1997_is_doubted_and_2002_is_not(tmp_path: Path, store: Store) -> None:
    header = "單位代碼,單位名稱,類別,部門別,生效日期"
    rows = [f"M{n},單位,本部,政府,{n}/10/1" for n in (1991, 1997, 2002)]
    load_files(store, "units", write(tmp_path / "a.csv", header, *rows))
    flags = [("M1991", None), ("M1997", "widened_year"), ("M2002", None)]
    assert kept(store, "units", "unit_code", "flags") == flags


@pytest.mark.parametrize("text", ["24/9/2008", "9/24/2008", "24/9/08"])
def test_day_and_month_exchanged_in_part_of_a_column_refuse_the_file(
    tmp_path: Path, store: Store, text: str
) -> None:
    days = ["2008/3/4", "2008/12/10", "2008/1/2", text]
    rows = [f"A{n},{day}," for n, day in enumerate(days)]
    path = write(tmp_path / "a.csv", SUSPENSIONS, *rows)
    with pytest.raises(UnreadableFile, match="停用日期 has days with the year last"):
        load_files(store, "suspensions", path)
    # A day after the 12th shows that the others are as they were written: only that one is refused.
    path = write(tmp_path / "b.csv", SUSPENSIONS, "A9,2008/3/14,", *rows)
    assert load_files(store, "suspensions", path)[0].kept == 4
    assert reasons(store) == [(6, ["ambiguous_date"])]


def test_days_with_the_year_last_are_read_where_one_order_fits_all(
    tmp_path: Path, store: Store
) -> None:
    rows = ["A1,24/9/2008,", "A2,3/4/2008,", "A3,31/12/2008,"]
    (result,) = load_files(store, "suspensions", write(tmp_path / "a.csv", SUSPENSIONS, *rows))
    assert "「停用日期」" in result.orders["suspended_on"]["zh"]
    days = [("A1", day("2008-09-24")), ("A2", day("2008-04-03")), ("A3", day("2008-12-31"))]
    assert kept(store, "suspensions", "serial", "suspended_on") == days


def test_a_day_is_no_name_and_no_serial(tmp_path: Path, store: Store) -> None:
    """The cells of the row stand one place off."""
    header = f"{SYSTEMS},規劃日期,導入日期"
    path = write(tmp_path / "a.csv", header, "S1,申辦,線上申辦,100/1/1,101/1/1,")
    load_files(store, "systems", path)
    assert reasons(store) == [(2, ["day_as_name"])]
    path = write(tmp_path / "b.csv", SUSPENSIONS, "2008-09-24,2008-10-01,")
    assert load_files(store, "suspensions", path)[0].reasons == {"bad_serial": 1}


def test_a_line_break_in_its_cell_is_no_part_of_a_name(tmp_path: Path, store: Store) -> None:
    rows = [["系統代碼", "單位代碼", "系統名稱", "類別"]]
    rows += [["S1", "M1", "公司登記\n線上申辦", "e bill\r\npayment"]]
    load_files(store, "systems", xlsx(tmp_path / "a.xlsx", {"a": rows}))
    assert kept(store, "systems", "name", "category") == [("公司登記線上申辦", "e bill payment")]


def test_what_marks_a_cell_as_text_is_no_part_of_it(tmp_path: Path, store: Store) -> None:
    rows = [certificate('="00123456"', 統一編號="'04595257", 核發日期='="97/10/1"')]
    load_files(store, "certificates", write(tmp_path / "a.csv", CERTIFICATES, *rows))
    found = kept(store, "certificates", "serial", "holder_id", "issued_on")
    assert found == [("00123456", "04595257", day("2008-10-01"))]


@pytest.mark.parametrize("text", ["共 3 筆", "共計：1,234張", "第 1 頁，共 2 頁"])
def test_how_many_there_are_is_a_note(tmp_path: Path, store: Store, text: str) -> None:
    path = write(tmp_path / "a.csv", SUSPENSIONS, "A1,2008-10-01,", f'"{text}",,')
    (result,) = load_files(store, "suspensions", path)
    assert [row["why"] for row in result.skipped_rows] == ["note"]


@pytest.mark.parametrize("name", ["?友電子", "喆友電子?司", '公司"登記', "A?B", '"甲"系統'])
def test_a_name_with_a_lost_sign_is_flagged(tmp_path: Path, store: Store, name: str) -> None:
    rows = [SYSTEMS.split(","), ["S1", "M1", name, "帳單"]]
    load_files(store, "systems", xlsx(tmp_path / "a.xlsx", {"a": rows}))
    flag = None if name in ("A?B", '"甲"系統') else "lost_sign"
    assert kept(store, "systems", "name", "flags") == [(name, flag)]


def test_a_header_that_every_column_takes_is_no_record(tmp_path: Path, store: Store) -> None:
    rows = ["S1,M1,申辦,線上申辦", SYSTEMS, "S2,M1,帳單,帳單"]
    (result,) = load_files(store, "systems", write(tmp_path / "a.csv", SYSTEMS, *rows))
    assert [row["why"] for row in result.skipped_rows] == ["repeated_header"]
    assert kept(store, "systems", "system_code") == [("S1",), ("S2",)]
    moved = "單位代碼,系統代碼,系統名稱,類別"
    with pytest.raises(UnreadableFile, match="row 3 is a header again"):
        load_files(
            store, "systems", write(tmp_path / "b.csv", SYSTEMS, rows[0], moved, "M1,S2,a,b")
        )


@pytest.mark.parametrize(
    ("serials", "odd"),
    [
        (["12345678", "87654321", "1234567", "22345678"], ["1234567"]),
        (["3D4E", "4A5B", "30000000000", "5C6D"], ["30000000000"]),
        (["1", "22", "333", "22000"], []),
        (["3D4E", "4A5B", "1200", "5C6D"], []),
    ],
)
def test_a_serial_that_may_have_been_a_number_is_flagged(
    tmp_path: Path, store: Store, serials: list[str], odd: list[str]
) -> None:
    path = write(tmp_path / "a.csv", CERTIFICATES, *map(certificate, serials))
    load_files(store, "certificates", path)
    flags = dict(kept(store, "certificates", "serial", "flags"))
    assert flags == {s: "odd_serial" if s in odd else None for s in serials}


def test_which_mail_it_was_is_no_number_of_days(tmp_path: Path, store: Store) -> None:
    rows = [f"A{n},{n},102/9/1,送達" for n in (1, 2, 3, 4)]
    header = REMINDERS.format(stage="提醒次別")
    load_files(store, "reminders", write(tmp_path / "a.csv", header, *rows))
    stages = [("A1", 45), ("A2", 30), ("A3", 15), ("A4", 1)]
    assert kept(store, "reminders", "serial", "stage") == stages


def test_1_beside_2_and_3_is_no_day_before_expiry(tmp_path: Path, store: Store) -> None:
    header = REMINDERS.format(stage="提醒階段")
    rows = [f"A{n},{n},102/9/1,送達" for n in (1, 2, 3)]
    load_files(store, "reminders", write(tmp_path / "a.csv", header, *rows))
    codes = [code for _, (code,) in reasons(store)]
    assert codes == ["ambiguous_stage", "unknown_stage", "unknown_stage"]
    load_files(
        store, "reminders", write(tmp_path / "b.csv", header, *rows[:1], "A9,45,102/9/1,送達")
    )
    assert kept(store, "reminders", "serial", "stage") == [("A1", 1), ("A9", 45)]


@pytest.mark.parametrize("beside", [["臺北市", "高雄市"], ["臺北市", "高雄市", "臺中市", "臺南市"]])
def test_the_counties_of_a_table_beside_are_not_those_of_the_records(
    tmp_path: Path, store: Store, beside: list[str]
) -> None:
    header = [*("憑證序號", "核發日期", "到期日期"), None, "縣市", "張數"]
    rows = [[f"A{n}", "97/10/1", "102/10/1", None, None, None] for n in range(3)]
    rows += [[None] * 6] * (len(beside) - 3)
    rows = [
        [*row[:4], *pair]
        for row, pair in zip(rows, [*((c, 7) for c in beside), *[(None, None)] * 3], strict=False)
    ]
    path = xlsx(tmp_path / "a.xlsx", {"a": [header, *rows]})
    with pytest.raises(UnreadableFile, match="縣市, 張數 end in another row"):
        load_files(store, "certificates", path)


@pytest.mark.parametrize("says", ["單位：千家", "（單位 : 萬）", "in thousands"])
@pytest.mark.parametrize("is_above", [True, False])
def test_counts_in_thousands_are_not_taken_for_counts(
    tmp_path: Path, store: Store, says: str, is_above: bool
) -> None:
    table = ["月份,縣市,組織別,登記家數", "102/8,臺北市,公司,170"]
    rows = [says, *table] if is_above else [*table, f"註：{says}"]
    with pytest.raises(UnreadableFile, match="no plain counts"):
        load_files(store, "entities", write(tmp_path / "a.csv", *rows))


def test_a_unit_of_one_is_no_scale(tmp_path: Path, store: Store) -> None:
    rows = [
        "單位：家",
        "月份,縣市,組織別,登記家數",
        "102/8,臺北市,公司,170",
        "註：單位：千里眼公司",
    ]
    assert load_files(store, "entities", write(tmp_path / "a.csv", *rows))[0].kept == 1
