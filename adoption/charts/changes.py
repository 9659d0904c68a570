"""What changed, in sentences built from the data."""

from collections.abc import Sequence

from adoption.charts.chart import Question
from adoption.formats import change_text, number_text
from adoption.metrics.changes import Certificates, Change

MOST_NAMES = 3


def sentences(question: Question, change: Change) -> list[str]:
    """One a subject, only of what changed; of few systems and units their names."""
    if change.is_nothing:
        return [question.say("None of the numbers changed.")]
    named = (
        (question.say("Systems newly integrated"), change.new_systems),
        (question.say("Systems no longer integrated"), change.gone_systems),
        (question.say("Units with their first integrated system"), change.new_units),
        (question.say("Units with none left"), change.gone_units),
    )
    said = [_named(question, subject, names) for subject, names in named if names]
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


def _named(question: Question, subject: str, names: Sequence[str]) -> str:
    listed = question.say(", ").join(names[:MOST_NAMES])
    words = {"subject": subject, "count": number_text(len(names)), "names": listed}
    if len(names) > MOST_NAMES:
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
