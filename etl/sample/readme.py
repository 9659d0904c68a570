"""What is in a sample: written beside it, for who loads it and who checks a number against it."""

from pathlib import Path

from etl.sample import arrivals, catalogue, entities, renewals
from etl.sample.deliveries import DELIVERIES, FEEDS, Deliveries

_KINDS = ("rows", "new", "late", "changed", "taken_back")
_TEMPLATE = Path(__file__).with_name("readme_template.md")


def text(deliveries: Deliveries) -> str:
    return _TEMPLATE.read_text("utf-8").format(
        deliveries="\n".join(_deliveries(deliveries)),
        effects="\n".join(_effects()),
        late_issue=arrivals.LATE_ISSUE_SHARE,
        late_end=arrivals.LATE_END_SHARE,
        county_days=arrivals.WRONG_COUNTY_DAYS,
        wrong_county=arrivals.WRONG_COUNTY_SHARE,
        bounce_days=arrivals.DAYS_TO_BOUNCE,
        corrected_on=DELIVERIES[-2],
        revised_on=deliveries.days("entities")[1],
        month=f"{entities.REVISED_MONTH:%Y-%m}",
        county=entities.REVISED_COUNTY,
        too_low=100 - entities.FIRST_READ_PERCENT,
        last=DELIVERIES[-1],
        late=catalogue.ENTERED_LATE,
        twice=tuple(catalogue.ENTERED_TWICE.values()),
        early=renewals.BASELINE_EARLIEST,
        at_expiry=renewals.BASELINE_AT_EXPIRY,
        rise=renewals.BASELINE_AT_EXPIRY / renewals.BASELINE_EARLIEST,
        earliest=renewals.EARLIEST,
        kept=renewals.REACTION_KEPT,
        reaction_days=renewals.REACTION_DAYS,
        bounced=renewals.BOUNCED_SHARE,
        no_address=renewals.NO_ADDRESS_SHARE,
        unsent=renewals.UNSENT_SHARE,
    )


def _deliveries(deliveries: Deliveries) -> list[str]:
    lines = []
    for day in DELIVERIES:
        for feed in FEEDS:
            counts = [deliveries.counts[day, feed, kind] for kind in _KINDS]
            if any(counts):
                numbers = " | ".join(f"{count:,}" for count in counts)
                lines.append(f"| {day} | `{feed}` | {numbers} |")
    return lines


def _effects() -> list[str]:
    return [
        f"| {stage} | {renewals.REACTION[stage]:.1%} | {100 * of_all:.2f} | {100 * of_mails:.2f} |"
        for stage, (of_all, of_mails) in renewals.effects().items()
    ]
