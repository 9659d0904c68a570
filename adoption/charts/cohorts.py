"""Expiry months on an axis: which are shown, which are complete, and how the others look."""

from datetime import timedelta

import pandas as pd
import plotly.graph_objects as go

from adoption.charts.chart import Question

MONTHS_SHOWN = 36
INCOMPLETE = "#8a8f98"


def latest(rows: pd.DataFrame, months: int = MONTHS_SHOWN) -> pd.DataFrame:
    """The rows of the last `months` expiry months of what there is."""
    last = rows["expiry_month"].max()
    return rows[rows["expiry_month"] > last - pd.DateOffset(months=months)]


def complete(months: pd.Series, as_of: pd.Timestamp) -> pd.Series:
    """Months whose last day is on or before as_of: nothing in them is still to be decided."""
    return months[months + pd.offsets.MonthEnd(0) <= as_of]


def mark_incomplete(
    question: Question, figure: go.Figure, months: pd.Series, complete_months: pd.Series
) -> None:
    """A grey band behind the months, along x, that are not complete."""
    if len(complete_months) == len(months):
        return
    first = months[~months.isin(complete_months)].min() - timedelta(days=15)
    figure.add_vrect(
        x0=first,
        x1=months.max() + timedelta(days=15),
        fillcolor=INCOMPLETE,
        opacity=0.15,
        line_width=0,
    )
    figure.add_annotation(
        text=question.say("incomplete"),
        x=months.max() + timedelta(days=15),
        xanchor="right",
        y=1,
        yref="paper",
        yanchor="bottom",
        showarrow=False,
    )
