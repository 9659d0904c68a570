"""What a sheet holds beside its cells: merged ones, hidden rows, formulas without a result."""

from pathlib import Path
from typing import Any

import odfdo
import pytest
import xlsxwriter

from adoption.store import Store, open_store
from etl.commit.result import FileResult
from etl.files.spreadsheet import column_letters
from etl.mapping.feeds import FEEDS
from etl.mapping.headers import UnreadableFile
from etl.mapping.source_file import batches, describe
from tests.etl.cases import CASES
from tests.etl.files import counts, kept, load_files
from tests.etl.workbooks import rezipped, xlsx

HEADER = ["統計月份", "縣市", "組織別", "家數"]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(f"lake:///{tmp_path}/store")


def entities(store: Store, path: Path) -> FileResult:
    return load_files(store, "entities", path)[0]


def rows_of(path: Path, feed: str = "entities") -> list[dict[str, Any]]:
    return [row for b in batches(describe(path, FEEDS[feed])) for row in b.rows.to_pylist()]


def refused(path: Path) -> UnreadableFile:
    with pytest.raises(UnreadableFile) as refusal:
        rows_of(path)
    return refusal.value


def merged(path: Path, *ranges: str, rows: list[list[Any]]) -> Path:
    """A sheet with HEADER, `rows`, and merged ranges that show their first cell."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for number, cells in enumerate([HEADER, *rows]):
            sheet.write_row(number, 0, cells)
        for where in ranges:
            first = where.partition(":")[0]
            row, column = int(first[1:]) - 1, ord(first[0]) - 65
            sheet.merge_range(where, [HEADER, *rows][row][column])
    return path


def test_labels_that_run_down_stand_in_each_of_their_rows(store: Store) -> None:
    assert counts(entities(store, CASES / "F12-merged-down" / "merged.xlsx")) == (6, 6, 0, 0, 0)
    found = kept(store, "entities", "county", "org_type", "month")
    assert len(set(found)) == 6
    assert len({county for county, _, _ in found}) == 3
    assert len({month for _, _, month in found}) == 1


def test_a_count_over_two_rows_is_not_counted_twice(tmp_path: Path, store: Store) -> None:
    rows = [["102/8", "臺北市", "公司", 178000], ["", "", "商業", ""]]
    path = merged(tmp_path / "a.xlsx", "A2:A3", "B2:B3", "D2:D3", rows=rows)
    result = entities(store, path)
    assert (counts(result), result.reasons) == ((2, 1, 0, 0, 1), {"missing_value": 1})


def test_a_total_over_several_columns_is_skipped(tmp_path: Path, store: Store) -> None:
    rows = [["102/8", "臺北市", "公司", 178000], ["合計", "", "", 178000]]
    result = entities(store, merged(tmp_path / "a.xlsx", "A3:C3", rows=rows))
    assert (counts(result), result.skipped) == ((1, 1, 0, 0, 0), 1)


def test_a_serial_over_two_rows_is_one_certificate(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["憑證序號", "停用日期", "復用日期"])
        sheet.write_row(1, 0, ["A1", "102/1/1"])
        sheet.write_row(2, 0, ["", "102/3/1"])
        sheet.merge_range("A2:A3", "A1")
        sheet.merge_range("B2:C2", "102/1/1")  # from one day into the column of another
    first, second = rows_of(path, "suspensions")
    # A certificate can be suspended twice: its serial alone is no key here.
    assert (first["憑證序號"], second["憑證序號"]) == ("A1", "A1")
    assert (first["停用日期"], first["復用日期"]) == ("102/1/1", None)


def test_merged_cells_of_an_ods(tmp_path: Path) -> None:
    document = odfdo.Document("spreadsheet")
    document.body.clear()
    table = odfdo.Table("a")
    for cells in [HEADER, ["102/8", "臺北市", "公司", 1], ["", "", "商業", 2]]:
        row = odfdo.Row()
        for cell in cells:
            row.append_cell(odfdo.Cell(cell))
        table.append_row(row)
    table.set_span((0, 1, 0, 2))
    table.set_span((1, 1, 1, 2))
    document.body.append(table)
    document.save(str(tmp_path / "a.ods"))
    assert [row["縣市"] for row in rows_of(tmp_path / "a.ods")] == ["臺北市", "臺北市"]


def test_a_formula_that_nobody_calculated(store: Store) -> None:
    error = refused(CASES / "F10-formula-without-result" / "formula.xlsx")
    assert error.zh == (
        "formula.xlsx：D2 等 2 格是沒有存下結果的公式；請用 Excel 開啟、存檔，再載入"
    )
    assert "2 formulas without a stored result, the first in D2" in error.en


def test_formulas_with_a_result_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, [*HEADER, "說明"])
        sheet.write_row(1, 0, ["102/8", "臺北市", "公司"])
        sheet.write_formula("D2", "=170000+8123", value=178123)
        sheet.write_formula("E2", "=1+1")  # in a column that is not read
    assert [row["家數"] for row in rows_of(path)] == ["178123"]

    def calculated(name: str, content: bytes) -> bytes:
        """As Excel saves a sum that is zero."""
        return content.replace(b"<v>178123</v>", b"<v>0</v>").replace(b' fullCalcOnLoad="1"', b"")

    assert [row["家數"] for row in rows_of(rezipped(path, calculated))] == ["0"]


def test_a_formula_of_an_ods_without_a_result(tmp_path: Path) -> None:
    path = tmp_path / "a.ods"
    document = odfdo.Document("spreadsheet")
    document.body.clear()
    table = odfdo.Table("a")
    for cells in [HEADER, ["102/8", "臺北市", "公司"]]:
        row = odfdo.Row()
        for cell in cells:
            row.append_cell(odfdo.Cell(cell))
        if cells is not HEADER:
            row.append_cell(odfdo.Cell(formula="of:=1+1"))
        table.append_row(row)
    document.body.append(table)
    document.save(str(path))
    assert "the first in D2" in refused(path).en


def test_hidden_and_filtered_rows_are_read_and_told(tmp_path: Path, store: Store) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for number, cells in enumerate(
            [HEADER, *[["102/8", county, "公司", 1] for county in ("臺北市", "高雄市", "臺中市")]]
        ):
            sheet.write_row(number, 0, cells)
        sheet.autofilter(0, 0, 3, 3)
        for number in (0, 2, 3, 9):  # the header, two records, and one that is empty
            sheet.set_row(number, None, None, {"hidden": True})
    result = entities(store, path)
    assert (counts(result), result.hidden_rows) == ((3, 3, 0, 0, 0), 2)
    assert entities(store, xlsx(tmp_path / "b.xlsx", {"a": [HEADER]})).hidden_rows == 0


def test_columns_are_named_as_a_spreadsheet_does() -> None:
    assert [column_letters(place) for place in (0, 25, 26, 701, 702)] == [
        "A",
        "Z",
        "AA",
        "ZZ",
        "AAA",
    ]
