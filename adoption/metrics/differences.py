"""A difference worth naming: one that chance, or an ordinary month, would hardly make.

Shares of groups: a funnel plot, binomial limits around the share of all (Spiegelhalter, Statistics
in Medicine 24, 2005). Monthly counts: an individuals chart of the months before.
"""

from math import lgamma, log, sqrt
from statistics import NormalDist

import numpy as np
import numpy.typing as npt
import pandas as pd

from adoption.language import Text

LIMIT = NormalDist().inv_cdf(0.999)  # 99.8 % lie within so many standard deviations
GROUPS_TO_WIDEN = 10  # what fewer groups differ by beyond chance is not estimated
WINSORISED = 10  # percent of the groups at either end
MONTHS_BEFORE = 24
RANGES_NAMED = 2.66  # mean moving ranges, on either side of the mean
_FAR_OUT = 20  # standard deviations: beyond all limits
# What a metric with such shares says of them.
DIFFERS = Text(
    "偏高、偏低是與整體的差異超出機遇者：在漏斗圖 99.8% 界限之外；群組間差異較大時界限放寬。",
    "High and low are those that differ from the share of all beyond chance: outside of the 99.8 % "
    "limits of a funnel plot, which are wider where the groups differ more from each other.",
)
Numbers = npt.NDArray[np.float64]


def against_all(part: pd.Series, whole: pd.Series) -> pd.Series:
    """Of each group whether its share `part` ÷ `whole` is above, below or within the limits around
    the share of all; '' where there is no share. Both are counts on the same index; a share above 1
    (of an old count of the whole) is taken as 1."""
    found = pd.Series("", index=part.index, dtype="str")
    has_share = (whole > 0).fillna(False)
    counts, sizes = (each[has_share].to_numpy(np.float64) for each in (part, whole))
    if len(counts):
        counts = np.minimum(counts, sizes)
        share = counts.sum() / sizes.sum()
        limit = LIMIT * sqrt(overdispersion(counts, sizes))
        scores = [_score(int(x), int(n), share) for x, n in zip(counts, sizes, strict=True)]
        found[has_share] = [_side(score, -limit, limit) for score in scores]
    return found


def overdispersion(counts: Numbers, sizes: Numbers) -> float:
    """φ, by which the groups differ beyond chance: their mean squared z, the outermost drawn in.

    1 where it is less, with fewer than GROUPS_TO_WIDEN groups, and where all shares are 0 or 1.
    """
    share = counts.sum() / sizes.sum()
    if len(counts) < GROUPS_TO_WIDEN or share in (0, 1):
        return 1.0
    z = (counts / sizes - share) / np.sqrt(share * (1 - share) / sizes)
    drawn_in = np.clip(z, *np.percentile(z, [WINSORISED, 100 - WINSORISED]))
    return max(1.0, float(np.mean(drawn_in**2)))


def against_before(monthly: pd.Series) -> pd.DataFrame:
    """Of each month what is usual by the MONTHS_BEFORE before it, which have no gap.

    Columns low and high, NaN with fewer months before, and differs: above, below, within or ''.
    """
    before = monthly.astype("float64").shift()
    mean = before.rolling(MONTHS_BEFORE).mean()
    width = RANGES_NAMED * before.diff().abs().rolling(MONTHS_BEFORE - 1).mean()
    low, high = mean - width, mean + width
    differs = [
        "" if np.isnan(least) else _side(value, least, most)
        for value, least, most in zip(monthly, low, high, strict=True)
    ]
    return pd.DataFrame({"low": low, "high": high, "differs": differs}, index=monthly.index)


def _side(value: float, low: float, high: float) -> str:
    return "above" if value > high else "below" if value < low else "within"


def _score(count: int, size: int, share: float) -> float:
    """How far from `share` of `size` the `count` lies, in standard deviations of equal chance."""
    if share in (0, 1):
        return 0.0
    if count < size * share:
        return -_score(size - count, size, 1 - share)
    spread = sqrt(size * share * (1 - share))
    z = (count - size * share) / spread
    if z > _FAR_OUT:
        return z
    return -NormalDist().inv_cdf(min(0.5, _tail(count, size, share, int(40 * (1 + spread)))))


def _tail(count: int, size: int, share: float, terms: int) -> float:
    """P(X >= count) of a binomial; what lies beyond `terms` of its terms adds nothing."""
    first = (
        *(lgamma(size + 1), -lgamma(count + 1), -lgamma(size - count + 1)),
        *(count * log(share), (size - count) * log(1 - share)),
    )
    k = np.arange(count, min(size, count + terms))
    ratios = np.log((size - k) / (k + 1) * share / (1 - share))
    return float(np.exp(sum(first) + np.concatenate(([0.0], np.cumsum(ratios)))).sum())
