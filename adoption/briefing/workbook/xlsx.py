"""Sheets as an Excel workbook: typed cells, titles that stay in view, filters, native charts."""

import io
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

from adoption.briefing.workbook.chart_data import data_sheet
from adoption.briefing.workbook.sheets import (
    BLUE,
    FONTS,
    GREY,
    SHADE,
    Cell,
    Sheet,
    cell_text,
    lines,
)
from adoption.charts.chart import Chart, Question
from adoption.charts.renderers import xlsx
from adoption.language import Language

# Excel and LibreOffice write [$-404]e as the year of the Republic.
_DAYS: dict[Language, dict[str, str]] = {
    "zh": {
        "day": "[$-404]e/mm/dd",
        "month": '[$-404]e"年"m"月"',
        "year": '[$-404]e"年"',
        "moment": "[$-404]e/mm/dd hh:mm",
    },
    "en": {
        "day": "yyyy-mm-dd",
        "month": "[$-409]mmm yyyy",
        "year": "yyyy",
        "moment": "yyyy-mm-dd hh:mm",
    },
}
_NUMBERS = {"count": "#,##0", "known": "#,##0", "share": "0.0%", "number": "#,##0.0"}
_WRAPPED: dict[str, Any] = {"text_wrap": True, "valign": "top"}
_HEADER = {"text_wrap": True, "valign": "vcenter", "bold": True, "bg_color": SHADE, "bottom": 1}
_INDENTED = {"align": "left", "indent": 1}  # away from the number in the column before
_HIGHEST = 409  # points, of a row in Excel
_LINE = 16.5  # points, of the font above
_LOOKS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 14},
    "source": {"font_color": GREY},
    "heading": {"bold": True, "font_size": 12},
    "header": {**_HEADER, **_INDENTED},
    "number_header": {**_HEADER, "align": "right"},
    "label": {"bold": True, "valign": "top"},
    "link": {**_WRAPPED, **_INDENTED, "font_color": BLUE, "underline": 1},
    **{style: {**_WRAPPED, **_INDENTED} for style in ("text", "code", "flag")},
}
_SHORT = 30  # rows
_A4 = 9


def written(question: Question, sheets: Sequence[Sheet], charts: Sequence[Chart]) -> bytes:
    """The file. Charts stand beside the tables of their metrics."""
    file = io.BytesIO()
    font = {"font_name": FONTS[question.language], "font_size": 11}
    with xlsxwriter.Workbook(file, {"in_memory": True, "default_format_properties": font}) as book:
        # Of the day asked about, not of the clock.
        stamp = datetime.combine(question.selection.as_of, time.min)
        book.set_properties({"title": sheets[0].rows[0][0].value, "created": stamp})
        formats = _formats(book, question.language)
        pages = {sheet.key: _page(book, sheet, formats) for sheet in sheets}
        if charts:
            name = question.say("Chart data")
            specs = [chart.spec.without_gaps() for chart in charts]
            data, headers = data_sheet(question, specs, name)
            _page(book, data, formats)
            places = {sheet.key: _beside(sheet) for sheet in sheets}
            below: Counter[str] = Counter()
            for chart, spec, header in zip(charts, specs, headers, strict=True):
                key = chart.metric.key
                pages[key].insert_chart(
                    *places[key],
                    xlsx.chart(book, spec, name, header),
                    {
                        "y_offset": below[key],
                        "object_position": 3,  # where it is, whatever the filter hides
                        "description": cell_text(spec.alt),
                    },
                )
                below[key] += xlsx.height(spec) + 20
    return file.getvalue()


def _beside(sheet: Sheet) -> tuple[int, int]:
    """Where charts begin: below a short table, to the right of a long one."""
    if len(sheet.rows) <= _SHORT:
        return len(sheet.rows) + 1, 0
    return sheet.header or 0, len(sheet.widths) + 1


def _formats(book: Any, language: Language) -> dict[str, Any]:
    numbers = {**_NUMBERS, **_DAYS[language]}
    looks = dict(_LOOKS)
    for style, number in numbers.items():
        side = _INDENTED if style in _DAYS[language] else {"align": "right"}
        looks[style] = {"num_format": number, "valign": "top", **side}
    return {style: book.add_format(look) for style, look in looks.items()}


def _page(book: Any, sheet: Sheet, formats: dict[str, Any]) -> Any:
    page = book.add_worksheet(sheet.name)
    for place, wide in enumerate(sheet.widths):
        page.set_column(place, place, wide)
    page.set_default_row(_LINE)
    for number, row in enumerate(sheet.rows):
        if (needed := lines(row, sheet.widths)) > 1:
            page.set_row(number, min(needed * _LINE, _HIGHEST))
        for place, cell in enumerate(row):
            _write(page, number, place, cell, formats[cell.style])
    if sheet.header is not None:
        page.freeze_panes(sheet.header + 1, 0)
        page.repeat_rows(sheet.header)
        page.autofilter(sheet.header, 0, len(sheet.rows) - 1, len(sheet.widths) - 1)
    page.set_landscape()
    page.set_paper(_A4)
    page.fit_to_pages(1, 1 if len(sheet.rows) <= _SHORT else 0)
    page.set_footer("&L&A&R&P / &N")
    return page


def _write(page: Any, row: int, column: int, cell: Cell, look: Any) -> None:
    match cell.value:
        case None:
            pass
        case str() as text if cell.style == "link":
            page.write_url(row, column, f"internal:'{text}'!A1", look, text)
        case str() as text:
            page.write_string(row, column, text, look)
        case date() as day:
            page.write_datetime(row, column, day, look)
        case number:
            page.write_number(row, column, number, look)
