"""The course of the rollout: against its plan, and by year and unit."""

import pandas as pd
import plotly.graph_objects as go

from adoption.charts import theme
from adoption.charts.chart import Chart, Question, as_of_text, chart, nothing
from adoption.charts.named_bars import shortened
from adoption.formats import month_text, number_text, year_text

MOST_UNITS = 60
MONTHS_DRAWN = 36


def plan(question: Question) -> Chart:
    """Of the systems with a target: how many were due by each month, how many integrated."""
    key = "integration_plan"
    rows = question.rows(key)
    if rows.empty:
        return nothing(question, key)
    totals = rows.groupby("month")[["due", "integrated"]].sum()
    as_of = pd.Timestamp(question.selection.as_of)
    so_far = totals[totals.index <= as_of]
    figure = theme.figure(height=340, right=72, showlegend=False)
    _line(question, figure, so_far["integrated"], question.say("Actual"), theme.INTEGRATED)
    _line(question, figure, totals["due"], question.say("Planned"), theme.PLAN, dash="dot")
    if len(so_far) < len(totals):
        figure.add_vline(as_of, line={"color": theme.PLAN, "width": 1})
    days = pd.Series(_lately(question, totals["due"]).index)
    figure.update_xaxes(**theme.time_axis(days, question.language, "year"))
    # Lines: the axis need not begin at 0.
    axis = theme.count_axis(question.say("Systems"))
    figure.update_yaxes(**axis | {"rangemode": "normal"})
    return chart(question, key, _plan_sentence(question, totals, so_far), figure, rows)


def _lately(question: Question, line: pd.Series) -> pd.Series:
    """By the day for which a month counts; of ten years the two lines would lie on one another."""
    as_of = pd.Timestamp(question.selection.as_of)
    ends = line.index + pd.offsets.MonthEnd(0)
    is_running = (line.index <= as_of) & (ends > as_of)
    by_day = line.set_axis(ends.where(~is_running, as_of))
    return by_day[by_day.index >= as_of - pd.DateOffset(months=MONTHS_DRAWN)]


def _line(
    question: Question,
    figure: go.Figure,
    by_month: pd.Series,
    name: str,
    colour: str,
    dash: str = "solid",
) -> None:
    line = _lately(question, by_month)
    if line.empty:
        return
    figure.add_scatter(
        name=name,
        x=line.index,
        y=line,
        mode="lines",
        line={"color": colour, "width": 2.5, "dash": dash},
        customdata=theme.days_written(pd.Series(line.index), question.language),
        hovertemplate="%{customdata}　%{y:,}",
    )
    figure.add_annotation(
        x=line.index[-1],
        y=line.iloc[-1],
        text=f"{name}<br>{number_text(line.iloc[-1])}",
        font={"color": colour},
        align="left",
        showarrow=False,
        xanchor="left",
        xshift=6,
    )


def _plan_sentence(question: Question, totals: pd.DataFrame, so_far: pd.DataFrame) -> str:
    ahead = totals["due"].iloc[-1] - (0 if so_far.empty else so_far["due"].iloc[-1])
    still = (
        question.say(
            "Another {ahead} are due by {month}.",
            ahead=number_text(ahead),
            month=month_text(totals.index[-1], question.language),
        )
        if ahead > 0
        else ""
    )
    if so_far.empty:
        return still
    due, done = so_far.iloc[-1][["due", "integrated"]]
    now = question.say(
        "By {day}, {due} systems should have been integrated by their targets; {done} of the "
        "systems with a target are.",
        day=as_of_text(question),
        due=number_text(due),
        done=number_text(done),
    )
    late = len(question.rows("overdue_systems"))
    if late:
        lag = question.say(
            "{overdue} are overdue.",
            overdue=number_text(late),
        )
    else:
        lag = question.say("None is overdue.")
    shown = question.say("The figure begins three years back, the table has all.")
    return question.sentences(now, lag, still, shown)


