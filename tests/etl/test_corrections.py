"""Rejects as a file: downloaded, mended, loaded again, and gone; and what does not make them go."""

import csv
import io
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from adoption.command import CommandError
from adoption.store import Store, open_store
from adoption.store.schema import rejects
from etl.history import ledger, replay
from etl.history.corrections import NUMBER, RejectNumber, parsed_number
from etl.history.reject_file import reject_file
from tests.etl.files import (
    CERTIFICATES,
    UNITS,
    certificate,
    column,
    counts,
    kept,
    load_files,
    write,
)
from tests.etl.stores import contents


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(f"lake:///{tmp_path}/store")


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def written(path: Path, rows: list[dict[str, str]]) -> Path:
    """As a clerk's spreadsheet program saves it."""
    with path.open("w", encoding="utf-8-sig", newline="") as text:
        writer = csv.DictWriter(text, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def rejected(store: Store) -> list[tuple[int, str, int]]:
    return [(r["load"], r["file"], r["row"]) for r in ledger.list_rejects(store)]


def test_the_file_has_the_source_files_own_columns_and_why(tmp_path: Path, store: Store) -> None:
    rows = certificate("A1"), certificate("A2", 卡別="金卡", 到期日期="")
    load_files(store, "certificates", write(tmp_path / "一月.csv", CERTIFICATES, *rows))
    (row,) = rows_of(reject_file(store).as_csv())
    own = CERTIFICATES.split(",")
    assert list(row)[1:-5] == own
    assert [row[name] for name in own] == rows[1].split(",")
    number = parsed_number(row[NUMBER])
    assert number is not None
    assert (number.load_id, number.file_number, number.row_number) == (1, 1, 3)
    assert (row["退回檔案"], row["退回列號"]) == ("一月.csv", "3")
    assert row["退回原因"].split("；") == [
        "「卡別」不認得「金卡」：請用「正卡、附卡」其中之一",
        "「到期日期」是空的：請填入",
    ]
    assert row["rejected_because"].startswith("卡別 “金卡”")


def test_mended_rows_are_accepted_and_their_rejects_disappear(tmp_path: Path, store: Store) -> None:
    bad = [
        certificate("A B"),  # its key itself is bad: nothing but the number tells which row it was
        certificate("A2", 卡別="金卡"),
        certificate("A3", 卡別="銀卡"),
        certificate("A4", 卡別="銅卡"),
    ]
    load_files(store, "certificates", write(tmp_path / "a.csv", CERTIFICATES, *bad))
    rows = rows_of(reject_file(store).as_csv())
    rows[0]["憑證序號"] = "A1"
    rows[1]["卡別"] = "正卡"
    rows[2]["卡別"] = "鐵卡"  # mended wrongly
    mended = written(tmp_path / "mended.csv", rows[:3])  # and the fourth was left out
    result = load_files(store, "certificates", mended)[0]
    assert counts(result) == (3, 2, 0, 0, 1)
    assert (result.cleared, result.refused_again) == (2, 1)
    assert kept(store, "certificates", "serial") == [("A1",), ("A2",)]
    assert rejected(store) == [(1, "a.csv", 5), (2, "mended.csv", 4)]
    assert [entry["cleared"] for entry in ledger.list_loads(store)] == [2, 0]
    # A file of the rejects that are left can be mended in its turn: each own column once.
    (fourth, third) = rows_of(reject_file(store).as_csv())
    assert list(third) == list(rows[0])
    third["卡別"] = fourth["卡別"] = "附卡"
    again = written(tmp_path / "again.csv", [fourth, third])
    assert counts(load_files(store, "certificates", again)[0]) == (2, 2, 0, 0, 0)
    assert rejected(store) == []


def test_what_was_mended_stays_so_when_its_file_comes_again(tmp_path: Path, store: Store) -> None:
    bad = write(
        tmp_path / "bad.csv",
        CERTIFICATES,
        certificate("A1", 核發日期="102/13/1"),
        certificate("A2", 核發日期="102/13/1"),
    )
    load_files(store, "certificates", bad)
    load_files(store, "certificates", write(tmp_path / "a.csv", CERTIFICATES, certificate("A1")))
    (again,) = load_files(store, "certificates", bad)
    assert again.rejected == 2
    (left,) = ledger.list_rejects(store)
    assert (left["load"], left["row"]) == (3, 3)
    before = contents(store)
    assert replay.rebuild(store).changed == []
    assert contents(store) == before


def test_an_accepted_row_with_its_key_clears_a_reject(tmp_path: Path, store: Store) -> None:
    bad = certificate("A1", 卡別="?"), certificate("A2", 卡別="?"), certificate("A3") + ",,,"
    load_files(store, "certificates", write(tmp_path / "a.csv", CERTIFICATES, *bad))
    good = write(tmp_path / "b.csv", CERTIFICATES, certificate("A1"), certificate("A3"))
    assert load_files(store, "certificates", good)[0].cleared == 1
    # A3 had cells too many: what stood in its key's place may have been another cell.
    assert rejected(store) == [(1, "a.csv", 3), (1, "a.csv", 4)]


def test_a_key_of_several_columns_clears_as_a_whole(tmp_path: Path, store: Store) -> None:
    header = "serial,stage,sent_on,result"
    bad = "A1,45天,102/9/24,?", "A1,30,102/9/24,?", "A1,15,102/9/24,?"
    load_files(store, "reminders", write(tmp_path / "a.csv", header, *bad))
    good = write(tmp_path / "b.csv", header, "A1,45,2013-09-24,送達", "A1,30,102/9/25,送達")
    assert load_files(store, "reminders", good)[0].cleared == 1
    assert column(list(ledger.list_rejects(store)), "row") == [3, 4]


def test_a_row_refused_within_the_same_load_stays(tmp_path: Path, store: Store) -> None:
    rows = certificate("A1"), certificate("A1", 卡別="?")
    load_files(store, "certificates", write(tmp_path / "a.csv", CERTIFICATES, *rows))
    assert rejected(store) == [(1, "a.csv", 3)]


def test_the_same_name_and_row_number_clear_nothing(tmp_path: Path, store: Store) -> None:
    (tmp_path / "may").mkdir()
    april = write(tmp_path / "export.csv", CERTIFICATES, certificate("A1", 卡別="?"))
    may = write(tmp_path / "may" / "export.csv", CERTIFICATES, certificate("B1"))
    load_files(store, "certificates", april)
    load_files(store, "certificates", may)
    assert rejected(store) == [(1, "export.csv", 2)]


def test_the_rejects_of_a_check_are_known_whichever_number_the_load_then_has(
    tmp_path: Path, store: Store
) -> None:
    bad = write(tmp_path / "a.csv", CERTIFICATES, certificate("A B"))
    with store.writing() as writer:
        load_files(store, "certificates", bad, within=writer, dry_run=True)
        (row,) = rows_of(reject_file(writer, 1).as_csv())
        writer.delete(rejects, rejects.c.load_id == 1)
    load_files(store, "units", write(tmp_path / "u.csv", UNITS, "U,甲,外部,民間"))
    load_files(store, "certificates", bad)
    assert [number for number, _, _ in rejected(store)] == [3]
    mended = written(tmp_path / "mended.csv", [row | {"憑證序號": "A1"}])
    assert load_files(store, "certificates", mended)[0].cleared == 1
    assert rejected(store) == []


def test_another_feed_or_another_stores_number_clears_nothing(tmp_path: Path, store: Store) -> None:
    load_files(
        store, "certificates", write(tmp_path / "a.csv", CERTIFICATES, certificate("1", 卡別="?"))
    )
    own = next(ledger.list_rejects(store))["number"]
    foreign = str(RejectNumber(1, 1, 2, "0" * 64, ""))
    for number in (foreign, own + "-工作表1", own.replace("L1-", "L01-") + "x", "=1+1", ""):
        row = f"{number},{certificate('B1')}"
        load_files(
            store, "certificates", write(tmp_path / "b.csv", f"{NUMBER},{CERTIFICATES}", row)
        )
    units = write(tmp_path / "u.csv", f"{NUMBER},{UNITS}", f"{own},1,甲,外部,民間")
    load_files(store, "units", units)
    assert rejected(store) == [(1, "a.csv", 2)]


HOSTILE = [
    '=HYPERLINK("http://x")',
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "'=1",
    "＝1+1",
    "a,b",
    '"',
    "-",
]


@pytest.mark.parametrize("cell", HOSTILE)
def test_formulas_are_neutral_in_csv_and_come_back_as_they_were(
    tmp_path: Path, store: Store, cell: str
) -> None:
    source = tmp_path / "a.csv"
    own = {"unit_code": "A 1", "name": cell, "side": "外部", "sector": "民間"}
    written(source, [own])
    load_files(store, "units", source)
    (before,) = ledger.list_rejects(store)
    (row,) = rows_of(reject_file(store).as_csv())
    assert row["name"][0] not in "=+-@\t\r＝＋－＠"
    mended = written(tmp_path / "m.csv", [row])  # nothing mended: it is refused as it was
    load_files(store, "units", mended)
    (after,) = ledger.list_rejects(store)
    assert after["load"] == 2
    assert after["text"]["name"] == before["text"]["name"] == cell
    assert after["reasons"] == before["reasons"]


def test_every_cell_of_the_xlsx_is_text(tmp_path: Path, store: Store) -> None:
    bad = certificate("0012", 卡別="=1+1", 統一編號="04595257", 換發前序號="'=2")
    load_files(store, "certificates", write(tmp_path / "a.csv", CERTIFICATES, bad))
    made = reject_file(store)
    book = CalamineWorkbook.from_filelike(io.BytesIO(made.as_xlsx()))
    assert book.sheet_names == ["憑證"]
    header, row = book.get_sheet_by_index(0).to_python()
    assert header == made.sheets[0].headers
    cells = dict(zip(header, row, strict=True))
    assert {type(cell) for cell in row} == {str}
    assert (cells["憑證序號"], cells["統一編號"], cells["卡別"]) == ("0012", "04595257", "'=1+1")
    assert cells["換發前序號"] == "''=2"  # loading takes one away of each
    assert cells[NUMBER] == next(ledger.list_rejects(store))["number"]


def test_files_with_other_headers_share_the_columns_that_mean_the_same(
    tmp_path: Path, store: Store
) -> None:
    first = write(tmp_path / "a.csv", CERTIFICATES, certificate("A1", 卡別="?"))
    header = "card,county,org_type,holder_id,serial,issued_on,expires_on,備註"
    second = write(tmp_path / "b.csv", header, "?,臺北市,公司,04595257,A2,97/1/1,102/1/1,急件")
    load_files(store, "certificates", first, second)
    rows = rows_of(reject_file(store).as_csv())
    assert [(row["憑證序號"], row["核發日期"], row["備註"]) for row in rows] == [
        ("A1", "97/10/1", ""),
        ("A2", "97/1/1", "急件"),
    ]
    for row in rows:
        row["卡別"] = "正卡"
    result = load_files(store, "certificates", written(tmp_path / "m.csv", rows))[0]
    assert (result.kept, result.cleared) == (2, 2)


def test_a_csv_holds_the_rejects_of_one_feed_and_a_workbook_a_sheet_of_each(
    tmp_path: Path, store: Store
) -> None:
    with pytest.raises(CommandError, match="nothing to write"):
        reject_file(store)
    load_files(
        store, "certificates", write(tmp_path / "a.csv", CERTIFICATES, certificate("1", 卡別="?"))
    )
    load_files(store, "units", write(tmp_path / "u.csv", UNITS, "A 1,甲,外部,民間"))
    with pytest.raises(CommandError, match="name a load"):
        reject_file(store).as_csv()
    book = CalamineWorkbook.from_filelike(io.BytesIO(reject_file(store).as_xlsx()))
    assert book.sheet_names == ["單位", "憑證"]
    assert reject_file(store, 2).as_csv() == reject_file(store).sheets[0].as_csv()


def test_flagged_rows_say_what_is_in_doubt(tmp_path: Path, store: Store) -> None:
    doubtful = certificate("A1", 統一編號="12345678", 終止原因="換發")
    load_files(
        store, "certificates", write(tmp_path / "a.csv", CERTIFICATES, doubtful, certificate("A2"))
    )
    (row,) = ledger.list_flagged(store)
    assert (row["feed"], row["key"], row["load"]) == ("certificates", {"serial": "A1"}, 1)
    assert [(r["code"], r["value"]) for r in row["reasons"]] == [
        ("reason_without_end", "replaced"),
        ("unlikely_holder_id", "12345678"),
    ]
    assert row["reasons"][1]["zh"] == "「統一編號」檢查碼不符，已保留並標記：請查明"
    assert list(ledger.list_flagged(store, 2)) == []
