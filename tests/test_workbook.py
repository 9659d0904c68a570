"""An Excel workbook, opened again."""

import io
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
