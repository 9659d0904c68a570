"""Charts of what expires, when, and how much of it is still to renew."""

from dataclasses import replace

import pandas as pd
import plotly.graph_objects as go
from babel.dates import get_day_names

from adoption.charts import theme
from adoption.charts.chart import Chart, Question, chart, nothing, total_text
from adoption.formats import day_text, month_text, number_text, share_text
from adoption.metrics import DAYS_AHEAD

YEAR_AHEAD = 366


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


def calendar(question: Question) -> Chart:
    """A year ahead as a calendar: a column a week, a row a weekday, darker where more expires."""
    key = "expiring"
    year = replace(question.selection, days=YEAR_AHEAD)
    title = question.say("Calendar of expiries, a year ahead")
    rows = question.rows(key, year)
    if rows.empty:
        return nothing(question, key, title)
    as_of = pd.Timestamp(question.selection.as_of)
    days = pd.date_range(as_of + pd.Timedelta(days=1), as_of + pd.Timedelta(days=YEAR_AHEAD))
    counts = rows.set_index("day")["expiring"].reindex(days, fill_value=0)
    monday = days - pd.to_timedelta(days.day_of_week, unit="D")
    cells = pd.DataFrame({"week": monday, "weekday": days.day_of_week, "count": counts.to_numpy()})
    cells["written"] = theme.days_written(pd.Series(days), question.language)
    grid = cells.pivot_table(index="weekday", columns="week", values="count", aggfunc="sum")
    written = cells.pivot(index="weekday", columns="week", values="written")
    weekdays = [get_day_names("abbreviated", locale=question.babel_locale)[day] for day in range(7)]
    figure = theme.figure(
        go.Heatmap(
            x=grid.columns,
            y=weekdays,
            z=grid.to_numpy(),
            customdata=written.to_numpy(),
            colorscale=theme.SHADES,
            xgap=2,
            ygap=2,
            zmin=0,
            colorbar={"title": {"text": question.say("Certificates")}, "thickness": 12},
            hovertemplate="%{customdata}　%{z:,}<extra></extra>",
            hoverongaps=False,
        ),
        height=260,
    )
    figure.update_xaxes(
        **theme.time_axis(pd.Series(days), question.language, "month"), showgrid=False
    )
    figure.update_yaxes(autorange="reversed", showgrid=False)
    by_weekday = cells.groupby("weekday")["count"].sum()
    busiest = cells.loc[cells["count"].idxmax()]
    sentence = question.say(
        "Of {total} expiries in the year ahead, {weekend} fall on a weekend; the busiest day is "
        "{day} with {count}.",
        total=total_text(counts),
        weekend=number_text(by_weekday.reindex([5, 6], fill_value=0).sum()),
        day=busiest["written"],
        count=number_text(busiest["count"]),
    )
    return chart(question, key, sentence, figure, rows, title)


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
