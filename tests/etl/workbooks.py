"""The same table as a file of every format, as an office's programs would write it."""

import gzip
import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

import odfdo
import pyarrow as pa
import xlsxwriter
import xlwt
from pyarrow import parquet

Cell = str | float | date | None
Rows = Sequence[Sequence[Cell]]


def xlsx(path: Path, sheets: Mapping[str, Rows], hidden: Sequence[str] = ()) -> Path:
    book = xlsxwriter.Workbook(
        path, {"default_date_format": "yyyy/m/d", "strings_to_formulas": False}
    )
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for number, cells in enumerate(rows):
            for place, cell in enumerate(cells):
                if cell is not None:
                    sheet.write(number, place, cell)
        if name in hidden:
            sheet.hide()
    book.worksheets()[len(book.worksheets()) - 1].activate()
    book.close()
    return path


def xls(path: Path, sheets: Mapping[str, Rows], hidden: Sequence[str] = ()) -> Path:
    book = xlwt.Workbook(encoding="utf-8")
    days = xlwt.easyxf(num_format_str="yyyy/m/d")
    for name, rows in sheets.items():
        sheet = book.add_sheet(name)
        for number, cells in enumerate(rows):
            for place, cell in enumerate(cells):
                if isinstance(cell, date):
                    sheet.write(number, place, cell, days)
                elif cell is not None:
                    sheet.write(number, place, cell)
        if name in hidden:
            sheet.visibility = 1
    book.save(str(path))
    return path


def ods(path: Path, sheets: Mapping[str, Rows], hidden: Sequence[str] = ()) -> Path:
    document = odfdo.Document("spreadsheet")
    document.body.clear()
    for name, rows in sheets.items():
        table = odfdo.Table(name)
        for cells in rows:
            row = odfdo.Row()
            for cell in cells:
                row.append_cell(odfdo.Cell(cell))
            table.append_row(row)
        document.body.append(table)
    document.save(str(path))
    return path


def a_parquet(path: Path, sheets: Mapping[str, Rows], hidden: Sequence[str] = ()) -> Path:
    """The only table, its first row the names."""
    ((header, *rows),) = sheets.values()
    columns = [pa.array(list(column)) for column in zip(*rows, strict=True)]
    parquet.write_table(pa.table(columns, names=[str(cell) for cell in header]), path)
    return path


WRITERS: dict[str, Callable[..., Path]] = {
    "xlsx": xlsx,
    "xls": xls,
    "ods": ods,
    "parquet": a_parquet,
}


def gzipped(path: Path) -> Path:
    packed = path.with_name(path.name + ".gz")
    packed.write_bytes(gzip.compress(path.read_bytes()))
    return packed


def zipped(path: Path, **others: bytes) -> Path:
    packed = path.with_name(path.name + ".zip")
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(path, f"匯出/{path.name}")
        for name, content in others.items():
            archive.writestr(name.replace("__", "."), content)
    return packed


def rezipped(path: Path, change: Callable[[str, bytes], bytes], **more: bytes) -> Path:
    """A zip with its entries changed, and more of them."""
    content = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        for name, added in more.items():
            new.writestr(name, added)
    path.write_bytes(content.getvalue())
    return path
