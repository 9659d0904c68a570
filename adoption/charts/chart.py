"""A chart: what is drawn of a metric, the sentence that says what it shows, and its table."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from adoption.charts import codes
from adoption.charts.spec import ChartSpec
from adoption.formats import day_text, month_text, number_text, short_day_text, year_text
from adoption.language import Language, say, say_of
from adoption.metrics import METRICS, Metric, Selection
from adoption.metrics.metric import Kind


@dataclass(frozen=True)
class Question:
    """What a chart is asked: a selection, a language, and how to get a metric's rows."""

    selection: Selection
    language: Language
    answer: Callable[[str, Selection], pd.DataFrame]

    def rows(self, key: str, selection: Selection | None = None) -> pd.DataFrame:
        return self.answer(key, selection or self.selection)

    def say(self, message: str, **values: str) -> str:
        return say(self.language, message, **values)

    def say_of(self, number: int, one: str, other: str, /, **values: str) -> str:
        """Of `one`, and of any `other` number."""
        return say_of(self.language, number, one, other, **values)

    def sentences(self, *sentences: str) -> str:
        """One after another; an English sentence is followed by a space, a Chinese one is not."""
        return ("" if self.language == "zh" else " ").join(filter(None, sentences))

    def name(self, code: str) -> str:
        return codes.name(code, self.language)

    def column(self, key: str, name: str) -> str:
        """The title of a metric's column."""
        (column,) = (column for column in METRICS[key].columns if column.name == name)
        return column.title.in_language(self.language)


@dataclass(frozen=True)
class Chart:
    """What `spec` shows of the metric's `rows`; figure and table are made when asked for."""

    metric: Metric
    spec: ChartSpec
    rows: pd.DataFrame

    @property
    def title(self) -> str:
        return self.spec.title

    @property
    def says(self) -> str:
        return self.spec.says

    @cached_property
    def figure(self) -> Any:
        """Plotly's; None when there is nothing to show, and `says` then says so."""
        # Files are written without it.
        from adoption.charts.renderers.plotly import figure

        return figure(self.spec)

    @cached_property
    def table(self) -> pd.DataFrame:
        return readable(self.metric, self.rows, self.spec.language)


def chart(
    question: Question,
    key: str,
    says: str,
    rows: pd.DataFrame,
    title: str | None = None,
    **drawn: Any,
) -> Chart:
    """A chart of the metric `key`; its title unless another is given, `drawn` as in ChartSpec."""
    metric = METRICS[key]
    title = title or metric.title.in_language(question.language)
    return Chart(metric, ChartSpec(title, says, question.language, **drawn), rows)


def nothing(question: Question, key: str, title: str | None = None) -> Chart:
    """The chart when no record matches."""
    rows = pd.DataFrame(columns=[column.name for column in METRICS[key].columns])
    says = question.say("No record matches this day and these filters.")
    return chart(question, key, says, rows, title)


_WRITTEN: dict[Kind, Callable[[Any, Language], str]] = {
    "day": short_day_text,
    "month": month_text,
    "year": year_text,
    "code": codes.name,
}


def readable(metric: Metric, rows: pd.DataFrame, language: Language) -> pd.DataFrame:
    """`rows` with the metric's column titles, dates as text and codes in words; counts and numbers
    stay numbers, shares are in percent."""
    columns = {}
    for column in metric.columns:
        title = column.title.in_language(language)
        values = rows[column.name]
        if column.kind in _WRITTEN:
            # Each distinct value once: a list of thousands has few days.
            write = _WRITTEN[column.kind]
            words = {value: write(value, language) for value in values.dropna().unique()}
            values = values.map(words).astype(object).where(values.notna(), "")
        elif column.kind == "share":
            values, title = (100 * values).round(1), say(language, "{title} (%)", title=title)
        elif column.kind == "number":
            values = values.round(1)
        elif column.kind == "flag":
            values = values.map({True: say(language, "yes"), False: say(language, "no")})
        columns[title] = values
    return pd.DataFrame(columns)


def as_of_text(question: Question) -> str:
    return day_text(question.selection.as_of, question.language)


def total_text(values: pd.Series) -> str:
    return number_text(int(values.sum()))
