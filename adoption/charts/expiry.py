"""Charts of what expires, when, and how much of it is still to renew."""

from dataclasses import replace

import pandas as pd
import plotly.graph_objects as go

from adoption.charts import theme
from adoption.charts.chart import Chart, Question, chart, nothing, total_text
from adoption.formats import day_text, month_text, number_text, share_text
from adoption.metrics import DAYS_AHEAD

WEEK_WIDTH = 7 * theme.DAY_WIDTH


def _stacked(question: Question, rows: pd.DataFrame) -> list[theme.Series]:
    """Still to renew and already renewed, which together are what expires."""
    return [
        theme.Series(question.say("Still to renew"), rows["to_renew"], theme.TO_RENEW),
        theme.Series(
            question.say("Already renewed"), rows["expiring"] - rows["to_renew"], theme.RENEWED
        ),
    ]


def _columns(
    question: Question,
    rows: pd.DataFrame,
    along: pd.Series,
    written: list[str],
    width: float,
) -> go.Figure:
    """Columns along time."""
    figure = theme.figure()
    for name, counts, colour in _stacked(question, rows):
        figure.add_bar(
            name=name,
            x=along,
            y=counts,
            marker={"color": colour},
            width=width,
            customdata=written,
            hovertemplate="%{customdata}　%{y:,}",
        )
    figure.update_yaxes(**theme.count_axis(question.say("Certificates")))
    return figure


def by_day(question: Question) -> Chart:
    """Certificates expiring by day, as far ahead as the selection looks."""
    key = "expiring"
    title = question.say(
        "Certificates expiring in the next {days} days", days=str(question.selection.days)
    )
    rows = question.rows(key)
    if rows.empty:
        return nothing(question, key, title)
    written = theme.days_written(rows["day"], question.language)
    figure = _columns(question, rows, rows["day"], written, theme.DAY_WIDTH)
    figure.update_xaxes(**theme.time_axis(rows["day"], question.language, "day"))
    peak = rows.loc[rows["expiring"].idxmax()]
    sentence = question.say_of(
        int(rows["expiring"].sum()),
        "{expiring} certificate expires in the next {days} days; still to renew: {to_renew} "
        "({share}). The peak is {peak_day} with {peak}.",
        "{expiring} certificates expire in the next {days} days; still to renew: {to_renew} "
        "({share}). The peak is {peak_day} with {peak}.",
        expiring=total_text(rows["expiring"]),
        days=str(question.selection.days),
        to_renew=total_text(rows["to_renew"]),
        share=share_text(rows["to_renew"].sum(), rows["expiring"].sum()),
        peak_day=day_text(peak["day"], question.language),
        peak=number_text(peak["expiring"]),
    )
    return chart(question, key, sentence, figure, rows, title)


def next_45_days(question: Question) -> Chart:
    """Certificates expiring within the reach of the first reminder."""
    return by_day(replace(question, selection=replace(question.selection, days=DAYS_AHEAD)))


def by_week(question: Question) -> Chart:
    """Certificates expiring in the next 52 weeks."""
    key = "expiring_by_week"
    rows = question.rows(key)
    if rows.empty:
        return nothing(question, key)
    written = [
        question.say("week of {day}", day=day)
        for day in theme.days_written(rows["week"], question.language)
    ]
    figure = _columns(question, rows, rows["week"], written, WEEK_WIDTH)
    figure.update_xaxes(**theme.time_axis(rows["week"], question.language, "day"))
    peak = rows.loc[rows["expiring"].idxmax()]
    sentence = question.say(
        "{expiring} valid certificates expire in these weeks, {renewed} of them are renewed "
        "already; most in the week from {peak_week} with {peak}.",
        expiring=total_text(rows["expiring"]),
        renewed=total_text(rows["expiring"] - rows["to_renew"]),
        peak_week=day_text(peak["week"], question.language),
        peak=number_text(peak["expiring"]),
    )
    return chart(question, key, sentence, figure, rows)


def by_month(question: Question) -> Chart:
    """Certificates expiring in the next 24 months."""
    key = "expiring_by_month"
    rows = question.rows(key)
    if rows.empty:
        return nothing(question, key)
    written = theme.months_written(rows["month"], question.language)
    figure = _columns(question, rows, rows["month"], written, theme.MONTH_WIDTH)
    figure.update_xaxes(**theme.time_axis(rows["month"], question.language, "month"))
    peak = rows.loc[rows["expiring"].idxmax()]
    sentence = question.say_of(
        int(rows["expiring"].sum()),
        "{expiring} valid certificate expires in the 24 months from {first}; most in {peak_month} "
        "with {peak}.",
        "{expiring} valid certificates expire in the 24 months from {first}; most in {peak_month} "
        "with {peak}.",
        expiring=total_text(rows["expiring"]),
        first=month_text(question.selection.as_of, question.language),
        peak_month=month_text(peak["month"], question.language),
        peak=number_text(peak["expiring"]),
    )
    return chart(question, key, sentence, figure, rows)


def by_county(question: Question) -> Chart:
    """Certificates expiring by county, most first."""
    key = "expiring_by_county"
    title = question.say(
        "Expiring in the next {days} days, by county", days=str(question.selection.days)
    )
    rows = question.rows(key).sort_values("expiring", ascending=False)
    if rows.empty:
        return nothing(question, key, title)
    names = [question.name(county) for county in rows["county"]]
    figure = theme.stacked_rows(
        names, _stacked(question, rows), theme.count_axis(question.say("Certificates"))
    )
    first = rows.iloc[0]
    sentence = question.say(
        "{county} has most: {expiring}, of which {to_renew} are still to renew.",
        county=names[0],
        expiring=number_text(first["expiring"]),
        to_renew=number_text(first["to_renew"]),
    )
    return chart(question, key, sentence, figure, rows, title)
