"""The five numbers at the top, each with its change since a month ago."""

from dataclasses import dataclass, replace
from typing import Literal

from adoption.charts.chart import Question
from adoption.formats import change_text, number_text
from adoption.language import Text
from adoption.metrics import METRICS, Metric, Selection

DAYS_AHEAD = 45


@dataclass(frozen=True)
class Headline:
    """A number, as text, and how it changed; `metric` is where it comes from."""

    metric: Metric
    label: str
    value: str
    change: str
    arrow: Literal["up", "down", "off"]


_SHOWN = (
    # label, metric, column; summed over the metric's rows, which do not overlap
    (Text("已導入單位", "Units integrated"), "integration_totals", "units"),
    (Text("已導入系統", "Systems integrated"), "integration_totals", "systems"),
    (Text("有效憑證（張）", "Valid certificates"), "valid_totals", "valid"),
    (Text("憑證持有者（家）", "Holders"), "valid_totals", "holders"),
    (
        Text("45天內到期尚未換發（張）", "Expiring in 45 days, to renew"),
        "expiring_totals",
        "to_renew",
    ),
)


def headlines(question: Question) -> list[Headline]:
    """In the order of the page."""
    now = replace(question.selection, days=DAYS_AHEAD)
    before = now.a_month_before()
    return [_headline(question, label, key, column, now, before) for label, key, column in _SHOWN]


def _headline(
    question: Question, label: Text, key: str, column: str, now: Selection, before: Selection
) -> Headline:
    value = int(question.rows(key, now)[column].sum())
    change = value - int(question.rows(key, before)[column].sum())
    return Headline(
        metric=METRICS[key],
        label=label.in_language(question.language),
        value=number_text(value),
        change=change_text(change),
        arrow="up" if change > 0 else "down" if change < 0 else "off",
    )
