"""A year of expiries as a calendar, its peaks marked."""

from dataclasses import replace

import pandas as pd
import plotly.graph_objects as go
from babel.dates import get_day_names

from adoption.charts import theme
from adoption.charts.chart import Chart, Question, chart, nothing, total_text
from adoption.formats import number_text
from adoption.metrics.expiry import PEAK_TIMES, YEAR_AHEAD


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
            xgap=1,  # more would cover the cells on a phone
            ygap=2,
            zmin=0,
            showscale=False,  # the legend says it in less room
            hovertemplate="%{customdata}　%{z:,}<extra></extra>",
            hoverongaps=False,
        ),
        height=280,
    )
    busiest = cells.loc[cells["count"].idxmax()]
    for shade, count in zip(theme.SHADES, (0, busiest["count"]), strict=True):
        _key(figure, number_text(count), str(shade[1]))
    peaks = _peaks(question)
    _mark(question, figure, peaks, weekdays)
    figure.update_xaxes(
        **theme.time_axis(pd.Series(days), question.language, "month"), showgrid=False
    )
    figure.update_yaxes(autorange="reversed", showgrid=False)
    by_weekday = cells.groupby("weekday")["count"].sum()
    sentence = question.say(
        "Of {total} expiries in the year ahead, {weekend} fall on a weekend; the busiest day is "
        "{day} with {count}.",
        total=total_text(counts),
        weekend=number_text(by_weekday.reindex([5, 6], fill_value=0).sum()),
        day=busiest["written"],
        count=number_text(busiest["count"]),
    )
    return chart(
        question,
        key,
        question.sentences(sentence, _peak_sentence(question, peaks)),
        figure,
        rows,
        title,
    )


def _key(figure: go.Figure, name: str, colour: str) -> None:
    """What a shade stands for."""
    figure.add_scatter(
        name=name,
        x=[None],
        y=[None],
        mode="markers",
        marker={"symbol": "square", "size": 12, "color": colour},
    )


def _peaks(question: Question) -> pd.DataFrame:
    busiest = question.rows("busiest_days")
    return busiest[busiest["peak"]]


def _mark(question: Question, figure: go.Figure, peaks: pd.DataFrame, weekdays: list[str]) -> None:
    """A diamond on each peak."""
    if peaks.empty:
        return
    weekday = peaks["day"].dt.day_of_week
    figure.add_scatter(
        name=question.say("Peak"),
        x=peaks["day"] - pd.to_timedelta(weekday, unit="D"),
        y=[weekdays[day] for day in weekday],
        mode="markers",
        marker={
            "symbol": "diamond",
            "size": 6,
            "color": "white",
            "line": {"color": "#333333", "width": 1},
        },
        hoverinfo="skip",
        showlegend=True,
    )


def _peak_sentence(question: Question, peaks: pd.DataFrame) -> str:
    if peaks.empty:
        return question.say("No day stands out as a peak.")
    return question.say(
        "◆ marks {count} peaks: days with at least {times} times the {usual} of a usual day.",
        count=number_text(len(peaks)),
        times=f"{PEAK_TIMES:g}",
        usual=number_text(peaks["usual"].iloc[0]),
    )
