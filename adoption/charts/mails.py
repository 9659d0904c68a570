"""Charts of the mails: what is to send, what was sent, and what is missing in the send log."""

import pandas as pd
import plotly.graph_objects as go

from adoption.charts import theme
from adoption.charts.chart import Chart, Question, as_of_text, chart, nothing
from adoption.charts.codes import stage_name
from adoption.charts.stagebars import stage_bars
from adoption.formats import day_text, month_text, number_text, share_text, short_day_text
from adoption.policy import STAGE_DAYS
from adoption.workdays import holiday_name

DAYS_OFF = ("weekend", "holiday")
# How a day is drawn that is no ordinary workday.
PATTERN = {"workday": "", "makeup_workday": "x", "weekend": "/", "holiday": "/"}
STRIPES = {"fillmode": "overlay", "fgcolor": "rgba(255,255,255,0.85)", "size": 5, "solidity": 0.4}
UNSTAGED = "#8a8f98"
MISSING_MONTHS = 36
DAYS_BETWEEN_NAMES = 7


def delivery(question: Question) -> Chart:
    """Mails due at each stage: delivered, bounced, without address, not in the log."""
    key = "mail_delivery"
    rows = question.rows(key)
    if not rows["due"].any():
        return nothing(question, key)
    words = [
        question.say(
            "due {due}, sent {sent}, delivered {delivered}, missing {missing}",
            **{name: number_text(row[name]) for name in ("due", "sent", "delivered", "missing")},
        )
        for row in rows.to_dict("records")
    ]
    figure = stage_bars(
        [stage_name(stage, question.language) for stage in rows["stage"]],
        words,
        {
            question.say("Delivered"): (rows["delivered"], theme.MAIL["delivered"]),
            question.say("Bounced"): (rows["bounced"], theme.MAIL["bounced"]),
            question.say("No address"): (rows["no_address"], theme.MAIL["no_address"]),
            question.say("Missing in the log"): (rows["missing"], theme.MAIL["missing"]),
        },
        question.say("Mails"),
    )
    total = rows.sum()
    if not _has_log(total):
        says = question.say(
            "{due} mails were due up to {day}, but no send log has been loaded: whether they were "
            "sent cannot be said.",
            due=number_text(total["due"]),
            day=as_of_text(question),
        )
        return chart(question, key, says, figure, rows)
    sentence = question.say(
        "Of {due} mails due up to {day}, the log has {sent} ({sent_share}); {delivered} "
        "({delivered_share} of those sent) were delivered, {bounced} bounced, {no_address} had no "
        "address. {missing} are missing, {before} of them due before the log begins. {unexpected} "
        "went out that were not due.",
        due=number_text(total["due"]),
        day=as_of_text(question),
        sent_share=share_text(total["sent"], total["due"]),
        delivered_share=share_text(total["delivered"], total["sent"]),
        before=number_text(total["before_log"]),
        **{
            name: number_text(total[name])
            for name in ("sent", "delivered", "bounced", "no_address", "missing", "unexpected")
        },
    )
    return chart(question, key, sentence, figure, rows)


def _has_log(total: pd.Series) -> bool:
    """Whether the send log has anything for this selection."""
    return bool(total["sent"] or total["unexpected"])


def workload(question: Question) -> Chart:
    """Mails to send on each of the days ahead, by stage; days off and make-up workdays marked."""
    key = "mails_due"
    title = question.say("Mails to send in the next {days} days", days=str(question.selection.days))
    rows = question.rows(key)
    ahead = rows[rows["ahead"]]
    if ahead.empty:
        return nothing(question, key, title)
    figure = theme.figure(height=380, bargap=0.1, margin={"l": 8, "r": 16, "t": 88, "b": 8})
    figure.update_layout(legend_y=1.12)
    for stage in STAGE_DAYS:
        bars = ahead[ahead["stage"] == stage]
        figure.add_bar(
            name=stage_name(stage, question.language),
            showlegend=False,  # its legend would be striped when its first day is off
            x=bars["day"],
            y=bars["mails"],
            width=theme.DAY_WIDTH,
            marker={
                "color": theme.STAGE[stage],
                "pattern": {
                    "shape": [PATTERN[kind] for kind in bars["day_kind"]],
                    **STRIPES,
                },
            },
            customdata=[
                f"{day_text(day, question.language)} {question.name(kind)}"
                for day, kind in zip(bars["day"], bars["day_kind"], strict=True)
            ],
            hovertemplate="%{customdata}　%{y:,}",
        )
    days = ahead.groupby("day").agg(mails=("mails", "sum"), kind=("day_kind", "first"))
    _legend(question, figure, set(days["kind"]))
    _name_holidays(question, figure, days)
    figure.update_xaxes(**theme.time_axis(ahead["day"], question.language, "day"))
    figure.update_yaxes(**theme.count_axis(question.say("Mails")))
    off = days[days["kind"].isin(DAYS_OFF)]
    peak = days["mails"].idxmax()
    sentence = question.say(
        "If nobody else renews, {mails} mails fall due in the next {days} days, most on {peak} "
        "with {most}; {on_off} of them ({share}) on {off} weekend days and holidays.",
        mails=number_text(days["mails"].sum()),
        days=str(question.selection.days),
        peak=day_text(peak, question.language),
        most=number_text(days["mails"].max()),
        on_off=number_text(off["mails"].sum()),
        share=share_text(off["mails"].sum(), days["mails"].sum()),
        off=number_text(len(off)),
    )
    makeup = days[days["kind"] == "makeup_workday"]
    working = question.say(
        "Make-up workdays: {days}.",
        days=question.say(", ").join(
            short_day_text(day, question.language) for day in makeup.index
        ),
    )
    says = question.sentences(sentence, "" if makeup.empty else working)
    return chart(question, key, says, figure, ahead, title)


