"""Which sheets there are, and the two files of them.

Both hold the same cells. The .xlsx also has the dashboard's charts, native ones, drawn from a last
sheet with their numbers.
"""

from adoption.briefing.asked import Records
from adoption.briefing.workbook import ods, xlsx
from adoption.briefing.workbook.about import Listed, about_sheet
from adoption.briefing.workbook.screen import charts
from adoption.briefing.workbook.sheets import Sheet, metric_sheet, sheet_names
from adoption.briefing.workbook.source import source
from adoption.charts.chart import Question
from adoption.metrics import METRICS, Metric, data_cut_off
from adoption.store import Snapshot


def workbook(question: Question, records: Records, store: Snapshot) -> bytes:
    """The .xlsx of what is asked, with charts."""
    sheets = sheets_of(question, records, store)
    return xlsx.written(question, sheets, charts(question) if len(sheets) > 1 else [])


def spreadsheet(question: Question, records: Records, store: Snapshot) -> bytes:
    """The .ods of what is asked."""
    return ods.written(question, sheets_of(question, records, store))


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
