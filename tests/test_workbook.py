"""An Excel workbook, opened again."""

import io
import re
import zipfile

import pandas as pd
from python_calamine import CalamineWorkbook

from adoption.workbook import as_xlsx

ROWS = pd.DataFrame(
    {"統一編號": ["04595257", "00000001"], "縣市": ["=1+1", "http://example.tw"], "張數": [3, -4]}
)


def test_it_holds_the_rows_and_says_what_they_are() -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(as_xlsx(ROWS, "名單", "示範資料")))
    assert book.sheet_names == ["名單"]
    rows = book.get_sheet_by_name("名單").to_python()
    assert rows[:3] == [
        ["統一編號", "縣市", "張數"],
        ["04595257", "'=1+1", 3.0],  # zeros kept, the formula is text
        ["00000001", "http://example.tw", -4.0],
    ]
    assert rows[-1][0] == "示範資料"


def test_nothing_in_it_runs_or_leads_elsewhere() -> None:
    with zipfile.ZipFile(io.BytesIO(as_xlsx(ROWS, "名單", "=2+2"))) as packed:
        sheet = packed.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet


def test_columns_are_as_wide_as_chinese_signs_are() -> None:
    """Of PHPOffice/PhpSpreadsheet#3405: a program measuring them as Latin ones cuts the third."""
    rows = ROWS.assign(縣市=["高雄市", "臺北市"], 備註=["長" * 100, ""])
    book = io.BytesIO(as_xlsx(rows, "名單", "資料來源：" + "示範" * 40))
    with zipfile.ZipFile(book) as packed:
        sheet = packed.read("xl/worksheets/sheet1.xml").decode()
    widths = [round(float(each)) for each in re.findall(r'<col [^>]*width="([\d.]+)"', sheet)]
    holder, county, count, note = widths
    assert holder in range(10, 12)  # its title and eight digits; the note below is not measured
    assert county in range(8, 10)
    assert count in range(6, 8)
    assert note == 61
