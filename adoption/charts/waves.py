"""The course of the rollout against its plan."""

import pandas as pd

from adoption.charts.chart import Chart, Question, chart, nothing
from adoption.charts.spec import Mark, Places, Series, days, numbers
from adoption.formats import month_text, number_text

MONTHS_DRAWN = 36


def plan(question: Question) -> Chart:
    """Of the systems with a target: how many were due by each month, how many integrated.

    The last three years, and what lies ahead: of ten years the lines would lie on one another.
    """
    key = "integration_plan"
    rows = question.rows(key)
    if rows.empty:
        return nothing(question, key)
    totals = rows.groupby("month")[["due", "integrated"]].sum()
    as_of = pd.Timestamp(question.selection.as_of)
    so_far = totals[totals.index <= as_of]
    by_day = totals.set_axis(_counted_on(totals.index, as_of))
    drawn = by_day[by_day.index >= as_of - pd.DateOffset(months=MONTHS_DRAWN)]
    actual = numbers(drawn["integrated"].where(drawn.index <= as_of))
    lines = [
        (question.say("Actual"), actual, "integrated"),
        (question.say("Planned"), numbers(drawn["due"]), "plan"),
    ]
    return chart(
        question,
        key,
        _sentence(question, totals, so_far),
        rows,
        kind="line",
        places=Places(days(drawn.index), "day", question.column(key, "month")),
        series=tuple(
            Series(
                name,
                values,
                meaning,
                line="dashed" if meaning == "plan" else "solid",
                end=f"{name}\n{number_text([v for v in values if v is not None][-1])}",
            )
            for name, values, meaning in lines
            if any(value is not None for value in values)
        ),
        value_title=question.say("Systems"),
        marks=(Mark(question.selection.as_of),) if len(so_far) < len(totals) else (),
    )


def _counted_on(months: pd.DatetimeIndex, as_of: pd.Timestamp) -> pd.DatetimeIndex:
    """The day for which a month counts: its last, of the running one the as-of day."""
    ends = months + pd.offsets.MonthEnd(0)
    is_running = (months <= as_of) & (ends > as_of)
    return ends.where(~is_running, as_of)


def _sentence(question: Question, totals: pd.DataFrame, so_far: pd.DataFrame) -> str:
    if so_far.empty:
        return question.say(
            "{ahead} systems are due by {month}.",
            ahead=number_text(totals["due"].iloc[-1]),
            month=month_text(totals.index[-1], question.language),
        )
    due, done = so_far.iloc[-1][["due", "integrated"]]
    return question.say(
        "{due} systems were due by now, {done} with a target are integrated; {overdue} are "
        "overdue.",
        due=number_text(due),
        done=number_text(done),
        overdue=number_text(len(question.rows("overdue_systems"))),
    )
