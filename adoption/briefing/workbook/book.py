"""Which sheets there are, and the two files of them.

Both hold the same cells. The .xlsx also has the dashboard's charts, native ones, drawn from a last
sheet with their numbers.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pandas as pd

from adoption.briefing.asked import Records, answered_once
from adoption.briefing.workbook import ods, xlsx
from adoption.briefing.workbook.about import Listed, about_sheet
from adoption.briefing.workbook.screen import drawings
from adoption.briefing.workbook.sheets import Sheet, metric_sheet, sheet_names
from adoption.briefing.workbook.source import source
from adoption.charts.chart import Question
from adoption.metrics import METRICS, Metric, Selection, data_cut_off
from adoption.metrics.conversion import at_best, by_stage
from adoption.metrics.metric import as_columns
from adoption.metrics.reminders import outcome_shares
from adoption.store import Snapshot

# Metrics whose rows follow from those of another, which is quicker than to ask for them.
_FROM_OTHERS: dict[str, tuple[str, Callable[[pd.DataFrame, date], pd.DataFrame]]] = {
    "reminder_stages_by_month": ("reminder_conversion_by_month", lambda rows, _: rows),
    "reminder_conversion": ("reminder_conversion_by_month", lambda rows, _: by_stage(rows)),
    "reminder_what_if": ("reminder_conversion_by_month", at_best),
    "reminder_outcomes": ("reminder_journey", lambda rows, _: outcome_shares(rows)),
}


def workbook(question: Question, records: Records, store: Snapshot) -> bytes:
    """The .xlsx of what is asked, with charts."""
    asked = _asked_once(question)
    sheets = sheets_of(asked, records, store)
    return xlsx.written(asked, sheets, drawings(asked) if len(sheets) > 1 else [])


def spreadsheet(question: Question, records: Records, store: Snapshot) -> bytes:
    """The .ods of what is asked."""
    asked = _asked_once(question)
    return ods.written(asked, sheets_of(asked, records, store))


def is_list(metric: Metric) -> bool:
    """Whether a row of it is a certificate: then it can have as many rows as there are."""
    return any(column.name == "serial" for column in metric.columns)


def sheets_of(question: Question, records: Records, store: Snapshot) -> list[Sheet]:
    """What they hold, first, and then a sheet a metric; without dated records only the first."""
    first = question.say("About this workbook")
    left_out = [metric for metric in METRICS.values() if is_list(metric)]
    shown = [metric for metric in METRICS.values() if not is_list(metric)]
    if data_cut_off(store) is None:
        shown = []
    names = sheet_names(shown, question.language, first, question.say("Chart data"))
    listed, sheets = [], []
    for metric in shown:
        rows, name = question.rows(metric.key), names[metric.key]
        listed.append(Listed(metric, name, len(rows)))
        of = source(question, metric, records)
        sheets.append(metric_sheet(question, metric, rows, name, of))
    about = about_sheet(question, records, store.version, first, listed, left_out)
    return [about, *sheets]


def _asked_once(question: Question) -> Question:
    """Sheets and charts ask for the same rows: the store is asked for each once."""
    asked = answered_once(question.answer)

    def answer(key: str, selection: Selection) -> pd.DataFrame:
        if key not in _FROM_OTHERS:
            return asked(key, selection)
        other, derive = _FROM_OTHERS[key]
        return as_columns(derive(asked(other, selection), selection.as_of), METRICS[key])

    return replace(question, answer=answer)
