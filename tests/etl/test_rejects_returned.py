"""Rejects that come back as programs save them: corrections are taken, damage is not."""

import csv
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import odfdo
import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from adoption.store import Store, open_store
from etl.commit.result import FileResult
from etl.history import ledger, replay
from etl.history.corrections import NUMBER
from etl.history.damage import may_be_damage
from etl.history.reject_file import reject_file
from etl.mapping.headers import UnreadableFile
from etl.mapping.profile import parse_profile
from etl.report import of_load, of_returned
from tests.etl.files import (
    CERTIFICATES,
    UNITS,
    certificate,
    counts,
    day,
    kept,
    load_files,
    write,
)
from tests.etl.stores import contents

Rows = list[dict[str, str]]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(f"lake:///{tmp_path}/store")


def refused(store: Store, tmp_path: Path, *bad: str, header: str = CERTIFICATES) -> Rows:
    """The rows of the file of rejects, after `bad` rows were loaded."""
    feed = "units" if header == UNITS else "certificates"
    load_files(store, feed, write(tmp_path / "bad.csv", header, *bad))
    return sheet_rows(reject_file(store).as_xlsx())


def sheet_rows(content: bytes, name: str | int = 0) -> Rows:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    sheet = book.get_sheet_by_index(name) if isinstance(name, int) else book.get_sheet_by_name(name)
    header, *rows = sheet.to_python()
    return [dict(zip(header, row, strict=True)) for row in rows]


