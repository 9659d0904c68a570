"""The first sheet: as of when, of which records, and what the other sheets hold."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from adoption.briefing.asked import Records
from adoption.briefing.workbook.sheets import Cell, Sheet, cell_text, titled
from adoption.briefing.workbook.source import feeds_of, filters
from adoption.charts.chart import Question
from adoption.formats import TAIWAN
from adoption.metrics import Metric
from adoption.metrics.document import FILTERS

_WIDTHS = (32, 50, 50, 50, 18, 24, 12)
Rows = list[Sequence[Cell]]


@dataclass(frozen=True)
class Listed:
    """A metric, the name of its sheet, and how many rows it has there."""

    metric: Metric
    sheet: str
    rows: int


def about_sheet(
    question: Question,
    records: Records,
    version: str,
    name: str,
    listed: Sequence[Listed],
    left_out: Iterable[Metric],
) -> Sheet:
    """Without records: only that there are none."""
    rows: Rows = [
        [Cell(question.say("MOEACA adoption"), "title")],
        [],
        *_facts(question, records, version),
        [],
    ]
    if listed:
        rows += [*_sheets(question, records, listed), [], *_left_out(question, left_out), []]
    elif not records.names.empty:
        rows.append([_text(question.say("There are units, but no record that is dated yet."))])
    else:
        rows.append([_text(question.say("There are no records yet."))])
    if not records.loads.empty:
        rows += _loads(question, records)
    return Sheet(name, rows, _WIDTHS)


def _text(text: str) -> Cell:
    return Cell(cell_text(text), "text")


def _facts(question: Question, records: Records, version: str) -> Rows:
    language = question.language
    chosen = {
        FILTERS[name].in_language(language).capitalize(): question.say(", ").join(values)
        for name, values in filters(question, records).items()
    }
    facts: Mapping[str, Cell] = {
        question.say("As of"): Cell(question.selection.as_of, "day"),
        **{title: _text(names) for title, names in chosen.items()},
        FILTERS["days"].in_language(language).capitalize(): _text(str(question.selection.days)),
        question.say("Version of the records"): _text(version),
    }
    rows: Rows = [[Cell(title, "label"), cell] for title, cell in facts.items()]
    if not chosen:
        rows.insert(1, [Cell(question.say("Filters"), "label"), _text(question.say("None"))])
    if records.is_sample:
        mark = _text(question.say("Some or all of the records are made up, to try things out."))
        rows.append([Cell(question.say("Sample data"), "label"), mark])
    return rows


def _sheets(question: Question, records: Records, listed: Sequence[Listed]) -> Rows:
    language = question.language
    header = [
        titled(question.say("Sheet"), "text"),
        titled(question.say("Definition"), "text"),
        titled(question.say("Formula"), "text"),
        titled(question.say("Not counted"), "text"),
        titled(question.say("Counted in"), "text"),
        titled(question.say("Source"), "text"),
        titled(question.say("Rows"), "count"),
    ]
    rows: Rows = [[Cell(question.say("Sheets"), "heading")], header]
    for each in listed:
        metric = each.metric
        said = (metric.definition, metric.formula, metric.excludes, metric.unit)
        texts = [_text(text.in_language(language)) for text in said]
        rows.append(
            [
                Cell(each.sheet, "link"),
                *texts,
                _text(feeds_of(question, metric, records)),
                Cell(each.rows, "count"),
            ]
        )
    return rows


def _left_out(question: Question, metrics: Iterable[Metric]) -> Rows:
    why = question.say("A list of single certificates can be long: the dashboard has it as a file.")
    return [
        [Cell(question.say("Not in this workbook"), "heading")],
        *[[_text(metric.title.in_language(question.language)), _text(why)] for metric in metrics],
    ]


def _loads(question: Question, records: Records) -> Rows:
    """A row a file of a load, the latest first."""
    header = [
        titled(question.say("Load"), "text"),
        titled(question.say("File"), "text"),
        titled(question.say("Kind"), "text"),
        titled(question.say("When"), "day"),
        titled(question.say("Complete up to"), "day"),
        titled(question.say("New or changed"), "count"),
    ]
    return [
        [Cell(question.say("Loads"), "heading")],
        header,
        *[
            [
                _text(str(load.load_id)),
                _text(load.file),
                _text(records.feed_name(load.feed, question.language)),
                Cell(_moment(load.loaded_at), "moment"),
                Cell(None if pd.isna(load.cut_off) else load.cut_off.date(), "day"),
                Cell(load.kept, "count"),
            ]
            for load in records.loads.itertuples()
        ],
    ]


def _moment(text: str) -> datetime:
    """In Taiwan's time, which a cell does not say."""
    moment = datetime.fromisoformat(text).astimezone(TAIWAN)
    return moment.replace(tzinfo=None, second=0, microsecond=0)
