"""When holders renew: in the sample most react to a reminder, in the days just after it."""

import numpy as np

from adoption.policy import STAGE_DAYS
from etl.sample.days import Days, Flags

EARLIEST = -60  # days from expiry on which a new card may be asked for
LATEST = 355  # and on which the successor is still issued within the year

# Before the first mail, after each of the mails, after expiry.
_PHASE_SHARES = (0.20, 0.24, 0.21, 0.18, 0.05, 0.12)
_REACTING_SHARE = 0.75  # of those who have an address; the others apply on any day of the phase
_DAYS_TO_REACT = 2.5
_DAYS_LATE = 60


def days_from_expiry(rng: np.random.Generator, has_address: Flags) -> Days:
    """The day of application for each holder, in days from expiry (negative: before it).

    Closed phases: up to and including the first due day; from the day after a due day up to and
    including the next one, the last up to the day of expiry; then up to LATEST.
    """
    count = len(has_address)
    dues = [-days for days in STAGE_DAYS]
    starts = np.array([EARLIEST, *(due + 1 for due in dues), 1])
    ends = np.array([*dues, 0, LATEST])
    phase = rng.choice(len(starts), count, p=_PHASE_SHARES)
    length = (ends - starts + 1)[phase]

    any_day = (rng.random(count) * length).astype(np.int64)
    reaction = rng.geometric(1 / _DAYS_TO_REACT, count) - 1
    lateness = rng.exponential(_DAYS_LATE, count).astype(np.int64)
    is_late = phase == len(starts) - 1
    reacts = has_address & (phase > 0) & ~is_late & (rng.random(count) < _REACTING_SHARE)
    chosen = np.where(is_late, lateness, reaction)
    # A reaction that would fall beyond its phase is spread over it, not heaped on its last day.
    delay = np.where((is_late | reacts) & (chosen < length), chosen, any_day)
    days: Days = (starts[phase] + delay).astype(np.int32)
    return days
