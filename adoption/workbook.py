"""A table as an Excel workbook that runs nothing."""

import io

import pandas as pd
import xlsxwriter  # type: ignore[import-untyped]

from adoption.text.formulas import harmless
from adoption.text.widths import width

# In digits; what is longer is cut on screen and whole in the cell.
WIDEST = 60


def as_xlsx(rows: pd.DataFrame, sheet: str, source: str) -> bytes:
    """`rows` under their titles on one sheet; below them `source`, what they are of."""
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        page = book.add_worksheet(sheet)
        page.write_row(0, 0, list(rows.columns), book.add_format({"bold": True}))
        page.freeze_panes(1, 0)
        for number, row in enumerate(rows.itertuples(index=False, name=None), start=1):
            # A formula would run once its cell is edited, or saved as CSV and opened again.
            page.write_row(number, 0, [harmless(cell) for cell in row])
        for place, title in enumerate(rows.columns):
            texts = [str(title), *map(str, rows.iloc[:, place])]
            page.set_column(place, place, min(WIDEST, max(map(width, texts)) + 2))
        # Not measured: it goes on over the empty cells beside it.
        page.write_string(len(rows) + 2, 0, source)
    return file.getvalue()
