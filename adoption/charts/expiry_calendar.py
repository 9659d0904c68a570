"""A year of expiries as a calendar, its peaks marked."""

from dataclasses import replace

import pandas as pd

from adoption.charts.chart import Chart, Question, chart, nothing, total_text
from adoption.charts.spec import Mark, Places, Series, days, numbers
from adoption.formats import number_text
from adoption.metrics.expiry import YEAR_AHEAD


def calendar(question: Question) -> Chart:
    """What expires on each day of a year ahead."""
    key = "expiring"
    title = question.say("Calendar of expiries, a year ahead")
    rows = question.rows(key, replace(question.selection, days=YEAR_AHEAD))
    if rows.empty:
        return nothing(question, key, title)
    first = pd.Timestamp(question.selection.as_of) + pd.Timedelta(days=1)
    year = pd.date_range(first, periods=YEAR_AHEAD)
    counts = rows.set_index("day")["expiring"].reindex(year, fill_value=0)
    busiest = question.rows("busiest_days")
    peaks = busiest[busiest["peak"]]
    says = question.say(
        "Of {total} expiries in a year, {weekend} fall on a weekend; ◆ marks {count} peaks.",
        total=total_text(counts),
        weekend=number_text(counts[year.day_of_week >= 5].sum()),
        count=number_text(len(peaks)),
    )
    return chart(
        question,
        key,
        says,
        rows,
        title,
        kind="calendar",
        places=Places(days(year), "day"),
        series=(Series(question.column(key, "expiring"), numbers(counts), "valid"),),
        marks=tuple(Mark(day, question.say("Peak")) for day in days(peaks["day"])),
    )
