"""Charts of how often each reminder stage is reached: certificates, holders, mails."""

import pandas as pd
from plotly.subplots import make_subplots

from adoption.charts import cohorts, theme
from adoption.charts.chart import Chart, Question, as_of_text, chart, nothing
from adoption.charts.codes import stage_name
from adoption.charts.stagebars import stage_bars
from adoption.formats import month_text, number_text, share_text
from adoption.policy import STAGE_DAYS


def counted(question: Question) -> Chart:
    """Certificates, their holders and the mails sent to them, each in a panel of its own."""
    key = "reminder_stages"
    title = question.say("Certificates, holders and mails: three different counts")
    rows = question.rows(key)
    if not rows["certificates"].any():
        return nothing(question, key, title)
    sent = question.rows("mail_delivery")["sent"]
    panels = {
        question.say("Certificates that reached the stage"): (rows["certificates"], theme.VALID),
        question.say("Holders of these certificates"): (rows["holders"], theme.HOLDERS),
        question.say("Mails sent, by the send log"): (sent, theme.MAIL["sent"]),
    }
    figure = theme.figure(height=470, showlegend=False, bargap=0.25)
    drawn = make_subplots(
        rows=3, cols=1, figure=figure, subplot_titles=list(panels), vertical_spacing=0.09
    )
    names = [stage_name(stage, question.language) for stage in rows["stage"]]
    for number, (name, (counts, colour)) in enumerate(panels.items(), start=1):
        drawn.add_bar(
            name=name,
            row=number,
            col=1,
            y=names,
            x=counts.tolist(),
            orientation="h",
            marker={"color": colour},
            text=[number_text(count) for count in counts],
            textposition="auto",
            hovertemplate="%{y}　%{x:,}<extra></extra>",
        )
    drawn.update_annotations(x=0, xanchor="left", xref="paper", font={"size": 13})
    # One scale, so that the panels compare.
    most = max(int(counts.max()) for counts, _ in panels.values())
    drawn.update_xaxes(
        range=[0, most * 1.08], showticklabels=False, showgrid=False, fixedrange=True
    )
    drawn.update_yaxes(autorange="reversed", automargin=True, fixedrange=True)
    first = rows.iloc[0]
    sentence = question.say(
        "Up to {day}, {certificates} certificates of {holders} holders reached the first stage. "
        "One mail for each certificate and stage, {due} mails were due; the send log has {sent} "
        "of them.",
        day=as_of_text(question),
        certificates=number_text(first["certificates"]),
        holders=number_text(first["holders"]),
        due=number_text(rows["certificates"].sum()),
        sent=number_text(sent.sum()),
    )
    return chart(question, key, sentence, drawn, rows, title)


def funnel(question: Question) -> Chart:
    """Certificates that reached each stage, by what came of them up to the next one."""
    key = "reminder_conversion"
    rows = question.rows("reminder_conversion")
    if not rows["certificates"].any():
        return nothing(question, key)
    undecided = rows["certificates"] - rows["decided"]
    figure = stage_bars(
        [stage_name(stage, question.language) for stage in rows["stage"]],
        [_fates(question, row) for row in rows.to_dict("records")],
        {
            question.say("Renewed"): (rows["renewed"], theme.FATE["renewed"]),
            question.say("Ended"): (rows["ended"], theme.FATE["ended"]),
            question.say("Not renewed"): (rows["went_on"], theme.FATE["went_on"]),
            question.say("Next due day ahead"): (undecided, theme.FATE["undecided"]),
        },
        question.column(key, "certificates"),
    )
    told = rows[rows["decided"] > 0]
    if told.empty:
        says = question.say("No next due day is past yet.")
        return chart(question, key, says, figure, rows)
    best = told.loc[told["renewed_share"].idxmax()]
    sentence = question.say(
        "Of every 100 certificates whose next due day is past, {shares} renewed in the gap after "
        "the mail; most after '{stage}'. {ahead} are left out of the shares: their next due day "
        "lies ahead.",
        shares=question.say(", ").join(f"{100 * share:.1f}" for share in told["renewed_share"]),
        stage=stage_name(int(best["stage"]), question.language),
        ahead=number_text(undecided.sum()),
    )
    return chart(question, key, sentence, figure, rows)


def _fates(question: Question, row: dict[str, float]) -> str:
    return question.say(
        "{count} reached: {renewed} renewed, {ended} ended, {on} not",
        count=number_text(row["certificates"]),
        renewed=share_text(row["renewed"], row["decided"]),
        ended=share_text(row["ended"], row["decided"]),
        on=share_text(row["went_on"], row["decided"]),
    )


def by_month(question: Question) -> Chart:
    """Stages reached by expiry month, the months whose due days are not all past marked."""
    key = "reminder_stages_by_month"
    rows = question.rows(key)
    if rows.empty:
        return nothing(question, key)
    as_of = pd.Timestamp(question.selection.as_of)
    shown = cohorts.latest(rows)
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
    complete = cohorts.complete(shown["expiry_month"], as_of)
    cohorts.mark_incomplete(question, figure, shown["expiry_month"], complete)
    if complete.empty:
        says = question.say("No expiry month is complete yet.")
        return chart(question, key, says, figure, rows)
    latest = shown[shown["expiry_month"] == complete.max()].set_index("stage")["certificates"]
    sentence = question.say(
        "Of the certificates expiring in {month}, the latest complete month, {facts}.",
        month=month_text(complete.max(), question.language),
        facts=question.say(", ").join(
            question.say(
                "{count} reached '{stage}'",
                count=number_text(latest.get(stage, 0)),
                stage=stage_name(stage, question.language),
            )
            for stage in STAGE_DAYS
        ),
    )
    return chart(question, key, sentence, figure, rows)
