"""The model of the forecast: what share of those still to renew came to lapse, month after month.

Of the certificates still to renew so many months ahead (the lead) of their expiry, the last twelve
finished expiry months each lapsed a share. Their common share, times those still to renew now,
is the forecast. Its interval holds three things: chance (binomial), what the months differed by
beyond chance (a beta-binomial's variance, by the method of moments), and that the share itself is
only known from those months. Student's t, because they are few.

Counts are arrays of cohorts (expiry months, in order) by leads (0: what is left of the month).
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

LEVEL = 0.80  # how often an interval shall hold what then happens
COHORTS_USED = 12  # a whole year, so that no season counts twice
FEWEST_COHORTS = 6
# Half the width of the interval that holds LEVEL of Student's t, by degrees of freedom.
T_QUANTILE = dict(
    zip(
        range(FEWEST_COHORTS - 1, COHORTS_USED),
        (1.475884, 1.439756, 1.414924, 1.396815, 1.383029, 1.372184, 1.363430),
        strict=True,
    )
)

Counts = npt.NDArray[np.int64]


class Range(NamedTuple):
    """A forecast count; low and high are whole numbers, within them with probability LEVEL."""

    expected: float
    low: float
    high: float


UNKNOWN = Range(np.nan, np.nan, np.nan)


@dataclass(frozen=True)
class Cohorts:
    """What is known of each expiry month at each lead: [cohort, lead]."""

    to_renew: Counts  # valid and still to renew so many months ahead
    expired: Counts  # of these, not ended before expiry without a renewal
    lapsed: Counts  # of these, neither renewed nor ended on the day of expiry


def forecast(part: Counts, whole: Counts, ahead: int) -> Range:
    """How many of `ahead` it will be, where it was `part` of `whole` in each past cohort.

    UNKNOWN when fewer than FEWEST_COHORTS of them have any.
    """
    part, whole = part[whole > 0], whole[whole > 0]
    if len(whole) < FEWEST_COHORTS:
        return UNKNOWN
    total = whole.sum()
    share = part.sum() / total
    # Half a certificate either way: none seen so far does not mean that there is never one.
    cautious = (part.sum() + 0.5) / (total + 1)
    chance = cautious * (1 - cautious)
    weights = whole / total
    spread = (weights * (part / whole - share) ** 2).sum()
    freely = weights * (1 - weights)
    beyond_chance = max(0.0, (spread - (freely * chance / whole).sum()) / freely.sum())
    of_the_share = (weights**2 * (chance / whole + beyond_chance)).sum()
    variance = ahead * chance + ahead * (ahead - 1) * beyond_chance + ahead**2 * of_the_share
    width = T_QUANTILE[len(whole) - 1] * np.sqrt(variance)
    expected = ahead * share
    low, high = np.floor(expected - width), np.ceil(expected + width)
    return Range(expected, max(low, 0.0), min(high, float(ahead)))


def forecast_from(counts: Cohorts, part: Counts, made: int, complete: int, lead: int) -> Range:
    """The forecast of the cohort `lead` months after cohort `made`, in whose month it is made.

    From the last COHORTS_USED cohorts up to `complete`, the latest finished then. `part` is
    counts.expired or counts.lapsed.
    """
    past = slice(max(0, complete + 1 - COHORTS_USED), complete + 1)
    ahead = int(counts.to_renew[made + lead, lead])
    return forecast(part[past, lead], counts.to_renew[past, lead], ahead)
