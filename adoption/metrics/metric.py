"""One number, defined once: what card, chart, help text, export and command line all read."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

import pandas as pd
from sqlalchemy import Table, func, select
from sqlalchemy.sql import visitors

from adoption.language import Text
from adoption.metrics.selection import Selection
from adoption.store import Query, Reader
from adoption.store.schema import FEEDS

Kind = Literal["day", "month", "year", "code", "text", "count", "known", "share", "number", "flag"]
_DTYPES = {
    "day": "datetime64[ms]",
    "month": "datetime64[ms]",
    "year": "datetime64[ms]",
    "code": "str",
    "text": "str",
    "count": "int64",
    "known": "Int64",
    "share": "float64",
    "number": "float64",
    "flag": "bool",
}
_UNSAID = Text("", "")


def as_asked(frame: pd.DataFrame, selection: Selection) -> pd.DataFrame:
    """The query's rows as they are."""
    return frame


@dataclass(frozen=True)
class Column:
    """A column of a metric's answer. A code has words in both languages, a text is as it is.

    A share is a part of a whole, 0 to 1; it and a number may be NaN: nothing to take it of. A
    `known` is a count that may be missing, because nobody counted.
    """

    name: str
    kind: Kind
    title: Text


@dataclass(frozen=True)
class Metric:
    """What is counted: `definition` in a sentence, `formula`, and `excludes`, what is not counted.

    query gives the answer, one row a combination of the columns that are not counts; records gives
    the rows that it counts, by the same predicates. `finish` computes from the query's rows what
    SQL that all engines share cannot. `filters` are the fields of a Selection that change the
    answer, besides the as-of day.
    """

    key: str
    title: Text
    definition: Text
    unit: Text
    higher_is: Literal["better", "worse", "neutral"]
    columns: tuple[Column, ...]
    filters: tuple[str, ...]
    query: Callable[[Selection], Query]
    records: Callable[[Selection], Query]
    formula: Text = _UNSAID
    excludes: Text = _UNSAID
    finish: Callable[[pd.DataFrame, Selection], pd.DataFrame] = as_asked

    @property
    def counts(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.kind == "count")

    @cached_property
    def feeds(self) -> tuple[str, ...]:
        """The feeds whose records it reads."""
        # Which tables are read hangs on no day and no filter.
        parts = visitors.iterate(self.query(Selection(as_of=date(2013, 9, 24))))
        tables = {part.name for part in parts if isinstance(part, Table)}
        return tuple(feed for feed in FEEDS if feed in tables)


def evaluate(store: Reader, metric: Metric, selection: Selection) -> pd.DataFrame:
    """The rows of `metric`: its columns in their order, days, months and years as datetime64 (a
    month or year is its first day), counts as int64, known ones as Int64, shares and numbers as
    float64, flags as bool."""
    return finished(store.frame(metric.query(selection)), metric, selection)


def finished(found: pd.DataFrame, metric: Metric, selection: Selection) -> pd.DataFrame:
    """The rows of `metric` from those that its query found."""
    rows = metric.finish(found, selection)
    return rows[[column.name for column in metric.columns]].astype(
        {column.name: _DTYPES[column.kind] for column in metric.columns}
    )


def records(store: Reader, metric: Metric, selection: Selection, limit: int) -> pd.DataFrame:
    """The first `limit` of the records that the metric counts, in the order of their key."""
    return store.frame(metric.records(selection).limit(limit))


def record_count(store: Reader, metric: Metric, selection: Selection) -> int:
    """How many records the metric counts."""
    rows = metric.records(selection).order_by(None).subquery()
    return int(store.frame(select(func.count()).select_from(rows)).iat[0, 0])


def all_records(store: Reader, metric: Metric, selection: Selection) -> Iterator[pd.DataFrame]:
    """Every record that the metric counts, in pieces that memory can hold."""
    for batch in store.batches(metric.records(selection)):
        yield batch.to_pandas(date_as_object=False)
