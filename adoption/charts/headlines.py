"""The five numbers at the top, each with its change since a month ago."""

from dataclasses import dataclass, replace
from typing import Literal

from adoption.charts.chart import Question
from adoption.formats import change_text, number_text
from adoption.metrics import (
    DAYS_AHEAD,
    HEADLINE_NUMBERS,
    METRICS,
    HeadlineNumber,
    Metric,
    Selection,
)

Arrow = Literal["up", "down", "off"]


@dataclass(frozen=True)
class Headline:
    """A number, as text, and how it changed; `metric`, asked for `selection`, gives it."""

    metric: Metric
    selection: Selection
    label: str
    value: str
    change: str
    arrow: Arrow


def headlines(question: Question) -> list[Headline]:
    """In the order of the page."""
    now = replace(question.selection, days=DAYS_AHEAD)
    before = now.months_before(1)
    return [_headline(question, number, now, before) for number in HEADLINE_NUMBERS]


def arrow(change: int) -> Arrow:
    return "up" if change > 0 else "down" if change < 0 else "off"


def _headline(
    question: Question, number: HeadlineNumber, now: Selection, before: Selection
) -> Headline:
    value = number.of(question.rows(number.key, now))
    change = value - number.of(question.rows(number.key, before))
    return Headline(
        metric=METRICS[number.key],
        selection=now,
        label=number.label.in_language(question.language),
        value=number_text(value),
        change=change_text(change),
        arrow=arrow(change),
    )
