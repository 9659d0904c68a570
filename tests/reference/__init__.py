"""The numbers of docs/domain.md once more, in plain Python: loops over rows, no SQL, no pandas.

Written from docs/domain.md alone, without reading adoption/metrics or etl/commit/link.py, so that
agreement between the two means something. Slow and obvious on purpose; never used by the product.
"""

from collections.abc import Callable

from tests.reference.adoption import (
    adoption_rate,
    adoption_rate_by_county,
    adoption_rate_by_type,
    adoption_rate_over_time,
    adoption_rate_totals,
    cards_per_holder,
)
from tests.reference.certificates import (
    certificates_issued,
    expiring,
    expiring_by_county,
    expiring_by_month,
    expiring_by_week,
    expiring_totals,
    issued_and_usual,
    valid_by_county,
    valid_over_time,
    valid_totals,
)
from tests.reference.changes import certificates_to_date
from tests.reference.conversion import reminder_conversion
from tests.reference.expiries import (
    busiest_days,
    forecast_back_test,
    lapse_forecast,
    outreach,
    renewal_rate,
    renewal_timing,
)
from tests.reference.integration import (
    integration_goals,
    integration_over_time,
    integration_plan,
    integration_totals,
    overdue_systems,
    system_progress,
    systems_by_stage,
    systems_by_unit,
)
from tests.reference.mails import mail_delivery, mails_due, mails_missing
from tests.reference.reminders import (
    reminder_journey,
    reminder_outcomes,
    reminder_stages,
    reminder_stages_by_month,
    renewal_survival,
)
from tests.reference.rows import (
    Certificate,
    Choice,
    Entity,
    Mail,
    Records,
    Suspension,
    System,
    Target,
    Unit,
)
from tests.reference.rules import (
    STAGES,
    due,
    integrated,
    is_renewal,
    journey,
    reached,
    renewed_on,
    system_stage,
    valid,
)

_SUMMED = ("holders", "registered", "oldest_month", "registered_month", "rate")

Rows = list[tuple[object, ...]]
_CONVERSION = (
    *("certificates", "decided", "renewed", "ended", "went_on"),
    *("renewed_share", "ended_share", "went_on_share"),
)

