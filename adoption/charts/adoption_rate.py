"""Charts of the adoption rate: how many of the registered hold a certificate, when and where."""

from datetime import date
from typing import Any

import pandas as pd

from adoption.charts.chart import Chart, Question, chart, nothing
from adoption.charts.differences import differing
from adoption.charts.spec import Mark, Places, Series, days, numbers
from adoption.formats import change_text, month_text, number_text, percent_text, points_text
from adoption.places import name_on
from adoption.store.schema import UNSTATED

MOST_NOT_REACHED = 12
OUTLINES_OF = date(2020, 1, 1)  # a day on which the counties were named as on the map


def _uncounted(question: Question, key: str, rows: pd.DataFrame, title: str | None = None) -> Chart:
    """There is no count of the registered to compare the holders with, or nothing at all."""
    if question.rows("adoption_rate").empty:
        return nothing(question, key, title)
    says = question.say("No count of registered entities matches, so there is no adoption rate.")
    return chart(question, key, says, rows, title)


def _compared(question: Question, rows: pd.DataFrame) -> list[str]:
    """What each rate is made of: 117,796／368,160 家（102年8月）."""
    return [
        question.say(
            "{holders} of {registered} ({month})",
            holders=number_text(row.holders),
            registered=number_text(row.registered),
            month=month_text(row.registered_month, question.language),
        )
        for row in rows.itertuples()
    ]


def over_time(question: Question) -> Chart:
    """The adoption rate at each month's end; marked where the registered changed a lot."""
    key = "adoption_rate_over_time"
    rows = question.rows(key)
    if rows.empty:
        return nothing(question, key)
    counted = rows[rows["rate"].notna()]
    if counted.empty:
        return _uncounted(question, key, rows)
    last = counted.iloc[-1]
    changed = rows.assign(before=rows["registered"].shift())[rows["great_change"]]
    says = question.say(
        "{rate} of {registered} registered entities hold a valid certificate{change}.",
        rate=percent_text(last["rate"]),
        registered=number_text(last["registered"]),
        change=_since_a_year(question, last["rate"]),
    )
    return chart(
        question,
        key,
        says,
        rows,
        kind="line",
        places=Places(days(counted["month"]), "month", notes=tuple(_compared(question, counted))),
        series=(
            Series(
                question.column(key, "rate"),
                numbers(counted["rate"]),
                "rate",
                end=percent_text(last["rate"]),
            ),
        ),
        value_title=question.column(key, "rate"),
        is_share=True,
        marks=tuple(
            Mark(
                row.month.date(),
                question.say("Registered {change}", change=_change(row.registered, row.before)),
            )
            for row in changed.itertuples()
        ),
    )


def _since_a_year(question: Question, rate: float) -> str:
    """The change since the same day of the year before, as beside the number on the overview."""
    then = question.rows("adoption_rate_totals", question.selection.months_before(12))["rate"]
    if then.isna().all():
        return ""
    change = points_text(rate - then.iloc[0])
    return question.say(", {change} percentage points in a year", change=change)


def _change(registered: int, before: int | None) -> str:
    """+25%; the number itself where there is nothing to take a share of."""
    if pd.isna(before) or not before:
        return number_text(registered)
    return f"{change_text(100 * (registered / before - 1))}%"


def by_county_map(question: Question) -> Chart:
    """The adoption rate of each county on a map."""
    key = "adoption_rate_by_county"
    title = question.say("Adoption rate on the map")
    rows = question.rows(key)
    counted = rows[rows["rate"].notna()].sort_values("rate", ascending=False)
    if counted.empty:
        return _uncounted(question, key, rows, title)
    # Counties that merged later share an outline.
    parts = counted.assign(
        outline=[name_on(county, OUTLINES_OF) for county in counted["county"]],
        named=counted["county"].map(question.name),
    )
    groups = parts.groupby("outline").agg(
        holders=("holders", "sum"),
        registered=("registered", "sum"),
        name=("named", " + ".join),
        registered_month=("registered_month", "max"),
    )
    share = groups["holders"] / groups["registered"]
    notes = [
        f"{name}　{percent_text(each)}\n{compared}"
        for name, each, compared in zip(
            groups["name"], share, _compared(question, groups), strict=True
        )
    ]
    first, last = counted.iloc[0], counted.iloc[-1]
    range_said = question.say(
        "From {low} in {low_county} to {high} in {high_county}; darker is higher.",
        low=percent_text(last["rate"]),
        low_county=question.name(last["county"]),
        high=percent_text(first["rate"]),
        high_county=question.name(first["county"]),
    )
    return chart(
        question,
        key,
        question.sentences(_only(question, counted) or range_said, _not_on_the_map(question)),
        counted,
        title,
        kind="map",
        places=Places(tuple(groups.index), notes=tuple(notes)),
        series=(Series(question.column(key, "rate"), numbers(share), "rate"),),
        is_share=True,
    )


