"""The charts of the dashboard's pages that Office can draw, in the order of their metrics."""

from collections.abc import Callable

from adoption.briefing.workbook.figure import Drawing, drawing
from adoption.charts import (
    adoption_rate,
    expiry,
    forecast,
    integration,
    issuance,
    mails,
    outcomes,
    reminders,
    renewal,
    stages,
    waves,
)
from adoption.charts.chart import Chart, Question
from adoption.charts.conversion import WHAT_IF

# Each with the column of its metric whose title stands along the categories; none where the figure
# has one of its own, or the categories say what they are.
CHARTS: dict[Callable[[Question], Chart], str | None] = {
    integration.by_side: None,
    integration.curve: "month",
    integration.by_unit: "unit",
    stages.by_stage: "side",
    stages.waiting: "system",
    stages.overdue: "system",
    waves.plan: "month",
    issuance.issued_by_month: "month",
    issuance.issued_by_type: None,
    issuance.adoption_curve: "month",
    issuance.cards_per_holder: None,
    adoption_rate.by_county: "county",
    adoption_rate.by_type: "org_type",
    adoption_rate.over_time: "month",
    expiry.by_day: "day",
    expiry.by_county: "county",
    expiry.by_week: "week",
    expiry.by_month: "month",
    renewal.rate: "expiry_month",
    renewal.timing: None,
    forecast.ahead: "month",
    forecast.back_test: "expiry_month",
    reminders.counted: "stage",
    reminders.by_month: "expiry_month",
    outcomes.by_month: "expiry_month",
    outcomes.outcomes: "outcome",
    reminders.funnel: "stage",
    **dict.fromkeys(WHAT_IF.values()),
    outcomes.survival: None,
    mails.workload: "day",
    mails.delivery: "stage",
}


def drawings(question: Question) -> list[Drawing]:
    """What is on the pages for what is asked; nothing of a metric without records."""
    drawn = (drawing(question, draw(question), along) for draw, along in CHARTS.items())
    return [each for each in drawn if each is not None]