def by_unit_and_year(question: Question) -> Chart:
    """A row a unit in the order of its first integration, a column a year, darker where more."""
    key = "integration_waves"
    rows = question.rows(key)
    if rows.empty:
        return nothing(question, key)
    counts = rows.pivot(index="unit_code", columns="year", values="systems").fillna(0)
    years = pd.date_range(counts.columns.min(), counts.columns.max(), freq="YS")
    counts = counts.reindex(columns=years, fill_value=0).astype(int)
    by_year = counts.sum()
    shown = counts.loc[counts.sum(axis="columns").nlargest(MOST_UNITS).index]
    # The earlier and the more in a year, the higher.
    shown = shown.sort_index().sort_values(list(years), ascending=False, kind="stable")
    most = int(shown.max(axis=None))
    names = rows.drop_duplicates("unit_code").set_index("unit_code")["unit"]
    written = [year_text(year, question.language) for year in years]
    figure = theme.figure(
        go.Heatmap(
            x=written,
            y=shown.index,
            z=shown.where(shown > 0).to_numpy(),
            customdata=[[_label(names[code])] * len(years) for code in shown.index],
            colorscale=theme.WAVES,
            zmin=0,
            zmax=most,
            xgap=2,
            ygap=2,
            showscale=False,
            hovertemplate="%{customdata}　%{x}　%{z:,}<extra></extra>",
            hoverongaps=False,
        ),
        _numbers(written, shown.where(2 * shown < most, 0)),
        _numbers(written, shown.where(2 * shown >= most, 0), colour="white"),
        _numbers(written, by_year.to_frame("").T, "<b>{}</b>"),
        height=90 + 22 * (len(shown) + 1),
        showlegend=False,
    )
    figure.update_xaxes(
        type="category",
        range=[-0.5, len(years) - 0.5],
        side="top",
        showgrid=False,
        ticks="",
        autotickangles=[0, 90],
    )
    figure.update_yaxes(
        type="category",
        range=[len(shown) + 0.5, -0.5],
        showgrid=False,
        ticks="",
        categoryorder="array",
        categoryarray=["", *shown.index],
        tickvals=["", *shown.index],
        ticktext=[question.say("All units"), *[_label(names[code]) for code in shown.index]],
    )
    return chart(question, key, _wave_sentence(question, counts, by_year), figure, rows)


def _numbers(
    years: list[str], counts: pd.DataFrame, pattern: str = "{}", colour: str | None = None
) -> go.Scatter:
    """The counts above 0 in their cells; without a colour in that of the page's text."""
    cells = [
        (years[column], code, pattern.format(number_text(count)))
        for code, row in counts.iterrows()
        for column, count in enumerate(row)
        if count
    ]
    return go.Scatter(
        x=[cell[0] for cell in cells],
        y=[cell[1] for cell in cells],
        text=[cell[2] for cell in cells],
        mode="text",
        textfont={"size": 12, "color": colour},
        hoverinfo="skip",
    )


def _wave_sentence(question: Question, counts: pd.DataFrame, by_year: pd.Series) -> str:
    peak = by_year.idxmax()
    last = counts.columns[-1]
    began_last = (counts.loc[:, counts.columns < last].sum(axis="columns") == 0).sum()
    biggest = question.say(
        "{systems} systems of {units} units were integrated in {years} years; the biggest wave "
        "was {year} with {most} systems in {most_units} units.",
        systems=number_text(by_year.sum()),
        units=number_text(len(counts)),
        years=number_text(len(by_year)),
        year=year_text(peak, question.language),
        most=number_text(by_year[peak]),
        most_units=number_text((counts[peak] > 0).sum()),
    )
    latest = question.say(
        "In {year} {systems} systems were added, and {units} units integrated for the first time.",
        year=year_text(last, question.language),
        systems=number_text(by_year[last]),
        units=number_text(began_last),
    )
    drawn = (
        question.say(
            "The {shown} units with most systems are drawn, the table has all.",
            shown=number_text(MOST_UNITS),
        )
        if len(counts) > MOST_UNITS
        else ""
    )
    return question.sentences(biggest, latest if last != peak else "", drawn)


def _label(name: str) -> str:
    return theme.without_markup(shortened(name))
