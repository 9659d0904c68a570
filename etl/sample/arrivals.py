"""What of a block arrives with which delivery, and how it read before it was corrected."""

import numpy as np
import pyarrow as pa

from etl.sample.certificates import UNKNOWN, Certificates
from etl.sample.days import NEVER, Codes, Days, Rows, day_number
from etl.sample.deliveries import Deliveries
from etl.sample.events import Mails, Suspensions
from etl.sample.holders import COUNTIES, Holders
from etl.sample.renewals import BOUNCED, DELIVERED, MAIL_RESULTS
from etl.sample.writing import fixed_width, iso_days, roc_days, serials, words

_ORG_TYPES_ZH = ("公司", "商號", "分公司", "其他")
_CARDS_ZH = ("正卡", "附卡")
_END_REASONS_ZH = ("申請廢止", "自動廢止", "換發")

# Of those that the next delivery should have had; they come with the one after it.
LATE_ISSUE_SHARE = 0.02
LATE_END_SHARE = 0.10
# Of those in the first delivery that were issued so many days before it at most: entered under the
# next county of the list, and put right with the last delivery but one.
WRONG_COUNTY_SHARE = 0.03
WRONG_COUNTY_DAYS = 90
# A mail counts as delivered until it bounces.
DAYS_TO_BOUNCE = 10


def write_certificates(
    deliveries: Deliveries,
    rng: np.random.Generator,
    made: Certificates,
    people: Holders,
    numbers: Rows,
) -> Days:
    """The day of receipt with which each certificate comes; `numbers` are their serials'."""
    days = [day_number(day) for day in deliveries.days("certificates")]
    came = deliveries.known_on(
        "certificates", made.issued, rng.random(len(made)) < LATE_ISSUE_SHARE
    )
    end_is_late = rng.random(len(made)) < LATE_END_SHARE
    end_known = np.maximum(came, deliveries.known_on("certificates", made.ended, end_is_late))
    applied_known = np.maximum(came, deliveries.known_on("certificates", made.applied))
    is_recent = (came == days[0]) & (made.issued > days[0] - WRONG_COUNTY_DAYS)
    is_wrong = is_recent & (rng.random(len(made)) < WRONG_COUNTY_SHARE)
    corrected = np.where(is_wrong, days[max(len(days) - 2, 0)], came)

    named = np.where(made.names_predecessor, numbers[made.follows], 0)
    county = people.county[made.holder]
    for received, day in zip(deliveries.days("certificates"), days, strict=True):
        arrives = (came == day) | (end_known == day) | (applied_known == day) | (corrected == day)
        at = np.flatnonzero(arrives & (came <= day))
        ended = np.where(end_known[at] <= day, made.ended[at], NEVER)
        columns = [
            serials(numbers[at]),
            fixed_width(people.ids[made.holder[at]]),
            words(_ORG_TYPES_ZH, people.org_type[made.holder[at]]),
            words(
                tuple(COUNTIES),
                (county[at] + (corrected[at] > day)).astype(np.int8) % len(COUNTIES),
            ),
            words(_CARDS_ZH, made.card[at]),
            roc_days(made.issued[at]),
            roc_days(made.expires[at]),
            roc_days(ended),
            words(_END_REASONS_ZH, np.where(ended < NEVER, made.reason[at], UNKNOWN)),
            roc_days(np.where(applied_known[at] <= day, made.applied[at], NEVER)),
            serials(named[at]),
        ]
        deliveries.write("certificates", received, columns, came[at], made.issued[at])
    return came


def write_suspensions(
    deliveries: Deliveries, suspended: Suspensions, certificates_came: Days, numbers: Rows
) -> None:
    """Not before its certificate, each with its resumption as far as it was known."""
    of = suspended.certificate
    came = deliveries.known_on(
        "suspensions", np.maximum(suspended.suspended, certificates_came[of])
    )
    resumed_known = np.maximum(came, deliveries.known_on("suspensions", suspended.resumed))
    for received in deliveries.days("suspensions"):
        day = day_number(received)
        at = np.flatnonzero((came == day) | (resumed_known == day))
        columns = [
            serials(numbers[of[at]]),
            iso_days(suspended.suspended[at]),
            iso_days(np.where(resumed_known[at] <= day, suspended.resumed[at], NEVER)),
        ]
        deliveries.write("suspensions", received, columns, came[at], suspended.suspended[at])


def write_mails(deliveries: Deliveries, mails: Mails, numbers: Rows) -> None:
    came = deliveries.known_on("reminders", mails.sent)
    bounced = np.where(mails.result == BOUNCED, mails.sent + DAYS_TO_BOUNCE, mails.sent)
    result_known = deliveries.known_on("reminders", bounced)
    for received in deliveries.days("reminders"):
        day = day_number(received)
        at = np.flatnonzero((came == day) | (result_known == day))
        result: Codes = np.where(result_known[at] <= day, mails.result[at], DELIVERED)
        columns = [
            serials(numbers[mails.certificate[at]]),
            pa.array(mails.stage[at]),
            iso_days(mails.sent[at]),
            words(MAIL_RESULTS, result),
        ]
        deliveries.write("reminders", received, columns, came[at], mails.sent[at])
