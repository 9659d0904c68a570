"""When holders renew: a smooth baseline, and what each delivered reminder adds to it.

The hazard of a day is the chance that a certificate neither renewed nor ended is renewed on it. It
is the same for everybody but for the mails they got, so that what a mail does is known exactly.
"""

import numpy as np
import numpy.typing as npt

from adoption.policy import RENEWABLE_DAYS, STAGE_DAYS
from etl.sample.days import NEVER, Codes, Days, Flags

EARLIEST = RENEWABLE_DAYS  # days before expiry
LATEST = 355  # days after it up to which the successor is still issued within the year

# From EARLIEST to the day of expiry the baseline doubles, evenly on a log scale.
BASELINE_EARLIEST = 0.006
BASELINE_AT_EXPIRY = 0.012
# Added on the day after the due day of a stage whose mail was delivered; of it remains day by day:
REACTION = dict(zip(STAGE_DAYS, (0.05, 0.06, 0.04, 0.03), strict=True))
REACTION_KEPT = 0.75
REACTION_DAYS = 7  # fewer where the certificate expires before

MAIL_RESULTS = ("delivered", "bounced", "no_address", "unsent")
DELIVERED, BOUNCED, NO_ADDRESS, UNSENT = map(np.int8, range(4))
NO_ADDRESS_SHARE = 0.01
BOUNCED_SHARE = 0.03
UNSENT_SHARE = 0.005

# Of those who let the certificate expire, who come after all, by holders.ORG_TYPES; and when.
_LATE_SHARES = np.array((0.26, 0.14, 0.22, 0.10))
_DAYS_LATE = 60

Hazards = npt.NDArray[np.float64]
_DAYS_BEFORE = np.arange(EARLIEST, -1, -1)


def baseline() -> Hazards:
    """Of each day from EARLIEST days before expiry to the day of expiry."""
    rise = BASELINE_AT_EXPIRY / BASELINE_EARLIEST
    hazards: Hazards = BASELINE_EARLIEST * rise ** (1 - _DAYS_BEFORE / EARLIEST)
    return hazards


def reaction(stage: int) -> Hazards:
    """What a delivered mail of this stage adds to `baseline`."""
    after = stage - _DAYS_BEFORE
    in_window = (after >= 1) & (after <= REACTION_DAYS)
    added: Hazards = np.where(in_window, REACTION[stage] * REACTION_KEPT ** (after - 1.0), 0.0)
    return added


def effects() -> dict[int, tuple[float, float]]:
    """Of each stage what its mails do, in shares: of all that reach it, and of delivered mails.

    That is the renewals of the REACTION_DAYS after the due day beyond the baseline: each day's
    added hazard times those who are still to renew on it, over those who reached the stage.
    Calculated, not drawn; that a few certificates end in these days is left out.
    """
    found = {}
    delivered = 1 - BOUNCED_SHARE - UNSENT_SHARE
    # Still to renew on a due day, over what the baseline alone leaves.
    with_address, without = 1 - NO_ADDRESS_SHARE, NO_ADDRESS_SHARE
    for stage in STAGE_DAYS:
        window = reaction(stage) > 0
        smooth, added = baseline()[window], reaction(stage)[window]
        left = np.cumprod(np.append(1, 1 - smooth - added))
        of_mails = float((left[:-1] * added).sum())
        got = with_address * delivered / (with_address + without)
        found[stage] = (of_mails * got, of_mails)
        with_address *= delivered * left[-1] / np.prod(1 - smooth) + 1 - delivered
    return found


def mail_results(rng: np.random.Generator, has_address: Flags) -> Codes:
    """(certificates, stages): what becomes of the mail of a stage if it is reached, as a place in
    MAIL_RESULTS."""
    chance = rng.random((len(has_address), len(STAGE_DAYS)))
    results = np.full(chance.shape, DELIVERED)
    results[chance < BOUNCED_SHARE] = BOUNCED
    results[~has_address] = NO_ADDRESS
    results[chance >= 1 - UNSENT_SHARE] = UNSENT
    return results


def days_from_expiry(rng: np.random.Generator, mails: Codes, org_type: Codes) -> Days:
    """The day of application in days from expiry (negative: before it); NEVER for who lets it be.

    mails: as mail_results; org_type: of each certificate's holder.
    """
    count = len(org_type)
    days = np.full(count, NEVER, np.int32)
    # Certificates with the same mails have the same hazards: the day is the one on which the
    # cumulated hazard passes a draw of the exponential distribution.
    threshold = rng.exponential(size=count)
    pattern = (mails == DELIVERED) @ (1 << np.arange(len(STAGE_DAYS)))
    for which in range(1 << len(STAGE_DAYS)):
        places = np.flatnonzero(pattern == which)
        mailed = [stage for n, stage in enumerate(STAGE_DAYS) if which >> n & 1]
        hazards = baseline() + sum((reaction(stage) for stage in mailed), np.zeros(EARLIEST + 1))
        passed = np.searchsorted(np.cumsum(-np.log1p(-hazards)), threshold[places])
        days[places] = np.where(passed <= EARLIEST, passed - EARLIEST, NEVER)
    late = (days == NEVER) & (rng.random(count) < _LATE_SHARES[org_type])
    lateness = 1 + rng.exponential(_DAYS_LATE, count).astype(np.int32)
    any_day = rng.integers(1, LATEST + 1, count, np.int32)
    days[late] = np.where(lateness <= LATEST, lateness, any_day)[late]
    return days
