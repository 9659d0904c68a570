"""Charts of how well each mail works, month by month, and what a better share would bring."""

from collections.abc import Callable

import pandas as pd
import plotly.graph_objects as go

from adoption.charts import cohorts, theme
from adoption.charts.chart import Chart, Question, chart, nothing
from adoption.charts.codes import stage_name
from adoption.formats import month_text, number_text, share_text
from adoption.policy import STAGE_DAYS

MONTHS_SHOWN = 24


def by_month(question: Question) -> Chart:
    """Share renewed after each mail by expiry month, the latest at the top; a cell a stage."""
    key = "reminder_conversion_by_month"
    rows = question.rows(key)
    if rows.empty:
        return nothing(question, key)
    shown = cohorts.latest(rows, MONTHS_SHOWN)
    shares = shown.pivot(index="expiry_month", columns="stage", values="renewed_share")
    shares = shares.reindex(columns=list(STAGE_DAYS)).sort_index(ascending=False)
    complete = shown.groupby("expiry_month")["complete"].all().reindex(shares.index)
    months = [month_text(month, question.language) for month in shares.index]
    marked = [
        month if done else question.say("{month} (incomplete)", month=month)
        for month, done in zip(months, complete, strict=True)
    ]
    names = [
        question.say("mail {number}<br>{days} days", number=str(number), days=str(stage))
        for number, stage in enumerate(STAGE_DAYS, start=1)
    ]
    places = list(range(len(months)))
    figure = theme.figure(
        go.Heatmap(
            x=names,
            y=places,
            z=shares.to_numpy(),
            text=[["" if pd.isna(v) else f"{100 * v:.1f}%" for v in row] for row in shares.values],
            texttemplate="%{text}",
            textfont={"size": 11, "color": theme.ON_SHADES},
            customdata=[[month] * len(names) for month in months],
            hovertemplate="%{customdata}　%{text}<extra></extra>",
            hoverongaps=False,
            colorscale=theme.RENEWAL_SHADES,
            zmin=0,
            showscale=False,
            xgap=2,
            ygap=2,
        ),
        height=110 + 21 * len(months),
        margin={"l": 8, "r": 8, "t": 48, "b": 8},
    )
    figure.update_xaxes(side="top", showgrid=False, tickangle=0, tickfont={"size": 11})
    figure.update_yaxes(
        range=[len(months) - 0.5, -0.5], tickvals=places, ticktext=marked, showgrid=False
    )
    for place in [place for place, done in enumerate(complete) if not done]:
        figure.add_hrect(
            y0=place - 0.5, y1=place + 0.5, line={"color": cohorts.INCOMPLETE, "dash": "dot"}
        )
    told = shares[complete.to_numpy()].dropna(how="all")
    if told.empty:
        says = question.say("No expiry month is complete yet.")
        return chart(question, key, says, figure, rows)
    facts = question.say("; ").join(
        question.say(
            "'{stage}' {low} to {high}",
            stage=stage_name(stage, question.language),
            low=share_text(told[stage].min(), 1),
            high=share_text(told[stage].max(), 1),
        )
        for stage in told.columns[told.notna().any()]
    )
    sentence = question.say(
        "Share renewed between a mail and the next, over the {count} complete expiry months shown: "
        "{facts}. Framed months are incomplete: only those whose next due day is past count.",
        count=number_text(len(told)),
        facts=facts,
    )
    return chart(question, key, sentence, figure, rows)


def _what_if(question: Question, stage: int) -> Chart:
    key = "reminder_what_if"
    rows = question.rows(key)
    title = question.say(
        "If the mail '{stage}' did as well as in its best quarter",
        stage=stage_name(stage, question.language),
    )
    of_stage = rows[rows["stage"] == stage].to_dict("records")
    if not of_stage:
        return nothing(question, key, title)
    (row,) = of_stage
    quarter = _quarter_text(question, row["quarter"])
    shares = {
        question.say("Latest year"): row["share"],
        question.say("Best quarter<br>{quarter}", quarter=quarter): row["best_share"],
    }
    figure = theme.figure(
        go.Bar(
            y=list(shares),
            x=list(shares.values()),
            orientation="h",
            marker={"color": theme.FATE["renewed"]},
            text=[share_text(share, 1) for share in shares.values()],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{y}　%{x:.1%}<extra></extra>",
        ),
        height=190,
        right=64,
        showlegend=False,
    )
    figure.update_xaxes(
        title={"text": question.say("Share renewed in the gap")},
        rangemode="tozero",
        tickformat=".0%",
        showticklabels=False,  # each bar says its own, and a phone has no room for both
        showgrid=False,
    )
    figure.update_yaxes(autorange="reversed")
    sentence = question.say(
        "Of {count} certificates that reached '{stage}' and expired from {first} to {last}, "
        "{renewed} ({share}) renewed before the next due day. At {best}, the share of {quarter}, "
        "it would have been {more} more. Some of these would have renewed after a later mail "
        "anyway.",
        count=number_text(row["certificates"]),
        stage=stage_name(stage, question.language),
        first=month_text(row["first_month"], question.language),
        last=month_text(row["last_month"], question.language),
        renewed=number_text(row["renewed"]),
        share=share_text(row["share"], 1),
        best=share_text(row["best_share"], 1),
        quarter=quarter,
        more=number_text(row["more"]),
    )
    return chart(question, key, sentence, figure, rows, title)


def _quarter_text(question: Question, first: pd.Timestamp) -> str:
    last = first + pd.DateOffset(months=2)
    return question.say(
        "{first} to {last}",
        first=month_text(first, question.language),
        last=month_text(last, question.language),
    )


def what_if(stage: int) -> Callable[[Question], Chart]:
    """The chart of one stage: its latest year at the share of its best quarter."""
    return WHAT_IF[stage]


def _of_stage(stage: int) -> Callable[[Question], Chart]:
    def draw(question: Question) -> Chart:
        return _what_if(question, stage)

    # Charts are kept by their function's name.
    draw.__name__ = f"what_if_{stage}"
    return draw


WHAT_IF = {stage: _of_stage(stage) for stage in STAGE_DAYS}
