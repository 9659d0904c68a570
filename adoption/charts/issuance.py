"""Charts of what is issued, what is valid and who holds it."""

import pandas as pd
import plotly.graph_objects as go

from adoption.charts import theme
from adoption.charts.chart import Chart, Question, as_of_text, chart, nothing, total_text
from adoption.formats import (
    change_text,
    month_text,
    number_text,
    percent_text,
    share_text,
    year_text,
)
from adoption.metrics.issuance import MOST_CARDS
from adoption.store.schema import UNSTATED

ORG_TYPES = ("company", "business", "branch", "other", UNSTATED)


def adoption_curve(question: Question) -> Chart:
    """Valid certificates and holders over time."""
    key = "valid_over_time"
    rows = question.rows(key)
    if rows.empty:
        return nothing(question, key)
    figure = theme.figure(height=340, showlegend=False)
    last = rows.iloc[-1]
    # Where the lines end close together, their labels move apart.
    apart = 16 if last["valid"] - last["holders"] < 0.12 * rows["valid"].max() else 0
    for name, colour, shift in (
        ("valid", theme.VALID, apart),
        ("holders", theme.HOLDERS, -apart),
    ):
        title = question.column(key, name)
        figure.add_scatter(
            name=title,
            x=rows["month"],
            y=rows[name],
            mode="lines" if len(rows) > 1 else "markers",
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
            yshift=shift,
        )
    figure.update_xaxes(**theme.time_axis(rows["month"], question.language, "year"))
    figure.update_yaxes(**theme.count_axis(question.say("Certificates / holders")))
    sentence = question.say(
        "{valid} certificates are valid as of {day}, held by {holders} holders.",
        valid=number_text(last["valid"]),
        day=as_of_text(question),
        holders=number_text(last["holders"]),
    )
    return chart(
        question, key, question.sentences(sentence, _year_before(question, rows)), figure, rows
    )


def _year_before(question: Question, rows: pd.DataFrame) -> str:
    """The change since the end of the same month of the year before."""
    last = rows.iloc[-1]
    then = rows[rows["month"] == last["month"] - pd.DateOffset(years=1)]
    if then.empty:
        return ""
    return question.say(
        "At the end of {month} they were {valid} and {holders} ({valid_change} and "
        "{holders_change} since).",
        month=month_text(then["month"].iloc[0], question.language),
        valid=number_text(then["valid"].iloc[0]),
        holders=number_text(then["holders"].iloc[0]),
        valid_change=change_text(last["valid"] - then["valid"].iloc[0]),
        holders_change=change_text(last["holders"] - then["holders"].iloc[0]),
    )


def issued_by_month(question: Question) -> Chart:
    """Certificates issued by month, first-time and renewals."""
    key = "certificates_issued"
    rows = question.rows(key)
    if rows.empty:
        return nothing(question, key)
    months = rows.groupby("month", as_index=False)[["issued", "first_time", "renewals"]].sum()
    figure = theme.figure(height=340)
    end = pd.Timestamp(question.selection.as_of)
    is_open = months["month"].eq(end.replace(day=1)) & (not end.is_month_end)
    for name, colour in (("first_time", theme.FIRST_TIME), ("renewals", theme.RENEWAL)):
        figure.add_bar(
            name=question.column(key, name),
            x=months["month"],
            y=months[name],
            # The month that is not over is paler.
            marker={"color": colour, "opacity": is_open.map({True: 0.5, False: 1.0})},
            width=theme.MONTH_WIDTH,
            customdata=theme.months_written(months["month"], question.language),
            hovertemplate="%{customdata}　%{y:,}",
        )
    figure.update_layout(bargap=0.1)
    figure.update_xaxes(**theme.time_axis(months["month"], question.language, "year"))
    figure.update_yaxes(**theme.count_axis(question.column(key, "issued")))
    year = months[months["month"] > end.replace(day=1) - pd.DateOffset(months=12)]
    sentence = question.say(
        "{issued} certificates were issued from {first} to {day}; in the last twelve months "
        "{year}, of which {share} renewals. The last month (paler while it "
        "is not over) is counted up to the as-of day.",
        issued=total_text(months["issued"]),
        first=month_text(months["month"].iloc[0], question.language),
        day=as_of_text(question),
        year=total_text(year["issued"]),
        share=share_text(year["renewals"].sum(), year["issued"].sum()),
    )
    return chart(question, key, sentence, figure, rows)


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
    figure = theme.figure()
    for org_type in [*ORG_TYPES, *sorted(set(wide.columns) - set(ORG_TYPES))]:
        if org_type not in wide.columns:
            continue
        figure.add_bar(
            name=question.name(org_type),
            x=[year_text(year, question.language) for year in wide.index],
            y=wide[org_type],
            marker={"color": theme.ORG_TYPE.get(org_type, theme.ORG_TYPE["other"])},
            hovertemplate="%{x}　%{y:,}",
        )
    figure.update_xaxes(type="category", autotickangles=[0, 45, 90])
    figure.update_yaxes(**theme.count_axis(question.column(key, "issued")))
    by_type = wide.sum().sort_values(ascending=False)
    sentence = question.say(
        "Of all {issued} certificates issued, {shares}. The last year is counted up to the as-of "
        "day.",
        issued=total_text(by_type),
        shares=question.say(", ").join(
            f"{question.name(str(kind))} {share_text(count, by_type.sum())}"
            for kind, count in by_type.items()
        ),
    )
    return chart(question, key, sentence, figure, rows, title)


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
    figure = theme.figure(
        go.Bar(
            y=names,
            x=rows["holders"],
            orientation="h",
            marker={"color": theme.HOLDERS},
            text=[
                f"{number_text(row.holders)} · {percent_text(row.share)}"
                for row in rows.itertuples()
            ],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{y}　%{x:,}<extra></extra>",
        ),
        height=260,
        right=110,
        showlegend=False,
    )
    figure.update_xaxes(**theme.count_axis(question.column(key, "holders")))
    figure.update_yaxes(
        autorange="reversed", type="category", title={"text": question.say("Valid certificates")}
    )
    several = rows[rows["cards"] > 1]
    sentence = question.say(
        "{holders} holders have {mean} valid certificates each on average; {several} ({share}) "
        "have more than one.",
        holders=total_text(rows["holders"]),
        mean=number_text(rows["mean"].iloc[0], 2),
        several=total_text(several["holders"]),
        share=percent_text(several["share"].sum()),
    )
    return chart(question, key, sentence, figure, rows)
