"""Charts of how many renew in time, month after month, and how long after the first mail."""

import pandas as pd
import plotly.graph_objects as go

from adoption.charts import theme
from adoption.charts.chart import Chart, Question, chart, nothing
from adoption.formats import month_text, number_text, share_text
from adoption.metrics.renewal import FIRST_STAGE, FIRST_WEEK, WEEKS_WATCHED
from adoption.policy import STAGE_DAYS

MONTHS_SHOWN = 48
IN_TIME, WITH_LATE = theme.OUTCOME["before_first"], theme.OUTCOME["late"]
INCOMPLETE = theme.OUTCOME["open"]


def rate(question: Question) -> Chart:
    """The renewal rate by expiry month: solid and filled where complete, dotted and hollow not."""
    key = "renewal_rate"
    rows = question.rows(key)
    if rows.empty:
        return nothing(question, key)
    shown = rows[
        rows["expiry_month"] > rows["expiry_month"].max() - pd.DateOffset(months=MONTHS_SHOWN)
    ]
    figure = theme.figure(height=360, margin={"l": 8, "r": 16, "t": 64, "b": 8})
    for column, complete, name, colour, symbol in (
        (
            "rate_with_late",
            "late_complete",
            question.say("With late renewals"),
            WITH_LATE,
            "square",
        ),
        ("rate", "complete", question.say("Renewed in time"), IN_TIME, "circle"),
    ):
        done, more = shown[shown[complete]], shown[~shown[complete]]
        style = {"color": colour, "size": 7, "line": {"color": colour, "width": 1.5}}
        for part, traced in (
            (done, {"mode": "lines+markers", "marker": style | {"symbol": symbol}, "name": name}),
            (more, {"mode": "markers", "marker": style | {"symbol": f"{symbol}-open"}}),
        ):
            figure.add_scatter(
                x=part["expiry_month"],
                y=part[column],
                line={"color": colour, "width": 2},
                customdata=theme.months_written(part["expiry_month"], question.language),
                hovertemplate="%{customdata}　%{y:.1%}",
                showlegend=part is done,
                **traced,
            )
        figure.data[-1].name = question.say("{name}, incomplete", name=name)
    if not shown["late_complete"].all():
        figure.add_scatter(
            name=question.say("Hollow: incomplete, can still rise"),
            x=[None],
            y=[None],
            mode="markers",
            marker={"color": INCOMPLETE, "size": 8, "symbol": "circle-open"},
        )
    figure.update_xaxes(**theme.time_axis(shown["expiry_month"], question.language, "month"))
    figure.update_yaxes(
        tickformat=".0%", range=[0, 1], title={"text": question.say("Share of those due")}
    )
    return chart(question, key, _rate_sentence(question, rows), figure, rows)


def _rate_sentence(question: Question, rows: pd.DataFrame) -> str:
    complete = rows[rows["complete"]]
    if complete.empty:
        return question.say("No expiry month is complete yet.")
    latest = complete.iloc[-1]
    year_ago = latest["expiry_month"] - pd.DateOffset(years=1)
    last_year = complete[complete["expiry_month"] > year_ago]
    before = complete[
        (complete["expiry_month"] <= year_ago)
        & (complete["expiry_month"] > year_ago - pd.DateOffset(years=1))
    ]
    facts = question.say(
        "Of the {due} certificates due in {month}, the latest complete month, {rate} were renewed "
        "in time.",
        due=number_text(latest["due"]),
        month=month_text(latest["expiry_month"], question.language),
        rate=share_text(latest["renewed_in_time"], latest["due"]),
    )
    years = ""
    if not before.empty:
        years = question.say(
            "Over the twelve months up to it {year}, over the twelve before {before}.",
            year=share_text(last_year["renewed_in_time"].sum(), last_year["due"].sum()),
            before=share_text(before["renewed_in_time"].sum(), before["due"].sum()),
        )
    watched = rows[rows["late_complete"]].tail(1)
    late = ""
    if not watched.empty:
        late = question.say(
            "With renewals up to a year late it was {rate} in {month}, the latest month for which "
            "that is known.",
            rate=share_text(
                (watched["renewed_in_time"] + watched["late"]).sum(), watched["due"].sum()
            ),
            month=month_text(watched["expiry_month"].iloc[0], question.language),
        )
    return question.sentences(facts, years, late)


def timing(question: Question) -> Chart:
    """In which week after the first mail they renew, with the days on which mails fall due."""
    key = "renewal_timing"
    rows = question.rows(key)
    if rows.empty:
        return nothing(question, key)
    figure = theme.figure(height=360, showlegend=False, bargap=0)
    figure.add_bar(
        x=7 * rows["week"] - 3,  # the middle of the week's days
        y=rows["share"],
        width=6.2,
        marker={"color": theme.RENEWED},
        customdata=[
            (question.say("week {week}", week=str(week)), number_text(count))
            for week, count in zip(rows["week"], rows["certificates"], strict=True)
        ],
        hovertemplate="%{customdata[0]}　%{customdata[1]}（%{y:.1%}）<extra></extra>",
    )
    for number, stage in enumerate(STAGE_DAYS, start=1):
        figure.add_vline(x=FIRST_STAGE - stage, line={"color": theme.STAGE[stage], "width": 2})
        if number < len(STAGE_DAYS):
            _label(figure, str(number), FIRST_STAGE - stage)
    figure.add_vline(x=FIRST_STAGE, line={"color": theme.OUTCOME["lapsed"], "dash": "dash"})
    _label(figure, question.say("{number}, expiry", number=str(len(STAGE_DAYS))), FIRST_STAGE)
    figure.update_xaxes(
        title={"text": question.say("Days from the day the first mail is due")},
        range=[7 * FIRST_WEEK - 7, 7 * WEEKS_WATCHED + 1],
        tickvals=list(range(-15, 7 * WEEKS_WATCHED, 15)),
        showgrid=False,
        zeroline=False,
    )
    figure.update_yaxes(
        tickformat=".0%", rangemode="tozero", title={"text": question.say("Share of those due")}
    )
    shares = rows.set_index("week")["share"]
    watched = rows["certificates"].sum() / shares.sum()
    sentence = question.say(
        "Of {watched} certificates watched for {weeks} weeks after their first mail was due, "
        "{before} were renewed by that day, {first} in the week after it and {all} in all; most "
        "in week {most}.",
        watched=number_text(watched),
        weeks=str(WEEKS_WATCHED),
        before=share_text(shares[shares.index <= 0].sum(), 1),
        first=share_text(shares.get(1, 0.0), 1),
        all=share_text(shares.sum(), 1),
        most=str(shares.idxmax()),
    )
    lines = question.say(
        "The lines are the days on which mails 1 to {count} are due; the dashed one is expiry.",
        count=str(len(STAGE_DAYS)),
    )
    return chart(question, key, question.sentences(sentence, lines), figure, rows)


def _label(figure: go.Figure, words: str, day: int) -> None:
    figure.add_annotation(
        text=words, x=day, xanchor="left", y=1, yref="paper", yanchor="bottom", showarrow=False
    )
