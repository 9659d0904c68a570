"""Charts of what is issued, what is valid and who holds it."""

import pandas as pd

from adoption.charts import theme
from adoption.charts.chart import Chart, Question, as_of_text, chart, nothing, total_text
from adoption.formats import change_text, month_text, number_text, share_text

ORG_TYPES = ("company", "business", "branch", "other")


def adoption_curve(question: Question) -> Chart:
    """Valid certificates and holders over time."""
    key = "valid_over_time"
    rows = question.rows(key)
    if rows.empty:
        return nothing(question, key)
    figure = theme.figure(height=340, showlegend=False)
    last = rows.iloc[-1]
    for name, colour in (("valid", theme.VALID), ("holders", theme.HOLDERS)):
        title = question.column(key, name)
        figure.add_scatter(
            name=title,
            x=rows["month"],
            y=rows[name],
            mode="lines",
            line={"color": colour, "width": 2.5, "dash": "solid" if name == "valid" else "dot"},
            customdata=theme.months_written(rows["month"], question.language),
            hovertemplate="%{customdata}　%{y:,}",
        )
        figure.add_annotation(
            x=last["month"],
            y=last[name],
            text=f"{title.split('（')[0]}<br>{number_text(last[name])}",
            font={"color": colour},
            align="left",
            showarrow=False,
            xanchor="left",
            xshift=6,
        )
    figure.update_xaxes(**theme.time_axis(rows["month"], question.language, "year"))
    figure.update_yaxes(**theme.count_axis(question.say("Certificates / holders")))
    earlier = question.rows("valid_totals", question.selection.months_before(12))
    before = int(earlier["valid"].sum())
    sentence = question.say(
        "{valid} certificates are valid as of {day}, held by {holders} holders; twelve months "
        "before it was {before} ({change}).",
        valid=number_text(last["valid"]),
        day=as_of_text(question),
        holders=number_text(last["holders"]),
        before=number_text(before),
        change=change_text(last["valid"] - before),
    )
    return chart(question, key, sentence, figure, rows)


def issued_by_month(question: Question) -> Chart:
    """Certificates issued by month, first-time and renewals."""
    key = "certificates_issued"
    rows = question.rows(key)
    if rows.empty:
        return nothing(question, key)
    months = rows.groupby("month", as_index=False)[["issued", "first_time", "renewals"]].sum()
    figure = theme.figure(height=340)
    for name, colour in (("first_time", theme.FIRST_TIME), ("renewals", theme.RENEWAL)):
        figure.add_bar(
            name=question.column(key, name),
            x=months["month"],
            y=months[name],
            marker={"color": colour},
            width=theme.MONTH_WIDTH,
            customdata=theme.months_written(months["month"], question.language),
            hovertemplate="%{customdata}　%{y:,}",
        )
    figure.update_layout(bargap=0.1)
    figure.update_xaxes(**theme.time_axis(months["month"], question.language, "year"))
    figure.update_yaxes(**theme.count_axis(question.column(key, "issued")))
    this_month = pd.Timestamp(question.selection.as_of).replace(day=1)
    year = months[months["month"] > this_month - pd.DateOffset(months=12)]
    sentence = question.say(
        "{issued} certificates were issued from {first} to {day}; in the last twelve months "
        "{year}, of which {share} renewals. The last month is counted up to the as-of day.",
        issued=total_text(months["issued"]),
        first=month_text(months["month"].iloc[0], question.language),
        day=as_of_text(question),
        year=total_text(year["issued"]),
        share=share_text(year["renewals"].sum(), year["issued"].sum()),
    )
    return chart(question, key, sentence, figure, rows)


def by_county(question: Question) -> Chart:
    """Valid certificates by county, most first, stacked by organisation type."""
    key = "valid_by_county"
    rows = question.rows(key)
    if rows.empty:
        return nothing(question, key)
    wide = rows.pivot_table(
        index="county", columns="org_type", values="valid", aggfunc="sum", fill_value=0
    )
    totals = wide.sum(axis="columns").sort_values(ascending=False)
    wide = wide.loc[totals.index]
    types = [*ORG_TYPES, *sorted(set(wide.columns) - set(ORG_TYPES))]
    figure = theme.stacked_rows(
        [question.name(str(county)) for county in wide.index],
        [
            theme.Series(
                question.name(org_type),
                wide[org_type],
                theme.ORG_TYPE.get(org_type, theme.ORG_TYPE["other"]),
            )
            for org_type in types
            if org_type in wide.columns
        ],
        theme.count_axis(question.column(key, "valid")),
    )
    for row, total in enumerate(totals):
        figure.add_annotation(
            y=row, x=total, text=number_text(total), showarrow=False, xanchor="left", xshift=4
        )
    top = totals.head(3)
    sentence = question.say(
        "{top} together have {share} of the {total} valid certificates.",
        top=question.say(", ").join(question.name(str(county)) for county in top.index),
        share=share_text(top.sum(), totals.sum()),
        total=total_text(totals),
    )
    return chart(question, key, sentence, figure, rows)