def saved_csv(path: Path, rows: Rows, encoding: str = "utf-8-sig", delimiter: str = ",") -> Path:
    with path.open("w", encoding=encoding, newline="", errors="replace") as text:
        writer = csv.DictWriter(text, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return path


def saved_xlsx(path: Path, rows: Rows, sheet: str = "憑證") -> Path:
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as book:
        page = book.add_worksheet(sheet)
        page.write_row(0, 0, list(rows[0]))
        for number, row in enumerate(rows, 1):
            page.write_row(number, 0, list(row.values()))
    return path


def saved_ods(path: Path, rows: Rows) -> Path:
    document = odfdo.Document("spreadsheet")
    document.body.clear()
    table = odfdo.Table("憑證")
    for cells in [list(rows[0]), *(list(row.values()) for row in rows)]:
        table.append_row(odfdo.Row())
        for place, cell in enumerate(cells):
            table.set_value((place, table.height - 1), cell)
    document.body.append(table)
    document.save(path)
    return path


def returned(store: Store, path: Path, feed: str = "certificates") -> FileResult:
    return load_files(store, feed, path)[0]


# What programs make of the cells of a good row, which nobody touched.
DAMAGE = [
    ("核發日期", "97/10/1", "1997/10/1"),
    ("核發日期", "97/10/1", "1997-10-01"),
    ("核發日期", "97/10/1", "10/1/1997"),
    ("核發日期", "97/10/1", "1-Oct-97"),
    ("核發日期", "97/10/1", "35704"),
    ("核發日期", "97/10/1", "2097-10-01"),
    ("核發日期", "97/10/1", "86/10/1"),
    ("核發日期", "97/10/1", "1997年10月1日"),
    ("核發日期", "97/10/1", "1997/10/1 上午 12:00"),
    ("核發日期", "0971001", "971001"),
    # LibreOffice takes 102 for a year, and its files hold such a day in three ways.
    ("到期日期", "102/10/1", "0102/10/1"),
    ("到期日期", "102/10/1", "0102-09-30"),
    ("到期日期", "102/10/1", "00:00:00"),
    ("到期日期", "102/10/1", "########"),
    ("憑證序號", "00120034", "120034"),
    ("憑證序號", "12345678901234567890", "12345678901234500000"),
    ("憑證序號", "12345678901234567890", "1.23457E+19"),
    ("憑證序號", "1E10", "10000000000"),
    ("憑證序號", "1E10", "1.00E+10"),
    ("憑證序號", "3-4", "3月4日"),
    ("憑證序號", "3-4", "2026-03-04"),
    ("憑證序號", "3-4", "4-Mar"),
    ("憑證序號", "12:30", "12:30:00"),
    ("憑證序號", "12:30", "0.520833333333333"),
    ("憑證序號", "true", "TRUE"),
    ("統一編號", "04595257", "4595257"),
    ("統一編號", "04595257", "4595257.0"),
]


@pytest.mark.parametrize(("header", "was", "now"), DAMAGE)
def test_what_a_program_changed_in_a_good_cell_is_restored(
    tmp_path: Path, store: Store, header: str, was: str, now: str
) -> None:
    serial = was if header == "憑證序號" else "A1"
    good = certificate(serial, **({header: was} if header != "憑證序號" else {}))
    (row,) = refused(store, tmp_path, good.replace("正卡", "金卡"))
    assert row[header] == was
    result = returned(store, saved_csv(tmp_path / "m.csv", [row | {"卡別": "正卡", header: now}]))
    assert (counts(result), result.cleared) == ((1, 1, 0, 0, 0), 1)
    load_files(
        other := open_store(f"lake:///{tmp_path}/other"),
        "certificates",
        write(tmp_path / "good.csv", CERTIFICATES, good),
    )
    everything = "serial", "holder_id", "issued_on", "expires_on", "card", "county", "org_type"
    assert kept(store, "certificates", *everything) == kept(other, "certificates", *everything)


def test_what_was_restored_is_told(tmp_path: Path, store: Store) -> None:
    (row,) = refused(store, tmp_path, certificate("A1", 卡別="金卡"))
    result = returned(
        store, saved_csv(tmp_path / "m.csv", [row | {"卡別": "正卡", "核發日期": "1997/10/1"}])
    )
    assert result.restored == 1
    assert result.as_json()["restored_cells"] == [
        {"row": 2, "header": "核發日期", "returned": "1997/10/1", "original": "97/10/1"}
    ]


def test_an_address_in_a_cell_that_came_back_is_kept_nowhere(tmp_path: Path, store: Store) -> None:
    (row,) = refused(store, tmp_path, certificate("A1", 卡別="金卡"))
    changed = row | {"卡別": "正卡", "縣市": "wang@example.com"}
    assert returned(store, saved_csv(tmp_path / "m.csv", [changed])).rejected == 1
    assert "現為「[e-mail]」" in str(list(ledger.list_rejects(store)))
    assert "wang@example.com" not in str(contents(store))


@pytest.mark.parametrize(
    ("header", "now"),
    [
        ("縣市", "新北市"),
        ("核發日期", "97/10/2"),
        ("到期日期", "103/10/1"),
        ("憑證序號", "A2"),
        ("統一編號", "12345675"),
        ("到期日期", ""),
        ("終止日期", "100/1/1"),
    ],
)
def test_another_change_of_a_good_cell_is_asked_about(
    tmp_path: Path, store: Store, header: str, now: str
) -> None:
    (row,) = refused(store, tmp_path, certificate("A1", 卡別="金卡"))
    was = row[header]
    changed = row | {"卡別": "正卡", header: now}
    result = returned(store, saved_csv(tmp_path / "m.csv", [changed]))
    assert (counts(result)[1], result.cleared, result.refused_again) == (0, 0, 1)
    (reject,) = ledger.list_rejects(store)
    said = next(r for r in reject["reasons"] if r["code"] == "changed_elsewhere")
    assert said["header"] == header
    assert f"「{header}」原為「{was}」，現為「{now}」" in said["zh"]
    # The same copy once more asks again; the file of these rejects, as it is, confirms.
    again = returned(store, saved_csv(tmp_path / "m.csv", [changed]))
    assert (again.rejected, again.cleared, again.refused_again) == (1, 0, 1)
    if now:
        confirmed = tmp_path / "confirmed.xlsx"
        confirmed.write_bytes(reject_file(store).as_xlsx())
        assert counts(returned(store, confirmed)) == (1, 1, 0, 0, 0)
        assert list(ledger.list_rejects(store)) == []


def test_a_column_that_was_deleted_is_missed(tmp_path: Path, store: Store) -> None:
    (row,) = refused(store, tmp_path, certificate("A1", 卡別="金卡", 換發前序號="A0"))
    row["卡別"] = "正卡"
    del row["換發前序號"]
    assert returned(store, saved_csv(tmp_path / "m.csv", [row])).rejected == 1
    (reject,) = ledger.list_rejects(store)
    assert "「換發前序號」原為「A0」，現為「」" in reject["reasons"][0]["zh"]


def test_a_changed_cell_that_was_in_error_is_the_correction(tmp_path: Path, store: Store) -> None:
    """Both days of a rule count as in error: either may be the wrong one."""
    (row,) = refused(store, tmp_path, certificate("A1", 到期日期="97/9/30"))
    assert "「到期日期」早於「核發日期」" in row["退回原因"]
    mended = saved_csv(tmp_path / "m.csv", [row | {"核發日期": "92/9/30"}])
    assert returned(store, mended).kept == 1
    assert kept(store, "certificates", "issued_on") == [(day("2003-09-30"),)]


def test_a_row_with_cells_too_many_is_mended_as_a_whole(tmp_path: Path, store: Store) -> None:
    (row,) = refused(store, tmp_path, certificate("A1").replace("A1,", "A,1,"))
    good = dict(zip(CERTIFICATES.split(","), certificate("A1").split(","), strict=True))
    mended = {name: cell for name, cell in (row | good).items() if not name.startswith("(")}
    assert returned(store, saved_csv(tmp_path / "m.csv", [mended])).kept == 1


Save = Callable[[Path, Rows], Path]
SAVED: dict[str, Save] = {
    "m.csv": saved_csv,
    "big5.csv": lambda path, rows: saved_csv(path, rows, "cp950"),
    "unicode.txt": lambda path, rows: saved_csv(path, rows, "utf-16", "\t"),
    "semicolon.csv": lambda path, rows: saved_csv(path, rows, "utf-8", ";"),
    "m.xlsx": saved_xlsx,
    "sheet1.xlsx": lambda path, rows: saved_xlsx(path, rows, "工作表1"),
    "m.ods": saved_ods,
}


@pytest.mark.parametrize("name", SAVED)
def test_every_format_in_which_a_program_saves_it(tmp_path: Path, store: Store, name: str) -> None:
    bad = [certificate(f"00{number}", 卡別="金卡") for number in range(15)]
    rows = refused(store, tmp_path, *bad)
    for row in rows:
        row |= {
            "卡別": "正卡",
            "憑證序號": row["憑證序號"].lstrip("0") or "0",
            "核發日期": "1997/10/1",
        }
    rows[7]["卡別"] = "銀卡"
    result = returned(store, SAVED[name](tmp_path / name, rows))
    assert (counts(result), result.cleared, result.refused_again) == ((15, 14, 0, 0, 1), 14, 1)
    assert list(of_returned(14, 1, "zh")) == ["先前退回的 15 列中 14 列已更正，1 列仍退回"]
    assert set(kept(store, "certificates", "issued_on")) == {(day("2008-10-01"),)}
    # Mended in the same copy and loaded again: the rows that were accepted are what they were.
    rows[7]["卡別"] = "正卡"
    again = returned(store, SAVED[name](tmp_path / f"again-{name}", rows))
    assert (counts(again), again.cleared, again.refused_again) == ((15, 1, 14, 0, 0), 1, 0)
    assert list(ledger.list_rejects(store)) == []
    before = contents(store)
    assert replay.rebuild(store).changed == []
    assert contents(store) == before


def test_a_reject_without_a_key_is_cleared_by_a_copy_of_what_was_refused(
    tmp_path: Path, store: Store
) -> None:
    (row,) = refused(store, tmp_path, certificate("A 1"))
    assert returned(store, saved_csv(tmp_path / "m.csv", [row | {"憑證序號": "A?1"}])).rejected == 1
    # Its own copy is refused once more, then an old one comes.
    (again,) = sheet_rows(reject_file(store).as_xlsx())
    assert returned(store, saved_csv(tmp_path / "o.csv", [again])).rejected == 1
    result = returned(store, saved_csv(tmp_path / "n.csv", [row | {"憑證序號": "A1"}]))
    assert (result.kept, result.cleared) == (1, 1)
    assert list(ledger.list_rejects(store)) == []


def test_names_that_an_encoding_lacks_are_restored(tmp_path: Path, store: Store) -> None:
    (row,) = refused(store, tmp_path, "U1,堃喆公司,外邊,民間", header=UNITS)
    saved = saved_csv(tmp_path / "m.csv", [row | {"side": "外部"}], "cp950")
    assert "??公司".encode() in saved.read_bytes().replace("公司".encode("cp950"), "公司".encode())
    assert returned(store, saved, "units").restored == 1
    assert kept(store, "units", "name") == [("堃喆公司",)]


def test_what_a_profile_reads_is_restored_before_it_is_read(tmp_path: Path, store: Store) -> None:
    profile = parse_profile(
        'feed = "certificates"\n[columns.issued_on]\nfrom = "DAY"\nformat = "%y-%m-%d"\n', "p.toml"
    )
    header = CERTIFICATES.replace("核發日期", "DAY")
    bad = certificate("A1", 核發日期="08-10-01", 卡別="金卡")
    load_files(store, "certificates", write(tmp_path / "a.csv", header, bad), profile=profile)
    (row,) = sheet_rows(reject_file(store).as_xlsx())
    mended = saved_csv(tmp_path / "m.csv", [row | {"卡別": "正卡", "DAY": "2008/10/1"}])
    (result,) = load_files(store, "certificates", mended, profile=profile)
    assert (result.kept, result.restored) == (1, 1)
    assert kept(store, "certificates", "issued_on") == [(day("2008-10-01"),)]


def test_a_number_of_no_known_reject_is_flagged(tmp_path: Path, store: Store) -> None:
    (row,) = refused(store, tmp_path, certificate("A1", 卡別="金卡"))
    foreign = row | {NUMBER: "L1-F1-R2-00000000", "卡別": "正卡", "憑證序號": "B1"}
    result = returned(store, saved_csv(tmp_path / "m.csv", [foreign]))
    assert (result.kept, result.flagged, result.cleared) == (1, 1, 0)
    (flagged,) = ledger.list_flagged(store)
    assert flagged["reasons"][0]["code"] == "original_unknown"
    assert any("退回編號查無" in line for line in of_load([result], "zh"))


def test_what_comes_back_and_is_not_kept_stays_to_be_mended(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = refused(
        store, tmp_path, *[certificate(name, 卡別="金卡") for name in ("A1", "A2", "A3")]
    )
    monkeypatch.setattr("etl.files.limits.REJECTS_KEPT", 1)
    result = returned(store, saved_csv(tmp_path / "m.csv", rows))
    assert (result.rejected, result.rejects_left_out) == (3, 2)
    assert (result.cleared, result.refused_again) == (0, 1)
    monkeypatch.undo()
    assert [reject["text"]["憑證序號"] for reject in ledger.list_rejects(store)] == [
        "A2",
        "A3",
        "A1",
    ]
    # Nor is a row mended that a clerk overwrote with a subtotal.
    total = dict.fromkeys(rows[1], "") | {NUMBER: rows[1][NUMBER], "憑證序號": "合計"}
    result = returned(store, saved_csv(tmp_path / "n.csv", [total]))
    assert (result.skipped, result.cleared, len(list(ledger.list_rejects(store)))) == (1, 0, 3)


def test_a_load_of_one_sheet_leaves_the_rejects_of_another(tmp_path: Path, store: Store) -> None:
    header = CERTIFICATES.split(",")
    path = tmp_path / "two.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name in ("一月", "二月"):
            page = book.add_worksheet(name)
            page.write_row(0, 0, header)
            page.write_row(1, 0, certificate(f"A{name}", 卡別="金卡").split(","))
    for name in ("一月", "二月"):
        profile = parse_profile(f'feed = "certificates"\n[file]\nsheet = "{name}"', name)
        load_files(store, "certificates", path, profile=profile)
    assert [reject["sheet"] for reject in ledger.list_rejects(store)] == ["一月", "二月"]


def test_the_workbook_of_several_feeds_comes_back_as_each(tmp_path: Path, store: Store) -> None:
    refused(store, tmp_path, "U1,甲,外邊,民間", header=UNITS)
    refused(store, tmp_path, certificate("A1", 卡別="金卡"))
    book = tmp_path / "退回.xlsx"
    book.write_bytes(reject_file(store).as_xlsx())
    units, certificates = (load_files(store, feed, book)[0] for feed in ("units", "certificates"))
    assert (units.sheet, units.unread_sheets, units.rejected) == ("單位", ["憑證"], 1)
    assert (certificates.sheet, certificates.rejected) == ("憑證", 1)
    with pytest.raises(UnreadableFile, match="holds rejects of units, certificates, not of system"):
        load_files(store, "systems", book)


def test_what_the_store_knows_of_a_row_stands_beside(tmp_path: Path, store: Store) -> None:
    load_files(store, "certificates", write(tmp_path / "a.csv", CERTIFICATES, certificate("A1")))
    bad = certificate("A1", 卡別="金卡", 縣市="高雄市"), certificate("A2", 卡別="金卡")
    known, unknown = refused(store, tmp_path, *bad)
    assert (known["目前：縣市"], known["目前：卡別"], known["目前：核發日期"]) == (
        "臺北市",
        "正卡",
        "97/10/01",
    )
    assert "目前：終止日期" not in known
    assert unknown["目前：縣市"] == ""
    result = returned(store, saved_csv(tmp_path / "m.csv", [known | {"卡別": "附卡"}]))
    assert (result.kept, result.ignored) == (1, [])
    assert kept(store, "certificates", "county", "card") == [("高雄市", "additional")]


def test_no_formula_comes_alive_when_the_workbook_is_saved_as_csv(
    tmp_path: Path, store: Store
) -> None:
    hostile = ['=HYPERLINK("http://x")', "＝1+1", "＋1", "－1", "＠SUM(A1)", "'=1"]
    source = tmp_path / "u.csv"
    with source.open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text)
        writer.writerow(UNITS.split(","))
        writer.writerows([f"U{n}", cell, cell, "民間"] for n, cell in enumerate(hostile))
    load_files(store, "units", source)
    content = reject_file(store).as_xlsx()
    rows = sheet_rows(content)
    assert {cell[:1] for row in rows for cell in row.values()} & set("=+-@＝＋－＠") == set()
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        assert b"<f>" not in packed.read("xl/worksheets/sheet1.xml")
    mended = saved_csv(tmp_path / "m.csv", [row | {"side": "外部"} for row in rows])
    assert returned(store, mended, "units").restored == 0
    assert [name for (name,) in kept(store, "units", "name")] == sorted(hostile)


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("A1", "A2"),
        ("97/10/1", "97/1/10"),
        ("97/10/1", "98/10/1"),
        ("102/9/24", "102/9/25"),
        ("00123", "00124"),
        ("123456789012345", "123456789012346"),
        ("15", "15.4"),
        ("12:30", "12:31"),
        ("臺北市", "高雄市"),
        ("臺北市", ""),
    ],
)
def test_what_no_program_makes_is_no_damage(was: str, now: str) -> None:
    assert not may_be_damage(was, now)
