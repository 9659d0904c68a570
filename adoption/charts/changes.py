"""What changed, in sentences built from the data."""

from collections.abc import Sequence

import pandas as pd

from adoption.charts.chart import Question
from adoption.formats import change_text, number_text, share_text
from adoption.metrics.changes import Certificates, Change
from adoption.metrics.rules import RENEWED_IN_TIME

MOST_NAMES = 3
MONTHS_JUDGED = 12  # expiry months


def sentences(question: Question, change: Change) -> list[str]:
    """One a subject, only of what changed; of few systems and units their names."""
    if change.is_nothing:
        return [question.say("None of the numbers changed.")]
    said = of_systems(question, change)
    counts = change.certificates
    if any((counts.issued, counts.renewals, counts.ended, counts.expired)):
        said.append(_events(question, counts))
    if counts.valid or counts.holders:
        said.append(
            question.say(
                "Valid certificates {valid}, holders {holders}.",
                valid=change_text(counts.valid),
                holders=change_text(counts.holders),
            )
        )
    return said


def of_systems(question: Question, change: Change, most: int = MOST_NAMES) -> list[str]:
    """Which came and which went, the first `most` by name."""
    named = (
        (question.say("Systems newly integrated"), change.new_systems),
        (question.say("Systems no longer integrated"), change.gone_systems),
        (question.say("Units with their first integrated system"), change.new_units),
        (question.say("Units with none left"), change.gone_units),
    )
    return [_named(question, subject, names, most) for subject, names in named if names]


def of_valid(question: Question, counts: Certificates) -> str:
    """How many more are valid; nothing where as many are."""
    if not counts.valid:
        return ""
    return question.say("Valid certificates {valid}.", valid=change_text(counts.valid))


def issued(question: Question) -> str:
    """How many were issued since a month before, against what is usual; nothing without any."""
    rows = question.rows("issued_and_usual")
    if rows.empty:
        return ""
    last = rows.iloc[-1]
    words = {
        "issued": number_text(last["issued"]),
        "low": number_text(max(0, last["low"])),
        "high": number_text(last["high"]),
    }
    match last["differs"]:
        case "above":
            return question.say("Issued {issued}, more than usual ({low} to {high}).", **words)
        case "below":
            return question.say("Issued {issued}, fewer than usual ({low} to {high}).", **words)
        case "within":
            return question.say("Issued {issued}, as usual ({low} to {high}).", **words)
    return question.say("Issued {issued}.", **words)


def renewed_of_reminded(question: Question) -> str:
    """Of those that a mail was due for, by what share they renewed in time; of whole months."""
    rows = question.rows("reminder_journey")
    this_month = pd.Timestamp(question.selection.as_of).replace(day=1)
    since = this_month - pd.DateOffset(months=MONTHS_JUDGED)
    is_past = (rows["expiry_month"] >= since) & (rows["expiry_month"] < this_month)
    reminded = rows[is_past & (rows["outcome"] != "before_first")]
    if reminded.empty:
        return ""
    in_time = reminded[reminded["outcome"].isin(RENEWED_IN_TIME)]["certificates"].sum()
    return question.say(
        "Of those reminded, {share} renewed in time (expired in the last {months} months).",
        share=share_text(in_time, reminded["certificates"].sum()),
        months=str(MONTHS_JUDGED),
    )


def _named(question: Question, subject: str, names: Sequence[str], most: int) -> str:
    listed = question.say(", ").join(names[:most])
    words = {"subject": subject, "count": number_text(len(names)), "names": listed}
    if len(names) > most:
        return question.say("{subject}: {count} ({names} and others).", **words)
    return question.say("{subject}: {count} ({names}).", **words)


def _events(question: Question, counts: Certificates) -> str:
    """What happened in a time cannot be negative; what a load corrected can."""
    events = (counts.issued, counts.renewals, counts.ended, counts.expired)
    write = number_text if min(events) >= 0 else change_text
    return question.say(
        "Certificates issued {issued}, of them renewals {renewals}; ended {ended}, "
        "expired {expired}.",
        issued=write(counts.issued),
        renewals=write(counts.renewals),
        ended=write(counts.ended),
        expired=write(counts.expired),
    )