REFERENCE: dict[str, tuple[tuple[str, ...], Callable[[Records, Choice], Rows]]] = {
    # Key: the columns of docs/domain.md, section 4, and the function that gives the rows. The
    # totals and expiring_by_county are not named there; they follow from the same definitions.
    "integration_totals": (("side", "units", "systems"), integration_totals),
    "integration_over_time": (("month", "side", "units", "systems"), integration_over_time),
    "systems_by_unit": (
        (
            *("unit_code", "unit", "side", "planned", "testing", "integrated", "retired"),
            *("sector", "share", "overdue", "latest_on", "differs"),
        ),
        systems_by_unit,
    ),
    "systems_by_stage": (
        (
            *("side", "sector", "units", "units_on_their_way"),
            *("planned", "testing", "integrated", "retired", "overdue"),
        ),
        systems_by_stage,
    ),
    "system_progress": (
        (
            *("system_code", "system", "unit_code", "unit", "side", "sector", "stage", "since"),
            *("months", "planned_on", "testing_on", "integrated_on", "retired_on", "target_on"),
            "days_overdue",
        ),
        system_progress,
    ),
    "overdue_systems": (
        (
            *("system_code", "system", "unit_code", "unit", "side", "sector"),
            *("stage", "target_on", "days_overdue"),
        ),
        overdue_systems,
    ),
    "integration_plan": (("month", "side", "due", "integrated"), integration_plan),
    "integration_goals": (("side", "due_on", "goal", "systems", "reached"), integration_goals),
    "certificates_issued": (
        ("month", "org_type", "issued", "first_time", "renewals"),
        certificates_issued,
    ),
    "issued_and_usual": (("month", "issued", "low", "high", "differs"), issued_and_usual),
    "valid_over_time": (("month", "valid", "holders"), valid_over_time),
    "valid_totals": (("valid", "holders", "suspended"), valid_totals),
    "valid_by_county": (("county", "org_type", "valid", "holders"), valid_by_county),
    "cards_per_holder": (
        ("cards", "holders", "certificates", "share", "mean"),
        cards_per_holder,
    ),
    "adoption_rate": (
        ("month", "county", "org_type", "holders", "registered", "rate"),
        adoption_rate,
    ),
    "adoption_rate_totals": ((*_SUMMED, "unstated"), adoption_rate_totals),
    "adoption_rate_by_county": (("county", *_SUMMED, "differs"), adoption_rate_by_county),
    "adoption_rate_by_type": (("org_type", *_SUMMED, "differs"), adoption_rate_by_type),
    "adoption_rate_over_time": (
        ("month", "holders", "registered", "registered_month", "rate", "great_change"),
        adoption_rate_over_time,
    ),
    "expiring": (("day", "expiring", "to_renew", "renewable"), expiring),
    "expiring_totals": (("expiring", "to_renew", "renewable"), expiring_totals),
    "expiring_by_county": (("county", "expiring", "to_renew", "renewable"), expiring_by_county),
    "expiring_by_month": (("month", "expiring", "to_renew", "renewable"), expiring_by_month),
    "expiring_by_week": (("week", "expiring", "to_renew", "renewable"), expiring_by_week),
    "busiest_days": (("day", "expiring", "to_renew", "usual", "peak"), busiest_days),
    "renewal_rate": (
        (
            *("expiry_month", "due", "renewed_in_time", "late", "lapsed", "ended", "open"),
            *("rate", "complete", "rate_with_late", "late_complete"),
        ),
        renewal_rate,
    ),
    "renewal_timing": (("week", "certificates", "share"), renewal_timing),
    "lapse_forecast": (
        (
            *("month", "to_renew", "expiries", "expiries_low", "expiries_high"),
            *("lapses", "lapses_low", "lapses_high"),
        ),
        lapse_forecast,
    ),
    "forecast_back_test": (
        (
            *("expiry_month", "months_ahead", "lapses", "lapses_low", "lapses_high"),
            *("actual", "within"),
        ),
        forecast_back_test,
    ),
    "outreach": (("serial", "holder_id", "county", "day", "stage"), outreach),
    "reminder_stages": (("stage", "certificates", "holders"), reminder_stages),
    "reminder_stages_by_month": (
        ("expiry_month", "stage", "certificates"),
        reminder_stages_by_month,
    ),
    "certificates_to_date": (("issued", "renewals", "ended", "expired"), certificates_to_date),
    "reminder_journey": (("expiry_month", "outcome", "certificates"), reminder_journey),
    # What is not named there: by the definitions of each metric's own text.
    "reminder_outcomes": (("outcome", "certificates", "share"), reminder_outcomes),
    "reminder_conversion": (("stage", *_CONVERSION), reminder_conversion),
    "renewal_survival": (
        (
            *("days_to_expiry", "certificates", "to_renew", "renewed", "ended"),
            *("to_renew_share", "renewed_share", "ended_share"),
        ),
        renewal_survival,
    ),
    "mails_due": (("day", "stage", "mails"), mails_due),
    "mail_delivery": (
        (
            *("stage", "due", "sent", "delivered", "bounced", "no_address", "missing"),
            *("before_log", "late", "unexpected", "repeated"),
        ),
        mail_delivery,
    ),
    "mails_missing": (
        ("day", "stage", "serial", "holder_id", "county", "org_type", "card", "expires_on"),
        mails_missing,
    ),
}

__all__ = [
    "REFERENCE",
    "STAGES",
    "Certificate",
    "Choice",
    "Entity",
    "Mail",
    "Records",
    "Rows",
    "Suspension",
    "System",
    "Target",
    "Unit",
    "due",
    "integrated",
    "is_renewal",
    "journey",
    "reached",
    "renewed_on",
    "system_stage",
    "valid",
]
