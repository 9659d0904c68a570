"""Sheets as an OpenDocument spreadsheet, which Taiwan's public offices must accept.

The file is written as the standard has it, a zip of a few XML parts: each cell once, as text. The
same cells as objects of a library's tree take several times as long.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from xml.sax.saxutils import escape, quoteattr

from adoption.briefing.workbook import odsparts
from adoption.briefing.workbook.sheets import Cell, Sheet, lines
from adoption.charts.chart import Question
from adoption.formats import month_text, number_text, percent_text, short_day_text, year_text
from adoption.language import Language

_MEDIA_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
_STAMP = (1980, 1, 1, 0, 0, 0)  # the same records give the same file
_DAYS = {"day": short_day_text, "moment": short_day_text, "month": month_text, "year": year_text}
# XML makes one of several blanks, unless they are counted.
_BLANKS = re.compile(r"^ +| +$| {2,}")


def written(question: Question, sheets: Sequence[Sheet]) -> bytes:
    """The file."""
    title = str(sheets[0].rows[0][0].value)
    parts = {
        "content.xml": _content(question.language, sheets),
        "styles.xml": odsparts.styles(question.language),
        "settings.xml": odsparts.settings({sheet.name: sheet.header for sheet in sheets}),
        "meta.xml": odsparts.meta(title, question.language, question.selection.as_of),
    }
    parts["META-INF/manifest.xml"] = odsparts.manifest(_MEDIA_TYPE, parts)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        # First and as it is, so that the file is known by its first bytes.
        packed.writestr(zipfile.ZipInfo("mimetype", _STAMP), _MEDIA_TYPE, zipfile.ZIP_STORED)
        for name, text in parts.items():
            packed.writestr(zipfile.ZipInfo(name, _STAMP), text, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def _content(language: Language, sheets: Sequence[Sheet]) -> str:
    widths = {wide for sheet in sheets for wide in sheet.widths}
    heights = {lines(row, sheet.widths) for sheet in sheets for row in sheet.rows}
    tables = "".join(piece for sheet in sheets for piece in _table(sheet, language))
    filters = "".join(_filter(sheet, number) for number, sheet in enumerate(sheets))
    return odsparts.part(
        "document-content",
        f"{odsparts.looks(language, widths, heights)}<office:body><office:spreadsheet>{tables}"
        f"<table:database-ranges>{filters}</table:database-ranges></office:spreadsheet>"
        "</office:body>",
    )


def _table(sheet: Sheet, language: Language) -> Iterator[str]:
    yield f'<table:table table:name={quoteattr(sheet.name)} table:style-name="sheet">'
    for wide in sheet.widths:
        yield f'<table:table-column table:style-name="wide{wide}"/>'
    for number, row in enumerate(sheet.rows):
        cells = "".join(_cell(cell, language) for cell in row) or "<table:table-cell/>"
        made = f'<table:table-row table:style-name="lines{lines(row, sheet.widths)}">{cells}'
        made += "</table:table-row>"
        # On every printed page.
        is_header = number == sheet.header
        yield f"<table:table-header-rows>{made}</table:table-header-rows>" if is_header else made
    yield "</table:table>"


def _cell(cell: Cell, language: Language) -> str:
    """Its value with its type, and how it reads."""
    match cell.value:
        case None:
            return "<table:table-cell/>"
        case str() as text:
            typed, read = 'office:value-type="string"', _text(text)
            if cell.style == "link":
                to = quoteattr(f"#'{text}'.A1")
                read = f'<text:a xlink:type="simple" xlink:href={to}>{read}</text:a>'
        case date() as day:
            typed = f'office:value-type="date" office:date-value="{day.isoformat()}"'
            read = _DAYS[cell.style](day, language)
            if isinstance(day, datetime):
                read += f" {day:%H:%M}"
        case number if cell.style == "share":
            typed = f'office:value-type="percentage" office:value="{number!r}"'
            read = percent_text(number)
        case number:
            typed = f'office:value-type="float" office:value="{number!r}"'
            read = number_text(number, 1 if cell.style == "number" else 0)
    return (
        f'<table:table-cell table:style-name="{cell.style}" {typed}><text:p>{read}</text:p>'
        "</table:table-cell>"
    )


def _text(text: str) -> str:
    return _BLANKS.sub(lambda blanks: f'<text:s text:c="{len(blanks[0])}"/>', escape(text))


def _filter(sheet: Sheet, number: int) -> str:
    """The buttons that filter the table."""
    if sheet.header is None:
        return ""
    name = sheet.name.replace("'", "''")
    first, last = f"A{sheet.header + 1}", f"{_letters(len(sheet.widths))}{len(sheet.rows)}"
    cells = quoteattr(f"'{name}'.{first}:'{name}'.{last}")
    return (
        f'<table:database-range table:name="table{number}" table:display-filter-buttons="true" '
        f"table:target-range-address={cells}/>"
    )


def _letters(column: int) -> str:
    """The name of the column that is this many from the left: A for 1, AA for 27."""
    before, place = divmod(column - 1, 26)
    return (_letters(before) if before else "") + chr(ord("A") + place)
