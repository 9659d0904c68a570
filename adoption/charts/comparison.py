"""Two days side by side: the headline numbers and what stands behind them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pandas as pd

from adoption.charts.chart import Question
from adoption.charts.codes import stage_name
from adoption.formats import number_text, short_day_text
from adoption.metrics import DAYS_AHEAD, HEADLINE_NUMBERS, Selection

QUARTER = 90
# After the headline numbers: a metric's columns, added up over its rows.
_SUMS = (
    ("certificates_to_date", ("issued", "renewals", "ended", "expired")),
    ("valid_totals", ("suspended",)),
)


def table(question: Question, compared: date) -> pd.DataFrame:
    """A row a number: on the as-of day, on the day `compared`, the difference, also in percent."""
    now = question.selection
    then = now.on(compared)
    days = [short_day_text(day, question.language) for day in (now.as_of, compared)]
    numbers = pd.DataFrame({days[0]: _numbers(question, now), days[1]: _numbers(question, then)})
    numbers = numbers.fillna(0).astype("int64")
    difference = numbers[days[0]] - numbers[days[1]]
    percent = (100 * difference / numbers[days[1]].where(numbers[days[1]] != 0)).round(1)
    named = numbers.assign(
        **{question.say("Difference"): difference, question.say("Change (%)"): percent}
    )
    return named.rename_axis(question.say("Figure")).reset_index()


def sentence(question: Question, compared: date) -> str:
    """The headline numbers of both days in a line."""
    now, then = question.selection, question.selection.on(compared)
    pairs = zip(headline_numbers(question, now), headline_numbers(question, then), strict=True)
    facts = [
        question.say(
            "{figure} {now} (was {then})",
            figure=figure,
            now=number_text(value),
            then=number_text(before),
        )
        for (figure, value), (_, before) in pairs
    ]
    return question.say(
        "Compared with {day}: {facts}.",
        day=short_day_text(compared, question.language),
        facts=question.say("; ").join(facts),
    )


def _numbers(question: Question, asked: Selection) -> pd.Series:
    found = dict(headline_numbers(question, asked))
    for name, number in _others(question, asked):
        found.setdefault(name, number)
    return pd.Series(found)


def headline_numbers(question: Question, asked: Selection) -> list[tuple[str, int]]:
    """The numbers at the top of the dashboard, each with what it is called."""
    soon = replace(asked, days=DAYS_AHEAD)
    return [
        (
            number.label.in_language(question.language),
            int(number.of(question.rows(number.key, soon))),
        )
        for number in HEADLINE_NUMBERS
    ]


def _others(question: Question, asked: Selection) -> Iterator[tuple[str, int]]:
    key = "integration_totals"
    for row in question.rows(key, asked).to_dict("records"):
        for column in ("units", "systems"):
            yield f"{question.name(row['side'])} {question.column(key, column)}", int(row[column])
    key = "systems_by_unit"
    stages = question.rows(key, asked)
    for stage in ("planned", "testing", "retired"):
        name = question.say("{stage} systems", stage=question.column(key, stage))
        yield name, int(stages[stage].sum())
    for key, names in _SUMS:
        rows = question.rows(key, asked)
        for column in names:
            yield question.column(key, column), int(rows[column].sum())
    ahead = question.rows("expiring_totals", replace(asked, days=QUARTER))
    yield (
        question.say("Expiring in {days} days", days=str(QUARTER)),
        int(ahead["expiring"].sum()),
    )
    for row in question.rows("reminder_stages", asked).to_dict("records"):
        reminder = stage_name(row["stage"], question.language)
        yield question.say("Reached reminder: {stage}", stage=reminder), int(row["certificates"])
