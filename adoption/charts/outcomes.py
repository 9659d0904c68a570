"""Charts of how the reminder journeys went, and how renewals come in around the expiry."""

import pandas as pd
import plotly.graph_objects as go

from adoption.charts import cohorts, theme
from adoption.charts.chart import Chart, Question, chart, nothing
from adoption.formats import month_text, number_text, share_text
from adoption.metrics.rules import OUTCOMES
from adoption.metrics.survival import survival_months
from adoption.policy import STAGE_DAYS


def outcomes(question: Question) -> Chart:
    """What came of the journeys, each certificate once; the shares shown add up to 100.0 %."""
    key = "reminder_outcomes"
    rows = question.rows("reminder_outcomes")
    if rows.empty:
        return nothing(question, key)
    drawn = rows.set_index("outcome").reindex(OUTCOMES, fill_value=0)
    figure = theme.figure(
        go.Bar(
            y=[question.name(outcome) for outcome in drawn.index],
            x=drawn["certificates"],
            orientation="h",
            marker={"color": [theme.OUTCOME[outcome] for outcome in drawn.index]},
            text=[
                f"{share_text(share, 1)}（{number_text(count)}）"
                for share, count in zip(drawn["share"], drawn["certificates"], strict=True)
            ],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{y}　%{x:,}<extra></extra>",
        ),
        height=470,
        right=120,
        showlegend=False,
    )
    figure.update_xaxes(
        **theme.count_axis(question.column(key, "certificates")),
        showticklabels=False,  # each bar says its own, and a phone has no room for both
        showgrid=False,
    )
    figure.update_yaxes(autorange="reversed")
    after_mail = drawn["share"][[f"after_{stage}" for stage in STAGE_DAYS]].sum()
    sentence = question.say(
        "Of {total} certificates whose first reminder fell due, {before} renewed before it, "
        "{after} after one of the four due days and {late} late; {lapsed} lapsed, {ended} ended "
        "and {open} are open.",
        total=number_text(rows["certificates"].sum()),
        before=share_text(drawn["share"]["before_first"], 1),
        after=share_text(after_mail, 1),
        **{code: share_text(drawn["share"][code], 1) for code in ("late", "lapsed", "ended")},
        open=share_text(drawn["share"]["open"], 1),
    )
    return chart(question, key, sentence, figure, rows)


def by_month(question: Question) -> Chart:
    """Outcomes of each expiry month as shares of its certificates, the last three years."""
    key = "reminder_journey"
    title = question.say("Outcomes by expiry month")
    rows = question.rows(key)
    as_of = pd.Timestamp(question.selection.as_of)
    if rows.empty:
        return nothing(question, key, title)
    shown = cohorts.latest(rows)
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
    complete = cohorts.complete(months, as_of)
    cohorts.mark_incomplete(question, figure, months, complete)
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


def survival(question: Question) -> Chart:
    """Share not yet renewed by days to expiry, with the four mails marked."""
    key = "renewal_survival"
    rows = question.rows(key)
    if rows.empty:
        return nothing(question, key)
    figure = theme.figure(height=400, right=24, margin={"l": 8, "r": 24, "t": 72, "b": 8})
    figure.update_layout(legend_y=1.1)
    # Downwards from the top: renewed, ended, and at the bottom who is still to renew.
    for name, colour in (
        ("to_renew", theme.FATE["went_on"]),
        ("ended", theme.FATE["ended"]),
        ("renewed", theme.FATE["renewed"]),
    ):
        figure.add_scatter(
            name=question.column(key, f"{name}_share"),
            x=rows["days_to_expiry"],
            y=rows[f"{name}_share"],
            stackgroup="all",
            mode="lines",
            line={"color": colour, "width": 2 if name == "to_renew" else 0, "shape": "hv"},
            hovertemplate="%{y:.1%}",
        )
    for stage in (*STAGE_DAYS, 0):
        figure.add_vline(
            x=stage, line={"width": 1.5, "dash": "dot" if stage else "solid", "color": "#8a8f98"}
        )
    for number, stage in enumerate(STAGE_DAYS, start=1):
        figure.add_annotation(
            text="①②③④"[number - 1],
            x=stage,
            y=1,
            yref="paper",
            yanchor="bottom",
            showarrow=False,
            font={"size": 14},
        )
    ticks = [90, 60, *STAGE_DAYS[:3], 0, -30, -60]
    figure.update_xaxes(
        range=[90, -60],
        tickvals=ticks,
        ticktext=[str(abs(tick)) for tick in ticks],
        tickangle=0,
        title={"text": question.say("Days to expiry, right of 0 days since")},
        showgrid=False,
    )
    figure.update_yaxes(
        tickformat=".0%", range=[0, 1], title={"text": question.say("Share of certificates")}
    )
    figure.update_layout(hovermode="x unified")
    left = rows.set_index("days_to_expiry")["to_renew_share"]
    figure.add_annotation(
        text=share_text(left[0], 1),
        x=0,
        y=left[0],
        ax=28,
        ay=-28,
        arrowcolor="#8a8f98",
        font={"size": 13},
        bgcolor="rgba(255,255,255,0.85)",
        bordercolor="#8a8f98",
    )
    figure.layout.annotations[-1].font.color = "#262730"
    first, last = survival_months(question.selection.as_of)
    sentence = question.say(
        "Of {count} certificates that expired from {first} to {last}, {before} were not yet "
        "renewed 45 days before expiry, {expiry} when they expired and {after} 60 days after; "
        "{ended} had ended before a renewal. Dotted lines: mails 1 to 4.",
        count=number_text(rows["certificates"].iloc[0]),
        first=month_text(first, question.language),
        last=month_text(last, question.language),
        before=share_text(left[STAGE_DAYS[0]], 1),
        expiry=share_text(left[0], 1),
        after=share_text(left.iloc[-1], 1),
        ended=share_text(rows["ended_share"].iloc[-1], 1),
    )
    return chart(question, key, sentence, figure, rows)
