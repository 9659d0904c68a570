"""Charts of what is issued, what is valid and who holds it."""

import pandas as pd

from adoption.charts.chart import Chart, Question, chart, nothing, total_text
from adoption.charts.spec import Places, Series, days, numbers
from adoption.formats import change_text, number_text, percent_text, share_text
from adoption.metrics.issuance import MOST_CARDS
from adoption.store.schema import UNSTATED

ORG_TYPES = ("company", "business", "branch", "other", UNSTATED)


def adoption_curve(question: Question) -> Chart:
    """Valid certificates and holders over time."""
    key = "valid_over_time"
    rows = question.rows(key)
    if rows.empty:
        return nothing(question, key)
    last = rows.iloc[-1]
    sentence = question.say(
        "{holders} holders have {valid} valid certificates.",
        holders=number_text(last["holders"]),
        valid=number_text(last["valid"]),
    )
    return chart(
        question,
        key,
        _since_a_year(question, last) or sentence,
        rows,
        kind="line",
        places=Places(days(rows["month"]), "month"),
        series=tuple(
            Series(
                title := question.column(key, name),
                numbers(rows[name]),
                name,
                line="dashed" if name == "holders" else "solid",
                end=f"{title.split('（')[0]}\n{number_text(last[name])}",
            )
            for name in ("valid", "holders")
        ),
        value_title=question.say("Certificates / holders"),
    )


def _since_a_year(question: Question, last: pd.Series) -> str:
    """The change since the same day of the year before, as beside a number on the overview."""
    then = question.rows("valid_totals", question.selection.months_before(12))
    if not then["holders"].any():
        return ""
    return question.say(
        "{holders} holders ({holders_change} in a year) have {valid} valid certificates.",
        holders=number_text(last["holders"]),
        valid=number_text(last["valid"]),
        holders_change=change_text(last["holders"] - then["holders"].iloc[0]),
    )


def issued_by_month(question: Question) -> Chart:
    """Certificates issued by month, first-time and renewals; the last one may not be over."""
    key = "certificates_issued"
    rows = question.rows(key)
    if rows.empty:
        return nothing(question, key)
    months = rows.groupby("month", as_index=False)[["issued", "first_time", "renewals"]].sum()
    end = pd.Timestamp(question.selection.as_of)
    is_open = months["month"].eq(end.replace(day=1)) & (not end.is_month_end)
    year = months[months["month"] > end.replace(day=1) - pd.DateOffset(months=12)]
    says = question.say(
        "{year} certificates were issued in the last twelve months, {share} of them renewals.",
        year=total_text(year["issued"]),
        share=share_text(year["renewals"].sum(), year["issued"].sum()),
    )
    return chart(
        question,
        key,
        says,
        rows,
        places=Places(
            days(months["month"]),
            "month",
            unlike=tuple(is_open.tolist()),
            unlike_name=question.say("Month that is not over"),
        ),
        series=tuple(
            Series(question.column(key, name), numbers(months[name]), meaning)
            for name, meaning in (("first_time", "first_time"), ("renewals", "renewed"))
        ),
        value_title=question.column(key, "issued"),
        is_stacked=True,
    )


def issued_by_type(question: Question) -> Chart:
    """Certificates issued by year, stacked by organisation type."""
    key = "certificates_issued"
    title = question.say("Certificates issued by year and organisation type")
    rows = question.rows(key)
    if rows.empty:
        return nothing(question, key, title)
    years = rows["month"].dt.to_period("Y").dt.to_timestamp()
    wide = rows.pivot_table(
        index=years, columns="org_type", values="issued", aggfunc="sum", fill_value=0
    )
    org_types = [*ORG_TYPES, *sorted(set(wide.columns) - set(ORG_TYPES))]
    by_type = wide.sum()
    says = question.say(
        "{kind} has {share} of all {issued} certificates issued.",
        kind=question.name(str(by_type.idxmax())),
        share=share_text(by_type.max(), by_type.sum()),
        issued=total_text(by_type),
    )
    return chart(
        question,
        key,
        says,
        rows,
        title,
        places=Places(days(wide.index), "year"),
        series=tuple(
            Series(question.name(each), numbers(wide[each]), each)
            for each in org_types
            if each in wide.columns
        ),
        value_title=question.column(key, "issued"),
        is_stacked=True,
    )


def cards_per_holder(question: Question) -> Chart:
    """Holders by how many valid certificates each has."""
    key = "cards_per_holder"
    rows = question.rows(key)
    if rows.empty:
        return nothing(question, key)
    names = [
        question.say("{count} or more", count=str(cards)) if cards == MOST_CARDS else str(cards)
        for cards in rows["cards"]
    ]
    several = rows[rows["cards"] > 1]
    says = question.say(
        "{several} holders ({share}) have more than one valid certificate.",
        several=total_text(several["holders"]),
        share=percent_text(several["share"].sum()),
    )
    return chart(
        question,
        key,
        says,
        rows,
        places=Places(tuple(names), title=question.say("Valid certificates")),
        series=(
            Series(
                question.column(key, "holders"),
                numbers(rows["holders"]),
                "holders",
                suffixes=tuple(f" · {percent_text(share)}" for share in rows["share"]),
            ),
        ),
        value_title=question.column(key, "holders"),
        lies=True,
    )
