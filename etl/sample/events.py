"""What happens around a block's certificates: suspensions, and the send log of the reminders."""

from dataclasses import dataclass

import numpy as np

from adoption.policy import STAGE_DAYS
from etl.sample.certificates import Certificates
from etl.sample.days import LAST_DAY, NEVER, Codes, Days, Rows
from etl.sample.renewals import UNSENT

_SUSPENDED_SHARE = 0.02
_RESUMED_SHARE = 0.75
_MEAN_DAYS_SUSPENDED = 20
_DAY_LATE_SHARE = 0.03


@dataclass(frozen=True)
class Suspensions:
    certificate: Rows  # a place in the block's Certificates
    suspended: Days
    resumed: Days  # NEVER while it lasts


@dataclass(frozen=True)
class Mails:
    certificate: Rows
    stage: Rows  # days before expiry
    sent: Days
    result: Codes  # a place in MAIL_RESULTS


def suspensions(rng: np.random.Generator, made: Certificates) -> Suspensions:
    """At most one a certificate, while it is in use and up to LAST_DAY."""
    last = np.minimum(np.minimum(made.expires, made.ended - 1), LAST_DAY)
    lasts = last > made.issued
    places = np.flatnonzero(lasts & (rng.random(len(lasts)) < _SUSPENDED_SHARE))
    span = last[places] - made.issued[places]
    suspended = made.issued[places] + 1 + (rng.random(len(places)) * span).astype(np.int32)
    resumed = suspended + rng.geometric(1 / _MEAN_DAYS_SUSPENDED, len(places)).astype(np.int32)
    resumes = (rng.random(len(places)) < _RESUMED_SHARE) & (resumed <= last[places])
    return Suspensions(places, suspended, np.where(resumes, resumed, NEVER).astype(np.int32))


def mails(rng: np.random.Generator, made: Certificates) -> Mails:
    """The log of one mail for each stage reached by LAST_DAY (DOMAIN section 3).

    Not perfect, as no log is: a few mails never went out and a few went out a day late.
    """
    renewed = made.renewed()
    places, stages, days, results = [], [], [], []
    for number, stage in enumerate(STAGE_DAYS):
        due = made.expires - np.int32(stage)
        # Issued before due always holds: a card is valid for five years.
        reached = np.flatnonzero((due <= LAST_DAY) & (renewed > due) & (made.ended > due))
        places.append(reached)
        stages.append(np.full(len(reached), stage))
        days.append(due[reached])
        results.append(made.mails[reached, number])
    place, stage_days, sent, result = map(np.concatenate, (places, stages, days, results))
    sent = sent + (rng.random(len(place)) < _DAY_LATE_SHARE).astype(np.int32)
    logged = np.flatnonzero((result != UNSENT) & (sent <= LAST_DAY))
    # By the day of sending, as a log is written.
    logged = logged[np.lexsort((place[logged], sent[logged]))]
    return Mails(place[logged], stage_days[logged], sent[logged], result[logged])
