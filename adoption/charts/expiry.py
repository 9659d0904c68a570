"""Charts of what expires, when, and how much of it can be renewed now and is not."""

from dataclasses import replace
from typing import Any

import pandas as pd

from adoption.charts.chart import Chart, Question, chart, nothing, total_text
from adoption.charts.spec import Places, Series, days, numbers
from adoption.formats import day_text, month_text, number_text
from adoption.metrics import DAYS_AHEAD


def _stacked(question: Question, rows: pd.DataFrame) -> dict[str, Any]:
    """Renewed, can be renewed, cannot yet: together what expires. What there is none of is left
    out."""
    series = (
        Series(
            question.say("Already renewed"), numbers(rows["expiring"] - rows["to_renew"]), "renewed"
        ),
        Series(question.say("Can be renewed now"), numbers(rows["renewable"]), "renewable"),
        Series(
            question.say("Renewal not open yet"),
            numbers(rows["to_renew"] - rows["renewable"]),
            "not_open_yet",
        ),
    )
    return {
        "series": tuple(each for each in series if any(each.values)) or series[:1],
        "value_title": question.say("Certificates"),
        "is_stacked": True,
    }


def by_day(question: Question) -> Chart:
    """Certificates expiring by day, as far ahead as the selection looks."""
    key = "expiring"
    title = question.say(
        "Certificates expiring in the next {days} days", days=str(question.selection.days)
    )
    rows = question.rows(key)
    if rows.empty:
        return nothing(question, key, title)
    sentence = question.say_of(
        int(rows["expiring"].sum()),
        "{expiring} certificate expires in {days} days; {renewable} can be renewed now and is not.",
        "{expiring} certificates expire in {days} days; {renewable} can be renewed now and are "
        "not.",
        expiring=total_text(rows["expiring"]),
        days=str(question.selection.days),
        renewable=total_text(rows["renewable"]),
    )
    return chart(
        question,
        key,
        sentence,
        rows,
        title,
        places=Places(days(rows["day"]), "day", question.column(key, "day")),
        **_stacked(question, rows),
    )


def next_45_days(question: Question) -> Chart:
    """Certificates expiring within the reach of the first reminder."""
    return by_day(replace(question, selection=replace(question.selection, days=DAYS_AHEAD)))


def by_week(question: Question) -> Chart:
    """Certificates expiring in the next 52 weeks."""
    key = "expiring_by_week"
    rows = question.rows(key)
    if rows.empty:
        return nothing(question, key)
    peak = rows.loc[rows["expiring"].idxmax()]
    sentence = question.say(
        "{expiring} certificates expire in 52 weeks, most in the week from {peak_week}: {peak}.",
        expiring=total_text(rows["expiring"]),
        peak_week=day_text(peak["week"], question.language),
        peak=number_text(peak["expiring"]),
    )
    return chart(
        question,
        key,
        sentence,
        rows,
        places=Places(days(rows["week"]), "week", question.column(key, "week")),
        **_stacked(question, rows),
    )


def by_month(question: Question) -> Chart:
    """Certificates expiring in the next 24 months."""
    key = "expiring_by_month"
    rows = question.rows(key)
    if rows.empty:
        return nothing(question, key)
    peak = rows.loc[rows["expiring"].idxmax()]
    sentence = question.say_of(
        int(rows["expiring"].sum()),
        "{expiring} certificate expires in 24 months, most in {peak_month}: {peak}.",
        "{expiring} certificates expire in 24 months, most in {peak_month}: {peak}.",
        expiring=total_text(rows["expiring"]),
        peak_month=month_text(peak["month"], question.language),
        peak=number_text(peak["expiring"]),
    )
    return chart(
        question,
        key,
        sentence,
        rows,
        places=Places(days(rows["month"]), "month", question.column(key, "month")),
        **_stacked(question, rows),
    )


def by_county(question: Question) -> Chart:
    """Certificates expiring by county, most first."""
    key = "expiring_by_county"
    title = question.say(
        "Expiring in the next {days} days, by county", days=str(question.selection.days)
    )
    rows = question.rows(key).sort_values("expiring", ascending=False)
    if rows.empty:
        return nothing(question, key, title)
    names = tuple(question.name(county) for county in rows["county"])
    most = rows.loc[rows["renewable"].idxmax()]
    sentence = question.say(
        "{county} has most to call: {renewable} can be renewed now and are not.",
        county=question.name(most["county"]),
        renewable=number_text(most["renewable"]),
    )
    return chart(
        question,
        key,
        sentence,
        rows,
        title,
        places=Places(names),
        lies=True,
        **_stacked(question, rows),
    )
