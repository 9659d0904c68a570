"""What stands on a slide below its title: facts, sentences, panels, charts and tables."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.slide import Slide as Page
from pptx.util import Inches, Pt

from adoption.briefing import native
from adoption.briefing.boxes import Box
from adoption.briefing.content import Fact, Panel, Plot, Table
from adoption.briefing.master import GREY, INK, PRIMARY, SHADE, rgb
from adoption.briefing.text import SAFETY, SPACING, fitting_size, height_of, line_count
from adoption.charts.theme import ems
from adoption.formats import number_text

SAYS_SIZES = (20, 18, 16, 14, 12)
FACT_SIZES, NOTE_SIZES = (34, 28, 24, 20), (14, 13, 12, 11)
LINE_SIZES = (22, 20, 18, 16, 14, 12)
HEAD_SIZES = (20, 18, 16, 14, 12)
CELL_SIZES = (20, 18, 16, 14, 13, 12, 11, 10)
READABLE = 14
CELL_PADDING = 0.12  # inches, left and right; half of it above and below
SHORT_CELL, NARROW, LONG_CELL = 14, 10, 50  # ems
TABLE_TITLE = 0.45
FACT_HEIGHT = 1.35
GAP = 0.35
PANEL_HEAD = 1.0
WHITE = "FFFFFF"
# Of no style: PowerPoint's own has colours of its own.
PLAIN_TABLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"


def write(
    frame: Any,
    paragraphs: Sequence[str],
    size: float,
    colour: str | None = None,
    bold: bool = False,
    align: PP_ALIGN | None = None,
) -> None:
    """Add `paragraphs` to a text frame; without a colour they have the placeholder's."""
    frame.word_wrap = True
    for words in paragraphs:
        first = frame.paragraphs[0]
        paragraph = first if not first.runs else frame.add_paragraph()
        if align is not None:
            paragraph.alignment = align
        run = paragraph.add_run()
        run.text = words
        run.font.size = Pt(size)
        if bold:
            run.font.bold = True
        if colour is not None:
            run.font.color.rgb = rgb(colour)


def text_box(page: Page, box: Box, anchor: MSO_ANCHOR = MSO_ANCHOR.TOP) -> Any:
    """The frame of an empty text box without insets."""
    frame = page.shapes.add_textbox(*box.emu).text_frame
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    frame.vertical_anchor = anchor
    return frame


def add_facts(page: Page, box: Box, facts: Sequence[Fact]) -> None:
    height = FACT_HEIGHT - 0.2
    for place, fact in zip(box.columns([1] * len(facts), GAP), facts, strict=True):
        mark = place._replace(width=0.05, height=height)
        _fill(page.shapes.add_shape(MSO_SHAPE.RECTANGLE, *mark.emu), PRIMARY)
        width = place.width - 0.2
        frame = text_box(page, Box(place.left + 0.2, place.top, width, height))
        small = min(
            fitting_size([words], width, 0.3, NOTE_SIZES) for words in (fact.label, fact.note)
        )
        write(frame, [fact.label], small, GREY)
        write(
            frame, [fact.value], fitting_size([fact.value], width, 0.7, FACT_SIZES), PRIMARY, True
        )
        write(frame, [fact.note], small, GREY)


def add_says(frame: Any, says: Sequence[str], size: float) -> None:
    """One sentence as it is, several as a list: whatever the template does of itself."""
    write(frame, says, size)
    for paragraph in frame.paragraphs:
        if len(says) > 1:
            _bullet(paragraph, size)
        else:
            _indent(paragraph, 0, "<a:buNone {}/>")


def says_height(says: Sequence[str], width: float, height: float) -> tuple[float, float]:
    """The size of the sentences' letters, and how high they are in `width`."""
    size = fitting_size(says, width, height, SAYS_SIZES)
    return size, min(height, height_of(says, size, width) + 0.1 * len(says))


def add_panels(page: Page, box: Box, panels: Sequence[Panel]) -> None:
    places = box.columns([1] * len(panels), GAP)
    width = places[0].width
    heads = [words for panel in panels for words in (panel.title, panel.count)]
    head = min(fitting_size([words], width - 0.4, 0.4, HEAD_SIZES) for words in heads)
    room = box.height - PANEL_HEAD - 0.3
    size = min(_panel_size(panel, width - 0.8, room) for panel in panels)
    for place, panel in zip(places, panels, strict=True):
        title = page.shapes.add_shape(MSO_SHAPE.RECTANGLE, *place._replace(height=PANEL_HEAD).emu)
        _fill(title, panel.colour)
        title.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE
        words = (panel.title, panel.count)
        write(title.text_frame, words, head, WHITE, bold=True, align=PP_ALIGN.CENTER)
        body = page.shapes.add_shape(MSO_SHAPE.RECTANGLE, *place.below(PANEL_HEAD).emu)
        _fill(body, SHADE)
        frame = body.text_frame
        frame.margin_left, frame.margin_right = Inches(0.3), Inches(0.2)
        frame.margin_top = Inches(0.1)
        frame.vertical_anchor = MSO_ANCHOR.TOP
        write(frame, panel.lines, size, INK, align=PP_ALIGN.LEFT)
        for paragraph in frame.paragraphs:
            paragraph.space_before = Pt(size / 2)
            _bullet(paragraph, size)


