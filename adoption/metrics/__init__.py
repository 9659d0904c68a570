"""What is counted: every metric, defined once."""

from adoption.language import Text
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

# Metrics by what they are about: the subject -> the modules that define them.
_MODULES = {
    Text("導入", "Rollout"): (integration,),
    Text("核發與採用率", "Issuance and adoption rate"): (issuance, flow, adoption_rate),
    Text("到期與換發", "Expiries and renewals"): (expiry, renewal, forecast, outreach),
    Text("提醒", "Reminders"): (reminders, conversion, survival, mails, delivery),
    Text("與前一天比較", "Changes between days"): (changes,),
}
GROUPS: dict[Text, tuple[Metric, ...]] = {
    subject: tuple(metric for module in modules for metric in module.METRICS)
    for subject, modules in _MODULES.items()
}
METRICS: dict[str, Metric] = {
    metric.key: metric for metrics in GROUPS.values() for metric in metrics
}

__all__ = [
    "DAYS_AHEAD",
    "GROUPS",
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
