"""A sheet before it is in a file: typed cells, of which .xlsx and .ods are both written.

Words are in the language asked; days, counts and shares keep their type, and the file says how they
read. Text is text: a spreadsheet runs none of it, whatever a name begins with or holds.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Literal, NamedTuple

import pandas as pd

from adoption.briefing.text import plain
from adoption.charts import codes
from adoption.charts.chart import Question
from adoption.formats import number_text
from adoption.language import Language, say
from adoption.metrics import Metric
from adoption.metrics.metric import Kind
from adoption.text.formulas import harmless
from adoption.text.widths import width

# What a cell holds decides how it looks; beside the kinds of a metric's columns there are these.
Style = (
    Kind
    | Literal["title", "source", "heading", "label", "header", "number_header", "moment", "link"]
)

# Of a Chinese Windows and of a foreign one; an office suite without them takes its own.
FONTS: dict[Language, str] = {"zh": "Microsoft JhengHei", "en": "Calibri"}
GREY, BLUE, SHADE = "#5f6570", "#1f5fa8", "#e8ebf0"
NUMBERS = ("count", "known", "share", "number")
WRAPPED = ("text", "code", "flag", "header", "number_header", "link")
LONGEST_TEXT = 32_767  # of a cell, in Excel
LONGEST_NAME = 31  # of a sheet
WIDEST, NARROWEST = 44, 11  # columns, in digits
ONE_LINE = 18  # titles up to this width have one
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")

# English titles that are longer than the name of a sheet may be. The Chinese ones all fit.
_SHORT_TITLES = {
    "renewal_timing": "Time from mail to renewal",
    "integration_plan": "Integration, plan and actual",
    "valid_over_time": "Valid and holders over time",
    "adoption_rate": "Rate by county and type",
    "adoption_rate_by_type": "Rate by organisation type",
    "expiring_by_county": "Expiring by county",
    "expiring_by_week": "Expiring in 52 weeks",
    "expiring_by_month": "Expiring in 24 months",
    "lapse_forecast": "Forecast of lapses, 24 months",
    "reminder_stages": "Reminder stages reached",
    "reminder_stages_by_month": "Stages reached by expiry month",
    "reminder_journey": "Outcomes by expiry month",
    "reminder_outcomes": "Outcomes of the journey (%)",
    "reminder_conversion": "What came of each stage",
    "renewal_survival": "Not yet renewed (%)",
    "mail_delivery": "Mails due, sent and delivered",
    "certificates_to_date": "Issued, ended, expired to date",
}


class Cell(NamedTuple):
    """None is an empty cell. A share is a part of a whole, 0 to 1; a link's value is the name of
    the sheet that it leads to."""

    value: str | float | date | datetime | None
    style: Style


@dataclass(frozen=True)
class Sheet:
    """Rows of cells from the upper left. `widths` are those of its columns, in digits; `key` is
    that of the metric that it is of, if it is of one.

    The row numbered `header` has the titles of the table below it, and stays in view; None: the
    sheet has more than one table.
    """

    name: str
    rows: Sequence[Sequence[Cell]]
    widths: Sequence[int]
    header: int | None = None
    key: str = ""


@lru_cache(maxsize=10_000)
def cell_text(text: str) -> str:
    """`text` as a cell holds it: one line, without what XML forbids, and nothing that would run."""
    marked: str = harmless(text)
    # What is left out can have stood before what would run.
    line: str = plain(marked) if marked != text else harmless(plain(text))
    return line if len(line) <= LONGEST_TEXT else line[: LONGEST_TEXT - 1] + "…"


def titled(title: str, kind: Kind) -> Cell:
    """The title of a column; it stands over numbers where they stand."""
    return Cell(cell_text(title), "number_header" if kind in NUMBERS else "header")


def sheet_names(metrics: Iterable[Metric], language: Language, *others: str) -> dict[str, str]:
    """Key -> the name of the metric's sheet: valid in Excel, no two alike, none that of others."""
    taken, names = {other.casefold() for other in others}, {}
    for metric in metrics:
        title = metric.title.in_language(language)
        if language == "en":
            title = _SHORT_TITLES.get(metric.key, title)
        names[metric.key] = _free_name(title, taken)
        taken.add(names[metric.key].casefold())
    return names


def _free_name(title: str, taken: set[str]) -> str:
    title = _NOT_IN_NAMES.sub(" ", cell_text(title)).strip("' ")
    name, number = _cut(title, LONGEST_NAME), 1
    while name.casefold() in taken:
        number += 1
        ending = f" ({number})"
        name = _cut(title, LONGEST_NAME - len(ending)) + ending
    return name


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def metric_sheet(
    question: Question, metric: Metric, rows: pd.DataFrame, name: str, source: str
) -> Sheet:
    """The metric's title, what its rows are of, and the rows below the titles of its columns."""
    language = question.language
    header = [titled(column.title.in_language(language), column.kind) for column in metric.columns]
    columns = [_cells(column.kind, rows[column.name], language) for column in metric.columns]
    body: list[Sequence[Cell]] = list(zip(*columns, strict=True))
    if not body:
        body.append([Cell(question.say("No record matches this day and these filters."), "source")])
    above = [
        [Cell(metric.title.in_language(language), "title")],
        [Cell(cell_text(source), "source")],
        [],
    ]
    widths = [
        _column_width(str(title.value), column.kind, cells)
        for title, column, cells in zip(header, metric.columns, columns, strict=True)
    ]
    return Sheet(name, [*above, header, *body], widths, len(above), metric.key)


_WORDS = ("text", "code", "flag")
_Write = Callable[[Any, Language], str | float | date]
_VALUES: dict[Kind, _Write] = {
    "day": lambda day, _: day.date(),
    "month": lambda day, _: day.date(),
    "year": lambda day, _: day.date(),
    "code": lambda code, language: cell_text(codes.name(code, language)),
    "text": lambda text, _: cell_text(text),
    "flag": lambda flag, language: say(language, "yes") if flag else say(language, "no"),
}


def _cells(kind: Kind, values: pd.Series, language: Language) -> list[Cell]:
    """Codes and flags in words, numbers and days as they are; nothing where there is none."""
    write: _Write = _VALUES.get(kind, lambda number, _: number)
    return [
        Cell(None if missing else write(value, language), kind)
        for value, missing in zip(values.tolist(), values.isna(), strict=True)
    ]


def _column_width(title: str, kind: Kind, cells: Sequence[Cell]) -> int:
    """Wide enough for the longest cell; titles and long names go on in the next line."""
    if kind in _WORDS:
        longest = max((width(text) for text in {str(cell.value) for cell in cells}), default=0)
    elif kind in NUMBERS:
        known = [abs(cell.value) for cell in cells if isinstance(cell.value, int | float)]
        longest = len(number_text(max(known, default=0))) + 3  # a sign, a decimal
    else:
        longest = NARROWEST
    # A title's longest word, and room beside it for the filter's button.
    word = max(map(width, re.findall(r"[\u0021-\u024f]+|[^\u0000-\u024f]", title)))
    whole = width(title)
    needed = whole if whole <= ONE_LINE else max(word, -(-whole // 2))
    return min(WIDEST, max(NARROWEST, longest + 3, needed + 3))


def lines(row: Sequence[Cell], widths: Sequence[int]) -> int:
    """How many lines the longest text of the row takes in its column; a title never breaks."""
    most = 1
    for cell, wide in zip(row, widths, strict=False):
        # Most texts are short: only the long ones are measured.
        if cell.style in WRAPPED and 2 * len(str(cell.value)) >= wide:
            most = max(most, -(-width(str(cell.value)) // (wide - 1)))
    return most
