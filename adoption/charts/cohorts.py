"""Expiry months along an axis: which are shown, and which are complete."""

import pandas as pd

from adoption.charts.chart import Question
from adoption.charts.spec import Places, days

MONTHS_SHOWN = 36


def latest(rows: pd.DataFrame, months: int = MONTHS_SHOWN) -> pd.DataFrame:
    """The rows of the last `months` expiry months of what there is."""
    last = rows["expiry_month"].max()
    return rows[rows["expiry_month"] > last - pd.DateOffset(months=months)]


def complete(question: Question, months: pd.DatetimeIndex) -> pd.Series:
    """Months whose last day is on or before the as-of day: nothing is still to be decided."""
    return months + pd.offsets.MonthEnd(0) <= pd.Timestamp(question.selection.as_of)


def places(question: Question, key: str, months: pd.DatetimeIndex) -> Places:
    """With those told apart that are not complete."""
    return Places(
        days(months),
        "month",
        question.column(key, "expiry_month"),
        unlike=tuple((~complete(question, months)).tolist()),
        unlike_name=question.say("incomplete"),
    )
