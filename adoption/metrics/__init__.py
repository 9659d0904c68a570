"""What is counted: every metric, defined once."""

from adoption.metrics import expiry, integration, issuance, reminders
from adoption.metrics.metric import Column, Metric, evaluate, records
from adoption.metrics.selection import Selection, data_cut_off

METRICS: dict[str, Metric] = {
    metric.key: metric
    for module in (integration, issuance, expiry, reminders)
    for metric in module.METRICS
}

__all__ = ["METRICS", "Column", "Metric", "Selection", "data_cut_off", "evaluate", "records"]
