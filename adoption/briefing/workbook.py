"""The workbook: every metric of a view on a sheet of its own, as .xlsx and as .ods.

Both files are written of the same sheets. The .xlsx also has the dashboard's charts, native ones,
drawn from a last sheet with their numbers.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pandas as pd

from adoption.briefing import ods, xlsx
from adoption.briefing.about import Listed, about_sheet
from adoption.briefing.records import records_of, source
from adoption.briefing.screen import drawings
from adoption.briefing.sheets import Sheet, metric_sheet, sheet_names
from adoption.charts.chart import Question
from adoption.metrics import METRICS, Metric, Selection
from adoption.metrics.conversion import at_best, by_stage
from adoption.metrics.metric import as_columns
from adoption.metrics.reminders import outcome_shares
from adoption.store import Store

# Metrics whose rows follow from those of another one. At a million certificates it is worth it.
_FROM_OTHERS: dict[str, tuple[str, Callable[[pd.DataFrame, date], pd.DataFrame]]] = {
    "reminder_stages_by_month": ("reminder_conversion_by_month", lambda rows, _: rows),
    "reminder_conversion": ("reminder_conversion_by_month", lambda rows, _: by_stage(rows)),
    "reminder_what_if": ("reminder_conversion_by_month", at_best),
    "reminder_outcomes": ("reminder_journey", lambda rows, _: outcome_shares(rows)),
}


def workbook(question: Question, store: Store) -> bytes:
    """The .xlsx of what is asked, with charts."""
    asked = _asked_once(question)
    sheets = sheets_of(asked, store)
    return xlsx.written(asked, sheets, drawings(asked) if len(sheets) > 1 else [])


def spreadsheet(question: Question, store: Store) -> bytes:
    """The .ods of what is asked."""
    asked = _asked_once(question)
    return ods.written(asked, sheets_of(asked, store))


def is_list(metric: Metric) -> bool:
    """Whether a row of it is a certificate: then it can have as many rows as there are."""
    return any(column.name == "serial" for column in metric.columns)


def sheets_of(question: Question, store: Store) -> list[Sheet]:
    """What they hold, first, and then a sheet a metric; without records only the first."""
    records = records_of(store)
    first = question.say("About this workbook")
    shown = [metric for metric in METRICS.values() if not is_list(metric)]
    names = sheet_names(shown, question.language, first)
    listed, sheets = [], []
    for metric in shown if records.data_day else []:
        rows, name = question.rows(metric.key), names[metric.key]
        listed.append(Listed(metric, name, len(rows)))
        of = source(question, metric, records)
        sheets.append(metric_sheet(question, metric, rows, name, of))
    left_out = [metric for metric in METRICS.values() if is_list(metric)]
    return [about_sheet(question, records, first, listed, left_out), *sheets]


def _asked_once(question: Question) -> Question:
    """Sheets and charts ask for the same rows: the store is asked once."""
    known: dict[tuple[str, Selection], pd.DataFrame] = {}

    def answer(key: str, selection: Selection) -> pd.DataFrame:
        if (key, selection) not in known:
            if key in _FROM_OTHERS:
                other, derive = _FROM_OTHERS[key]
                rows = as_columns(derive(answer(other, selection), selection.as_of), METRICS[key])
            else:
                rows = question.answer(key, selection)
            known[key, selection] = rows
        return known[key, selection]

    return replace(question, answer=answer)
