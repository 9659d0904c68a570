"""The charts of the dashboard's pages that Office can draw, in the order of their metrics."""

from collections.abc import Callable

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

CHARTS: tuple[Callable[[Question], Chart], ...] = (
    integration.by_side,
    integration.curve,
    integration.by_unit,
    stages.by_stage,
    stages.waiting,
    stages.overdue,
    waves.plan,
    issuance.issued_by_month,
    issuance.issued_by_type,
    issuance.adoption_curve,
    issuance.cards_per_holder,
    adoption_rate.not_reached,
    adoption_rate.by_county,
    adoption_rate.by_type,
    adoption_rate.over_time,
    expiry.by_day,
    expiry.by_county,
    expiry.by_week,
    expiry.by_month,
    renewal.rate,
    renewal.timing,
    forecast.ahead,
    forecast.back_test,
    reminders.by_month,
    outcomes.by_month,
    outcomes.outcomes,
    reminders.funnel,
    outcomes.survival,
    mails.workload,
    mails.delivery,
)


def charts(question: Question) -> list[Chart]:
    """What is on the pages for what is asked; nothing of a metric without records."""
    made = (draw(question) for draw in CHARTS)
    return [each for each in made if each.spec.is_native]
