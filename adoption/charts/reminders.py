"""Charts of how often each reminder stage is reached and what comes of it."""

from datetime import timedelta

import pandas as pd
import plotly.graph_objects as go

from adoption.charts import theme
from adoption.charts.chart import Chart, Question, as_of_text, chart, nothing
from adoption.charts.codes import stage_name
from adoption.formats import month_text, number_text, share_text
from adoption.metrics.rules import OUTCOMES
from adoption.policy import STAGE_DAYS

MONTHS_SHOWN = 36


def funnel(question: Question) -> Chart:
    """Certificates that reached each stage, and the share that went on from the stage before."""
    key = "reminder_stages"
    rows = question.rows(key)
    if not rows["certificates"].any():
        return nothing(question, key)
    counts = rows["certificates"].tolist()
    before = [None, *counts[:-1]]
    labels = [
        number_text(count) + (f"（{share_text(count, earlier)}）" if earlier else "")
        for count, earlier in zip(counts, before, strict=True)
    ]
    figure = theme.figure(
        go.Bar(
            y=[stage_name(stage, question.language) for stage in rows["stage"]],
            x=counts,
            orientation="h",
            marker={"color": [theme.STAGE[stage] for stage in rows["stage"]]},
            text=labels,
            textposition="auto",
            hovertemplate="%{y}　%{x:,}<extra></extra>",
        ),
        height=280,
        showlegend=False,
        bargap=0.2,
    )
    figure.update_xaxes(**theme.count_axis(question.column(key, "certificates")))
    figure.update_yaxes(autorange="reversed")
    sentence = question.say(
        "Up to {day}, {first} certificates reached the first reminder stage and {last} the last. "
        "In brackets: the share of the stage before, in which those are counted too whose next "
        "due day still lies ahead.",
        day=as_of_text(question),
        first=number_text(counts[0]),
        last=number_text(counts[-1]),
    )
    return chart(question, key, sentence, figure, rows)


def by_month(question: Question) -> Chart:
    """Stages reached by expiry month, the months whose due days are not all past marked."""
    key = "reminder_stages_by_month"
    rows = question.rows(key)
    if rows.empty:
        return nothing(question, key)
    as_of = pd.Timestamp(question.selection.as_of)
    shown = _latest_months(rows)
    figure = theme.figure(height=360, legend={"orientation": "h", "y": 1.06, "yanchor": "bottom"})
    for stage in STAGE_DAYS:
        line = shown[shown["stage"] == stage]
        figure.add_scatter(
            name=stage_name(stage, question.language),
            x=line["expiry_month"],
            y=line["certificates"],
            mode="lines+markers",
            marker={"color": theme.STAGE[stage], "size": 5},
            line={"color": theme.STAGE[stage], "width": 2},
            customdata=theme.months_written(line["expiry_month"], question.language),
            hovertemplate="%{customdata}　%{y:,}",
        )
    figure.update_xaxes(**theme.time_axis(shown["expiry_month"], question.language, "month"))
    figure.update_yaxes(**theme.count_axis(question.column(key, "certificates")))
    complete = _complete_months(shown["expiry_month"], as_of)
    _mark_incomplete(question, figure, shown["expiry_month"], complete)
    if complete.empty:
        says = question.say("No expiry month is complete yet.")
        return chart(question, key, says, figure, rows)
    latest = shown[shown["expiry_month"] == complete.max()].set_index("stage")["certificates"]
    sentence = question.say(
        "Of the certificates expiring in {month}, the latest complete month, {facts}.",
        month=month_text(complete.max(), question.language),
        facts=question.say(", ").join(
            question.say(
                "{count} reached {stage}",
                count=number_text(latest.get(stage, 0)),
                stage=stage_name(stage, question.language),
            )
            for stage in STAGE_DAYS
        ),
    )
    return chart(question, key, sentence, figure, rows)


def _latest_months(rows: pd.DataFrame) -> pd.DataFrame:
    """The last three years of what there is."""
    last = rows["expiry_month"].max()
    return rows[rows["expiry_month"] > last - pd.DateOffset(months=MONTHS_SHOWN)]