def _not_on_the_map(question: Question) -> str:
    """Certificates without a county have no place there."""
    valid = question.rows("valid_by_county")
    unstated = int(valid.loc[valid["county"] == UNSTATED, "valid"].sum())
    if not unstated:
        return ""
    return question.say(
        "Not on the map: {valid} valid certificates whose county is not stated.",
        valid=number_text(unstated),
    )


def by_county(question: Question) -> Chart:
    """The counties ranked by their adoption rate."""
    key = "adoption_rate_by_county"
    title = question.say("Counties by adoption rate")
    rows = question.rows(key).sort_values("rate", ascending=False)
    counted = rows[rows["rate"].notna()]
    if counted.empty:
        return _uncounted(question, key, rows, title)
    of_all = _rate_of_all(question)
    return chart(
        question,
        key,
        question.sentences(
            _only(question, counted) or differing(question, counted, "county", "rate"),
            _left_out(question),
        ),
        rows,
        title,
        **_bars(question, counted, "county"),
        marks=(Mark(of_all, question.say("All {rate}", rate=percent_text(of_all))),),
    )


def _only(question: Question, counted: pd.DataFrame) -> str:
    """What there is to say of a single county; of several nothing."""
    if len(counted) > 1:
        return ""
    (only,) = counted.itertuples()
    return question.say(
        "{county}: {rate}, {compared}.",
        county=question.name(only.county),
        rate=percent_text(only.rate),
        compared=_compared(question, counted)[0],
    )


def _rate_of_all(question: Question) -> float:
    """On the as-of day, which the last month over time is counted up to; 0 before all issues."""
    rates = question.rows("adoption_rate_over_time")["rate"]
    return 0.0 if rates.empty else float(rates.iloc[-1])


def _left_out(question: Question) -> str:
    """How many holders there is no count to compare with."""
    held = question.rows("valid_over_time")["holders"]
    compared = question.rows("adoption_rate_over_time")["holders"]
    left_out = 0 if held.empty else int(held.iloc[-1] - compared.iloc[-1])
    if not left_out:
        return ""
    return question.say(
        "Left out: {holders} holders whose county and type have no count.",
        holders=number_text(left_out),
    )


def not_reached(question: Question) -> Chart:
    """Where most registered entities hold no certificate yet, by county and type."""
    key = "adoption_rate"
    title = question.say("Where to go next: registered without a certificate")
    rows = question.rows(key)
    counted = rows[rows["rate"].notna()]
    if counted.empty:
        return _uncounted(question, key, rows, title)
    missing = (counted["registered"] - counted["holders"]).astype("int64")
    ordered = counted.assign(missing=missing).sort_values("missing", ascending=False)
    shown = ordered.head(MOST_NOT_REACHED)
    names = tuple(
        f"{question.name(row.county)} {question.name(row.org_type)}" for row in shown.itertuples()
    )
    share = shown["missing"].sum() / max(missing.sum(), 1)
    says = question.say(
        "{count} registered hold no certificate; these {shown} groups are {share} of them.",
        count=number_text(missing.sum()),
        shown=number_text(len(shown)),
        share=percent_text(share),
    )
    series = Series(
        question.say("Not reached"),
        numbers(shown["missing"]),
        "reference",
        suffixes=tuple(
            question.say(" (rate {rate})", rate=percent_text(rate)) for rate in shown["rate"]
        ),
    )
    return chart(
        question,
        key,
        says,
        ordered.drop(columns="missing"),
        title,
        places=Places(names),
        series=(series,),
        value_title=question.say("Registered entities"),
        lies=True,
    )


def by_type(question: Question) -> Chart:
    """The adoption rate of each organisation type."""
    key = "adoption_rate_by_type"
    rows = question.rows(key).sort_values("rate", ascending=False)
    counted = rows[rows["rate"].notna()]
    if counted.empty:
        return _uncounted(question, key, rows)
    says = differing(question, counted, "org_type", "rate")
    return chart(question, key, says, rows, **_bars(question, counted, "org_type"))


def _bars(question: Question, rows: pd.DataFrame, by: str) -> dict[str, Any]:
    """A bar a row, as long as its rate, with the rate and its denominator."""
    name = question.say("Adoption rate")
    series = Series(
        name,
        numbers(rows["rate"]),
        "rate",
        meanings=tuple(rows[by]) if by == "org_type" else (),
        suffixes=tuple(
            question.say(" (of {registered})", registered=number_text(registered))
            for registered in rows["registered"]
        ),
    )
    return {
        "places": Places(tuple(map(question.name, rows[by]))),
        "series": (series,),
        "value_title": name,
        "is_share": True,
        "lies": True,
    }
