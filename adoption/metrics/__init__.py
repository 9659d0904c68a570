"""What is counted: every metric, defined once."""

from adoption.metrics import (
    adoption_rate,
    changes,
    conversion,
    delivery,
    expiry,
    flow,
    forecast,
    integration,
    issuance,
    mails,
    outreach,
    reminders,
    renewal,
    survival,
)
from adoption.metrics.headline import DAYS_AHEAD, HEADLINE_NUMBERS, HeadlineNumber
from adoption.metrics.integration import names_of
from adoption.metrics.metric import (
    Column,
    Metric,
    all_records,
    evaluate,
    record_count,
    records,
)
from adoption.metrics.provenance import (
    counties_of,
    has_sample_records,
    has_unstated_types,
    loads_of,
    units_of,
)
from adoption.metrics.selection import Selection, data_cut_off

METRICS: dict[str, Metric] = {
    metric.key: metric
    for module in (
        *(integration, issuance, flow, adoption_rate),
        *(expiry, renewal, forecast, outreach),
        *(reminders, conversion, survival, mails, delivery),
        changes,
    )
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
    "all_records",
    "counties_of",
    "data_cut_off",
    "evaluate",
    "has_sample_records",
    "has_unstated_types",
    "loads_of",
    "names_of",
    "record_count",
    "records",
    "units_of",
]
