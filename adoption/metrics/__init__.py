"""What is counted: every metric, defined once."""

from adoption.metrics import (
    conversion,
    delivery,
    expiry,
    integration,
    issuance,
    mails,
    reminders,
    survival,
)
from adoption.metrics.headline import DAYS_AHEAD, HEADLINE_NUMBERS, HeadlineNumber
from adoption.metrics.metric import Column, Metric, evaluate, records
from adoption.metrics.provenance import counties_of, has_sample_records, units_of
from adoption.metrics.selection import Selection, data_cut_off

METRICS: dict[str, Metric] = {
    metric.key: metric
    for module in (integration, issuance, expiry, reminders, conversion, survival, mails, delivery)
    for metric in module.METRICS
}

__all__ = [
    "DAYS_AHEAD",
    "HEADLINE_NUMBERS",
    "METRICS",
    "Column",
    "HeadlineNumber",
    "Metric",
    "Selection",
    "counties_of",
    "data_cut_off",
    "evaluate",
    "has_sample_records",
    "records",
    "units_of",
]