def _complete_months(months: pd.Series, as_of: pd.Timestamp) -> pd.Series:
    """Months whose last day is on or before as_of: nothing in them is still to be decided."""
    return months[months + pd.offsets.MonthEnd(0) <= as_of]


def _mark_incomplete(
    question: Question, figure: go.Figure, months: pd.Series, complete: pd.Series
) -> None:
    if len(complete) == len(months):
        return
    first = months[~months.isin(complete)].min() - timedelta(days=15)
    figure.add_vrect(
        x0=first,
        x1=months.max() + timedelta(days=15),
        fillcolor="#8a8f98",
        opacity=0.15,
        line_width=0,
    )
    figure.add_annotation(
        text=question.say("incomplete"),
        x=months.max() + timedelta(days=15),
        xanchor="right",
        y=1,
        yref="paper",
        yanchor="bottom",
        showarrow=False,
    )


def outcomes(question: Question) -> Chart:
    """What came of the journeys, each certificate once."""
    key = "reminder_journey"
    rows = question.rows(key)
    if rows.empty:
        return nothing(question, key)
    counts = rows.groupby("outcome")["certificates"].sum().reindex(OUTCOMES, fill_value=0)
    total = counts.sum()
    figure = theme.figure(
        go.Bar(
            y=[question.name(outcome) for outcome in counts.index],
            x=counts,
            orientation="h",
            marker={"color": [theme.OUTCOME[outcome] for outcome in counts.index]},
            text=[f"{number_text(n)}（{share_text(n, total)}）" for n in counts],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{y}　%{x:,}<extra></extra>",
        ),
        height=360,
        right=120,
        showlegend=False,
    )
    figure.update_xaxes(**theme.count_axis(question.column(key, "certificates")))
    figure.update_yaxes(autorange="reversed")
    after_mail = counts[[f"after_{stage}" for stage in STAGE_DAYS]].sum()
    sentence = question.say(
        "Of {total} certificates whose first reminder fell due, {before} renewed before it, "
        "{after} after one of the four due days and {late} late; {lapsed} lapsed.",
        total=number_text(total),
        before=share_text(counts["before_first"], total),
        after=share_text(after_mail, total),
        late=share_text(counts["late"], total),
        lapsed=share_text(counts["lapsed"], total),
    )
    return chart(question, key, sentence, figure, rows)


def outcomes_by_month(question: Question) -> Chart:
    """Outcomes of each expiry month as shares of its certificates, the last three years."""
    key = "reminder_journey"
    title = question.say("Outcomes by expiry month")
    rows = question.rows(key)
    as_of = pd.Timestamp(question.selection.as_of)
    if rows.empty:
        return nothing(question, key, title)
    shown = _latest_months(rows)
    wide = shown.pivot_table(
        index="expiry_month", columns="outcome", values="certificates", fill_value=0
    ).reindex(columns=OUTCOMES, fill_value=0)
    shares = wide.div(wide.sum(axis="columns"), axis="rows")
    figure = theme.figure(height=400, bargap=0.08, margin={"l": 8, "r": 16, "t": 72, "b": 8})
    figure.update_layout(legend_y=1.06)
    written = theme.months_written(pd.Series(shares.index), question.language)
    for outcome in OUTCOMES:
        figure.add_bar(
            name=question.name(outcome),
            x=shares.index,
            y=shares[outcome],
            marker={"color": theme.OUTCOME[outcome]},
            width=theme.MONTH_WIDTH,
            customdata=written,
            hovertemplate="%{customdata}　%{y:.1%}",
        )
    figure.update_xaxes(**theme.time_axis(pd.Series(shares.index), question.language, "month"))
    figure.update_yaxes(
        tickformat=".0%", range=[0, 1], title={"text": question.say("Share of certificates")}
    )
    months = pd.Series(shares.index)
    complete = _complete_months(months, as_of)
    _mark_incomplete(question, figure, months, complete)
    if complete.empty:
        decided = question.say("No expiry month is complete yet.")
    else:
        decided = question.say(
            "Months after {month} are still being decided; late renewals can come for a year "
            "after expiry.",
            month=month_text(complete.max(), question.language),
        )
    bars = question.say("Each bar is an expiry month and adds up to 100 %.")
    return chart(question, key, question.sentences(bars, decided), figure, shown, title)
