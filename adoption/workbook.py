"""A table as an Excel workbook that runs nothing."""

import io

import pandas as pd
import xlsxwriter  # type: ignore[import-untyped]

from adoption.text.formulas import harmless


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
        page.write_string(len(rows) + 2, 0, source)
        page.autofit()
    return file.getvalue()
