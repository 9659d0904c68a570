"""A table as a file, as the programs of an office write it."""

import csv
import io
import json
from collections.abc import Callable
from datetime import date
from html import escape
from pathlib import Path
from random import Random

import xlsxwriter

from tests.etl.workbooks import xls as xls_book
from tests.offices.habits import Table
from tests.offices.writing import Cell, as_text

ENCODINGS = ("utf-8", "utf-8-sig", "cp950", "cp950", "utf-16")


def _text(rng: Random, path: Path, t: Table, delimiter: str) -> None:
    out = io.StringIO(newline="")
    quoting = csv.QUOTE_ALL if t.is_quoted else csv.QUOTE_MINIMAL
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n", quoting=quoting)
    rows = [[as_text(cell) for cell in row.cells] for row in t.grid]
    for number, place in t.stray_quotes:
        if number < len(rows) and place < len(rows[number]):
            rows[number][place] = "\0" + rows[number][place]  # not quoted by the writer
    writer.writerows(rows)
    content = out.getvalue().replace('"\0', '""').replace("\0", '"')
    path.write_bytes(content.encode(rng.choice(ENCODINGS), "replace"))


def _csv(rng: Random, path: Path, t: Table) -> None:
    _text(rng, path, t, ",")


def _tsv(rng: Random, path: Path, t: Table) -> None:
    _text(rng, path, t, "\t")


def _xlsx(rng: Random, path: Path, t: Table) -> None:
    book = xlsxwriter.Workbook(path, {"default_date_format": "yyyy/m/d", "date_1904": t.since_1904})
    for name, rows in t.other_sheets.items():
        other = book.add_worksheet(name)
        for number, cells in enumerate(rows):
            other.write_row(number, 0, cells)
    sheet = book.add_worksheet("清冊")
    for number, row in enumerate(t.grid):
        for place, cell in enumerate(row.cells):
            if place in t.formulas and isinstance(cell, str) and cell and row.record:
                sheet.write_formula(number, place, f'="{cell}"', None, cell)
            elif isinstance(cell, str) and cell:
                sheet.write_string(number, place, cell)
            elif cell is not None and cell != "":
                sheet.write(number, place, cell)
        if any(row is hidden for hidden in t.hidden):
            sheet.set_row(number, None, None, {"hidden": True})
    for first, last, place in t.merges:
        top = t.grid.index(first)
        sheet.merge_range(top, place, t.grid.index(last), place, "")
        sheet.write(top, place, first.cells[place])
    book.close()


def _xls(rng: Random, path: Path, t: Table) -> None:
    xls_book(path, {"清冊": [row.cells for row in t.grid]})


def _html(rng: Random, path: Path, t: Table) -> None:
    merges = {
        (id(first), at): t.grid.index(last) - t.grid.index(first) + 1
        for first, last, at in t.merges
    }
    covered = {
        (id(row), at)
        for first, last, at in t.merges
        for row in t.grid[t.grid.index(first) + 1 : t.grid.index(last) + 1]
    }
    lines = ['<html><meta charset="utf-8"><table border=1>']
    for row in t.grid:
        cells = [
            f"<td rowspan={merges.get((id(row), at), 1)}>{_markup(cell)}</td>"
            for at, cell in enumerate(row.cells)
            if (id(row), at) not in covered
        ]
        lines.append(f"<tr>{''.join(cells)}</tr>")
    path.write_text("\n".join([*lines, "</table></html>"]), "utf-8")


def _markup(cell: Cell) -> str:
    return escape(as_text(cell)).replace("\n", "<br>") or "&nbsp;"


def _json(rng: Random, path: Path, t: Table) -> None:
    records = [dict(zip(map(str, t.header.cells), row.cells, strict=False)) for row in t.rows]
    path.write_text(json.dumps(records, ensure_ascii=False, default=_json_day), "utf-8")


def _json_day(day: date) -> str:
    return day.isoformat()


WRITE: dict[str, Callable[[Random, Path, Table], None]] = {
    "csv": _csv,
    "tsv": _tsv,
    "xlsx": _xlsx,
    "xls": _xls,
    "html": _html,
    "json": _json,
}
