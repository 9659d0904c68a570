"""Charts of the mails: what is to send, what was sent, and what is missing in the send log."""

import pandas as pd

from adoption.charts.chart import Chart, Question, as_of_text, chart, nothing
from adoption.charts.codes import stage_name
from adoption.charts.spec import Mark, Places, Series, days, numbers
from adoption.formats import number_text, share_text
from adoption.policy import STAGE_DAYS
from adoption.workdays import holiday_name

DAYS_OFF = ("weekend", "holiday")
DAYS_BETWEEN_NAMES = 7


def delivery(question: Question) -> Chart:
    """Mails due at each stage: delivered, bounced, without address, not in the log."""
    key = "mail_delivery"
    rows = question.rows(key)
    if not rows["due"].any():
        return nothing(question, key)
    words = [
        question.say(
            "due {due}, sent {sent}, missing {missing}",
            **{name: number_text(row[name]) for name in ("due", "sent", "missing")},
        )
        for row in rows.to_dict("records")
    ]
    results = (
        (question.say("Delivered"), "delivered"),
        (question.say("Bounced"), "bounced"),
        (question.say("No address"), "no_address"),
        (question.say("Missing in the log"), "missing"),
    )
    return chart(
        question,
        key,
        _delivery_sentence(question, rows.sum()),
        rows,
        places=Places(
            tuple(stage_name(stage, question.language) for stage in rows["stage"]),
            notes=tuple(words),
        ),
        series=tuple(Series(name, numbers(rows[code]), code) for name, code in results),
        value_title=question.say("Mails"),
        is_stacked=True,
        lies=True,
    )


def _delivery_sentence(question: Question, total: pd.Series) -> str:
    due = number_text(total["due"])
    if not (total["sent"] or total["unexpected"]):
        return question.say(
            "{due} mails were due up to {day}, but no send log has been loaded: whether they were "
            "sent cannot be said.",
            due=due,
            day=as_of_text(question),
        )
    return question.say(
        "The send log has {share} of the {due} mails due; {missing} are missing.",
        share=share_text(total["sent"], total["due"]),
        due=due,
        missing=number_text(total["missing"]),
    )


def workload(question: Question) -> Chart:
    """Mails to send on each of the days ahead, by stage; weekends and holidays told apart."""
    key = "mails_due"
    title = question.say("Mails to send in the next {days} days", days=str(question.selection.days))
    rows = question.rows(key)
    ahead = rows[rows["ahead"]]
    if ahead.empty:
        return nothing(question, key, title)
    wide = ahead.pivot(index="day", columns="stage", values="mails")
    kinds = ahead.groupby("day")["day_kind"].first()
    is_off = kinds.isin(DAYS_OFF)
    by_day = ahead.groupby("day")["mails"].sum()
    sentence = question.say(
        "If nobody else renews, {mails} mails fall due in the next {days} days, {share} of them on "
        "days off.",
        mails=number_text(by_day.sum()),
        days=str(question.selection.days),
        share=share_text(by_day[is_off].sum(), by_day.sum()),
    )
    return chart(
        question,
        key,
        sentence,
        ahead,
        title,
        places=Places(
            days(wide.index),
            "day",
            question.column(key, "day"),
            unlike=tuple(is_off.tolist()),
            unlike_name=question.say("Weekend or holiday"),
        ),
        series=tuple(
            Series(stage_name(stage, question.language), numbers(wide[stage]), f"mail_{stage}")
            for stage in STAGE_DAYS
            if stage in wide
        ),
        value_title=question.say("Mails"),
        is_stacked=True,
        marks=_holidays(question, kinds.index[kinds == "holiday"]),
    )


def _holidays(question: Question, holidays: pd.DatetimeIndex) -> tuple[Mark, ...]:
    """The first day of each, as far as there is room for names."""
    marks: list[Mark] = []
    for day in days(holidays):
        if not marks or (day - marks[-1].at).days > DAYS_BETWEEN_NAMES:  # type: ignore[operator]
            marks.append(Mark(day, holiday_name(day, question.language)))
    return tuple(marks)
