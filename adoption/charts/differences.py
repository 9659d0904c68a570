"""Which groups differ from all of them, in a sentence."""

import pandas as pd

from adoption.charts.chart import Question
from adoption.formats import number_text, percent_text

MOST_NAMES = 3


def differing(question: Question, rows: pd.DataFrame, group: str, share: str) -> str:
    """Whose share lies above and below that of all beyond chance; `rows` have `differs`."""
    high = named_shares(question, rows[rows["differs"] == "above"], group, share)
    low = named_shares(question, rows[rows["differs"] == "below"].iloc[::-1], group, share)
    if not (high or low):
        return question.say("All differences are within chance.")
    return question.sentences(
        question.say("Beyond chance higher: {names}.", names=high) if high else "",
        question.say("Beyond chance lower: {names}.", names=low) if low else "",
    )


def named_shares(question: Question, rows: pd.DataFrame, group: str, share: str) -> str:
    """With their shares, in the order of `rows`; of many the first."""
    shown = rows.head(MOST_NAMES)
    names = question.say(", ").join(
        f"{question.name(str(name))} {percent_text(part)}"
        for name, part in zip(shown[group], shown[share], strict=True)
    )
    if len(rows) <= MOST_NAMES:
        return names
    count = number_text(len(rows) - MOST_NAMES)
    return question.say("{names} and {count} more", names=names, count=count)