def _legend(question: Question, figure: go.Figure, kinds: set[str]) -> None:
    """What a colour means, and a pattern that is on one of the days."""
    entries = [
        (stage_name(stage, question.language), theme.STAGE[stage], "") for stage in STAGE_DAYS
    ]
    if kinds & set(DAYS_OFF):
        entries.append((question.say("Weekend or holiday"), UNSTAGED, "/"))
    if "makeup_workday" in kinds:
        entries.append((question.say("Make-up workday"), UNSTAGED, "x"))
    for name, colour, shape in entries:
        marker = {"color": colour, "pattern": {"shape": shape, **STRIPES}}
        figure.add_bar(name=name, x=[None], y=[None], marker=marker)


def _name_holidays(question: Question, figure: go.Figure, days: pd.DataFrame) -> None:
    """Over the first day of each holiday, as far as there is room."""
    named: pd.Timestamp | None = None
    for day in days.index[days["kind"] == "holiday"]:
        if named is None or (day - named).days > DAYS_BETWEEN_NAMES:
            named = day
            figure.add_vline(x=day, line={"color": UNSTAGED, "width": 1, "dash": "dot"})
            figure.add_annotation(
                text=holiday_name(day.date(), question.language),
                x=day,
                y=1,
                yref="paper",
                yanchor="bottom",
                showarrow=False,
                font={"size": 11},
            )


def missing(question: Question) -> Chart:
    """Mails that were due and are not in the log, by the month in which they were due; a list."""
    key = "mails_missing"
    rows, total = question.rows(key), question.rows("mail_delivery").sum()
    if not total["due"]:
        return nothing(question, key)
    if not _has_log(total):
        says = question.say("No send log has been loaded: what is missing cannot be said.")
        return chart(question, key, says, None, rows)
    if rows.empty:
        says = question.say("Every mail that was due since the send log begins is in it.")
        return chart(question, key, says, None, rows)
    month = rows["day"].dt.to_period("M").dt.start_time
    counts = rows.groupby([month, "stage"]).size().unstack(fill_value=0)
    months = pd.date_range(counts.index.min(), pd.Timestamp(question.selection.as_of), freq="MS")
    counts = counts.reindex(months[-MISSING_MONTHS:], fill_value=0)
    written = theme.months_written(pd.Series(counts.index), question.language)
    figure = theme.figure(height=300)
    for stage in [stage for stage in STAGE_DAYS if stage in counts]:
        figure.add_bar(
            name=stage_name(stage, question.language),
            x=counts.index,
            y=counts[stage],
            width=theme.MONTH_WIDTH,
            marker={"color": theme.STAGE[stage]},
            customdata=written,
            hovertemplate="%{customdata}　%{y:,}",
        )
    figure.update_xaxes(**theme.time_axis(pd.Series(counts.index), question.language, "month"))
    figure.update_yaxes(**theme.count_axis(question.say("Mails")))
    today = (rows["day"] == pd.Timestamp(question.selection.as_of)).sum()
    most = counts.sum(axis="columns")
    sentence = question.say(
        "{count} mails that were due since {first} are not in the send log, most of the last "
        "{months} months in {peak} with {most}. {today} were due on the as-of day itself and may "
        "still go out. The table lists them, the latest first.",
        count=number_text(len(rows)),
        first=day_text(rows["day"].min(), question.language),
        months=str(len(counts)),
        peak=month_text(most.idxmax(), question.language),
        most=number_text(most.max()),
        today=number_text(today),
    )
    return chart(question, key, sentence, figure, rows)
