"""Quoted cells that swallowed rows: a stray quote opens, and all up to the next one is one cell.

Such a cell parses well. What gives it away is that lines within it have as many delimiters as the
header has: they are rows.
"""

import csv
import io
import re
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from etl.files.layout import Layout, Open
from etl.mapping.headers import UnreadableFile

_BREAK = r"\r\n?|\n"
_ANY_BREAK = re.compile(_BREAK)


class SwallowedRows(Exception):  # noqa: N818 (it says what was seen)
    """A quote of `row_number` swallowed rows, `lines_before` lines below that row's first."""

    def __init__(self, row_number: int, lines_before: int) -> None:
        super().__init__(row_number)
        self.row_number = row_number
        self.lines_before = lines_before


class OpenQuote(SwallowedRows):
    """A quote swallowed all rows down to the end of the file, where it is still open."""


def count_breaks(text: str) -> int:
    return len(_ANY_BREAK.findall(text))


def is_swallowing(cell: str, before: int, after: int, delimiter: str, width: int) -> bool:
    """Whether `cell`, with so many cells before and after it in its row, holds other rows.

    Either a whole line within it is a row, or its first and its last line complete one each.
    """
    lines = _ANY_BREAK.split(cell)
    if len(lines) < 2:
        return False
    delimiters = [line.count(delimiter) for line in lines]
    if width - 1 in delimiters[1:-1]:
        return True
    return before + delimiters[0] == width - 1 == delimiters[-1] + after


def refuse_swallowing(cells: Sequence[str], row_number: int, delimiter: str, width: int) -> None:
    """Raises SwallowedRows where a cell of the row does that."""
    for place, cell in enumerate(cells):
        if is_swallowing(cell, place, len(cells) - 1 - place, delimiter, width):
            raise SwallowedRows(row_number, sum(map(count_breaks, cells[:place])))


def breaks_in(row_numbers: "np.ndarray", rows: pa.RecordBatch, delimiter: str) -> int:
    """How many line breaks stand inside the cells. Raises SwallowedRows."""
    places = [place for place, column in enumerate(rows.columns) if _may_have_break(column)]
    breaks = 0
    for place in places:
        column = rows.column(place)
        breaks += pc.sum(pc.count_substring_regex(column, _BREAK)).as_py() or 0
        # A row needs that many delimiters: of millions of addresses on two lines none is looked at.
        enough = pc.greater_equal(pc.count_substring(column, delimiter), rows.num_columns - 1)
        for index in np.flatnonzero(pc.fill_null(enough, False).to_numpy(False)).tolist():
            cells = [column[index].as_py() or "" for column in rows.columns]
            refuse_swallowing(cells, int(row_numbers[index]), delimiter, rows.num_columns)
    return breaks


def _may_have_break(column: pa.Array) -> bool:
    data = column.buffers()[2]
    if data is None:
        return False
    signs = np.frombuffer(data, np.uint8)
    return bool((signs == 10).any() or (signs == 13).any())


def swallowed(name: str, open_text: Open, layout: Layout, found: SwallowedRows) -> UnreadableFile:
    line = _first_line(open_text, layout, found.row_number) + found.lines_before
    if isinstance(found, OpenQuote):
        return UnreadableFile(
            f"{name}：第 {line:,} 行的引號到檔案結尾都沒有關閉；請補上或刪除那個引號",
            f"{name}: the quotation mark that opens on line {line:,} is never closed; "
            "close or remove it",
        )
    return UnreadableFile(
        f"{name}：第 {line:,} 行的引號把後面的資料列都包進同一格；請補上或刪除那個引號",
        f"{name}: the quotation mark that opens on line {line:,} takes the rows after it into one "
        "cell; close or remove it",
    )


def endless_line(open_text: Open, layout: Layout) -> int:
    """The line on which the first row with an endless cell begins."""
    return _first_line(open_text, layout, None)


def _first_line(open_text: Open, layout: Layout, row_number: int | None) -> int:
    """The physical line on which a row begins, or the first that cannot be read; else the last.

    Reads the file again up to there: only for a sentence about what is wrong with it.
    """
    line = 1
    with open_text() as file:
        text = io.TextIOWrapper(file, "utf-8", "replace", newline="")
        reader = csv.reader(text, delimiter=layout.delimiter, quoting=layout.quoting)
        try:
            for number, _ in enumerate(reader, 1):
                if number == row_number:
                    break
                line = reader.line_num + 1
        except csv.Error:  # a cell longer than any
            pass
    return line