def _panel_size(panel: Panel, width: float, height: float) -> float:
    """At which its lines fit, with half a line before each."""
    return next(
        (
            size
            for size in LINE_SIZES
            if height_of(panel.lines, size, width) + len(panel.lines) * size / 144 <= height
        ),
        LINE_SIZES[-1],
    )


def _bullet(paragraph: Any, size: float) -> None:
    """A list's mark before it, for which the line is set in."""
    indent = round(size * 12_700)
    _indent(paragraph, indent, '<a:buFont {} typeface="Arial"/>', '<a:buChar {} char="•"/>')


def _indent(paragraph: Any, indent: int, *marks: str) -> None:
    properties = paragraph._p.get_or_add_pPr()
    properties.set("marL", str(indent))
    properties.set("indent", str(-indent))
    for mark in marks:
        properties.append(parse_xml(mark.format(nsdecls("a"))))


def _fill(shape: Any, colour: str) -> None:
    shape.fill.solid()
    shape.fill.fore_color.rgb = rgb(colour)
    shape.line.fill.background()
    shape.shadow.inherit = False


def add_plot(page: Page, box: Box, plot: Plot, lang: str) -> None:
    frame = page.shapes.add_chart(native.KINDS[plot.kind], *box.emu, native.chart_data(plot))
    native.style(frame.chart, plot, 14 if box.width > 8 else 13, lang, box.width, box.height)
    _describe(frame, plot.title, plot.alt)


def _describe(frame: Any, title: str, alt: str) -> None:
    """What a screen reader says of a chart or table."""
    properties = frame._element.nvGraphicFramePr.cNvPr
    properties.set("name", title)
    properties.set("descr", alt)


def add_table(page: Page, box: Box, table: Table, with_title: bool) -> None:
    """`with_title`: beside another figure it says what it is of, and is as high."""
    if with_title:
        frame = text_box(page, box._replace(height=TABLE_TITLE), MSO_ANCHOR.TOP)
        write(frame, [table.title], 14, GREY, bold=True)
        box = box.below(TABLE_TITLE)
    rows = [table.columns, *[tuple(map(_written, row)) for row in table.rows]]
    widths = _column_widths(rows, box.width)
    size = next(
        (size for size in CELL_SIZES if _fits(rows, widths, size, box.height)), CELL_SIZES[-1]
    )
    heights = _row_heights(rows, widths, size)
    if with_title:
        heights = [max(height, min(0.8 * box.height / len(rows), 0.6)) for height in heights]
    frame = page.shapes.add_table(len(rows), len(widths), *box._replace(height=sum(heights)).emu)
    made = frame.table
    made._tbl.tblPr.find(qn("a:tableStyleId")).text = PLAIN_TABLE
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
    _describe(frame, table.title, _alt(table))


def _alt(table: Table) -> str:
    return f"{table.title}：{'、'.join(table.columns)}"


_NUMBER = re.compile(r"[+−-]?[\d,.]+%?")


def _is_number(cell: str | int) -> bool:
    return isinstance(cell, int) or _NUMBER.fullmatch(cell) is not None


def _written(cell: str | int) -> str:
    return cell if isinstance(cell, str) else number_text(cell)


def _write_cell(cell: Any, words: str, size: float, align: PP_ALIGN, is_head: bool) -> None:
    cell.margin_left = cell.margin_right = Inches(CELL_PADDING)
    cell.margin_top = cell.margin_bottom = Inches(CELL_PADDING / 2)
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    write(cell.text_frame, [words], size, WHITE if is_head else INK, is_head, align)


def _column_widths(rows: Sequence[Sequence[str]], width: float) -> list[float]:
    """In inches: as their longest cells ask; beside long texts the others are narrow."""
    longest = [max(map(ems, cells)) for cells in zip(*rows, strict=True)]
    most = NARROW if max(longest) > LONG_CELL else LONG_CELL
    wanted = [(LONG_CELL if each > LONG_CELL else min(each, most)) + 1.5 for each in longest]
    return [width * each / sum(wanted) for each in wanted]


def _fits(
    rows: Sequence[Sequence[str]], widths: Sequence[float], size: float, height: float
) -> bool:
    """Whether the rows fit, the short cells in one line."""
    short = (
        _lines(words, width, size) == 1
        for row in rows
        for words, width in zip(row, widths, strict=True)
        if ems(words) <= SHORT_CELL
    )
    return all(short) and sum(_row_heights(rows, widths, size)) <= height


def pages_of(table: Table, width: float, height: float) -> list[Table]:
    """The table in as many parts as can be read from afar: at READABLE points each fits."""
    rows = [tuple(map(_written, row)) for row in (table.columns, *table.rows)]
    widths = _column_widths(rows, width)
    head, *heights = _row_heights(rows, widths, READABLE)
    pages: list[list[tuple[str | int, ...]]] = [[]]
    used = head
    for row, each in zip(table.rows, heights, strict=True):
        if pages[-1] and used + each > height:
            pages.append([])
            used = head
        pages[-1].append(row)
        used += each
    return [replace(table, rows=tuple(page)) for page in pages]


def _lines(words: str, width: float, size: float) -> int:
    return line_count(words, (width - 2 * CELL_PADDING) * 72 / size * SAFETY)


def _row_heights(
    rows: Sequence[Sequence[str]], widths: Sequence[float], size: float
) -> list[float]:
    lines = (
        max(_lines(words, width, size) for words, width in zip(row, widths, strict=True))
        for row in rows
    )
    return [count * size * SPACING / 72 + CELL_PADDING for count in lines]
