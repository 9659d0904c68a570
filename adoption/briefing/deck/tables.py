"""A Table as a table of PowerPoint's own."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.slide import Slide as Page
from pptx.util import Inches

from adoption.briefing.content import Table
from adoption.briefing.deck.boxes import Box
from adoption.briefing.deck.master import GREY, INK, PRIMARY, SHADE, WHITE, rgb
from adoption.briefing.deck.shapes import describe, text_box, write
from adoption.formats import number_text
from adoption.text.fit import SAFETY, ems, height_of, line_count

SIZES = (20, 18, 16, 14, 13, 12, 11, 10)
READABLE = 13
PADDING, ROW_PADDING = 0.12, 0.16  # inches: left and right each; above and below together
SHORT, NARROW, LONG = 14, 10, 50  # ems of a cell
TITLE = 0.45  # inches
# Of no style: PowerPoint's own has colours of its own.
NO_STYLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"


def add_table(page: Page, box: Box, table: Table, with_title: bool) -> None:
    """`with_title`: beside another figure it says what it is of, and is as high."""
    if with_title:
        frame = text_box(page, box._replace(height=TITLE), MSO_ANCHOR.MIDDLE)
        write(frame, [table.title], 14, GREY, bold=True)
        box = box.below(TITLE)
    rows = [table.columns, *[tuple(map(_written, row)) for row in table.rows]]
    widths = _column_widths(rows, box.width)
    # Long texts are read, not glanced at; and a table's parts are alike.
    sizes = [size for size in SIZES if size <= READABLE or not _is_long(rows)]
    size = next((size for size in sizes if _fits(rows, widths, size, box.height)), sizes[-1])
    heights = _row_heights(rows, widths, size)
    if with_title:
        heights = [max(height, min(0.8 * box.height / len(rows), 0.6)) for height in heights]
    frame = page.shapes.add_table(len(rows), len(widths), *box._replace(height=sum(heights)).emu)
    made = frame.table
    made._tbl.tblPr.find(qn("a:tableStyleId")).text = NO_STYLE
    for column, width in zip(made.columns, widths, strict=True):
        column.width = Inches(width)
    are_numbers = [all(map(_is_number, cells)) for cells in zip(*table.rows, strict=True)]
    for number, (row, height) in enumerate(zip(rows, heights, strict=True)):
        made.rows[number].height = Inches(height)
        for place, words in enumerate(row):
            cell = made.cell(number, place)
            cell.fill.solid()
            shade = PRIMARY if number == 0 else WHITE if number % 2 else SHADE
            cell.fill.fore_color.rgb = rgb(shade)
            align = PP_ALIGN.RIGHT if are_numbers[place] else PP_ALIGN.LEFT
            _write_cell(cell, words, size, align, is_head=number == 0)
    describe(frame, table.title, _alt(table))


def _alt(table: Table) -> str:
    return f"{table.title} ({' / '.join(table.columns)})"


_NUMBER = re.compile(r"[+−-]?[\d,.]+%?")


def _is_number(cell: str | int) -> bool:
    return isinstance(cell, int) or _NUMBER.fullmatch(cell) is not None


def _written(cell: str | int) -> str:
    return cell if isinstance(cell, str) else number_text(cell)


def _write_cell(cell: Any, words: str, size: float, align: PP_ALIGN, is_head: bool) -> None:
    cell.margin_left = cell.margin_right = Inches(PADDING)
    cell.margin_top = cell.margin_bottom = Inches(ROW_PADDING / 2)
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    write(cell.text_frame, [words], size, WHITE if is_head else INK, is_head, align)


def _column_widths(rows: Sequence[Sequence[str]], width: float) -> list[float]:
    """In inches: as their longest cells ask; beside long texts the others are narrow."""
    longest = [max(map(ems, cells)) for cells in zip(*rows, strict=True)]
    most = NARROW if _is_long(rows) else LONG
    wanted = [(LONG if each > LONG else min(each, most)) + 2 for each in longest]
    return [width * each / sum(wanted) for each in wanted]


def _is_long(rows: Sequence[Sequence[str]]) -> bool:
    return any(ems(words) > LONG for row in rows for words in row)


def _fits(
    rows: Sequence[Sequence[str]], widths: Sequence[float], size: float, height: float
) -> bool:
    """Whether the rows fit; in a table without long texts, its short cells in one line each."""
    in_lines = _is_long(rows) or all(
        line_count(words, _inside(width) * 72 / size * SAFETY) == 1
        for row in rows
        for words, width in zip(row, widths, strict=True)
        if ems(words) <= SHORT
    )
    return in_lines and sum(_row_heights(rows, widths, size)) <= height


def pages_of(table: Table, width: float, height: float) -> list[Table]:
    """The table in as few parts as fit at READABLE points, about as long as each other."""
    rows = [tuple(map(_written, row)) for row in (table.columns, *table.rows)]
    head, *heights = _row_heights(rows, _column_widths(rows, width), READABLE)
    room = height - head
    needed = len(_parts(heights, room, room))
    parts = _parts(heights, room, sum(heights) / needed)
    return [replace(table, rows=table.rows[part.start : part.stop]) for part in parts]


def _parts(heights: Sequence[float], room: float, enough: float) -> list[range]:
    """The rows of each part: no more than there is room for, and none after it has enough."""
    parts, first, used = [], 0, 0.0
    for number, height in enumerate(heights):
        if number > first and (used + height > room or used >= enough):
            parts.append(range(first, number))
            first, used = number, 0.0
        used += height
    return [*parts, range(first, len(heights))]


def _inside(width: float) -> float:
    """Of a column, with some to spare: a row that grows pushes those below it off the page."""
    return 0.95 * (width - 2 * PADDING)


def _row_heights(
    rows: Sequence[Sequence[str]], widths: Sequence[float], size: float
) -> list[float]:
    return [
        ROW_PADDING
        + max(
            height_of([words], size, _inside(width))
            for words, width in zip(row, widths, strict=True)
        )
        for row in rows
    ]
