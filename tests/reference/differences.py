"""A difference worth naming, by loops: exact binomial sums and means, no numpy."""

from fractions import Fraction
from itertools import pairwise
from math import comb, exp, floor, pi, sqrt

SPREADS = 3.090232306167813  # 99.8 % of a normal distribution lie within


def percentile(values: list[float], percent: int) -> float:
    """Linear between the two nearest of the sorted values."""
    ordered = sorted(values)
    place = percent / 100 * (len(ordered) - 1)
    below = floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def widening(groups: list[tuple[int, int]]) -> float:
    """φ of groups (count, size)."""
    counts, sizes = sum(x for x, _ in groups), sum(n for _, n in groups)
    if len(groups) < 10 or counts in (0, sizes):
        return 1.0
    share = counts / sizes
    z = [(x / n - share) / sqrt(share * (1 - share) / n) for x, n in groups]
    low, high = percentile(z, 10), percentile(z, 90)
    return max(1.0, sum(min(max(each, low), high) ** 2 for each in z) / len(z))


def normal_tail(spreads: float) -> float:
    """P(Z >= spreads), by Simpson's rule."""
    steps, last = 20_000, spreads + 12
    width = (last - spreads) / steps
    total = 0.0
    for step in range(steps + 1):
        weight = 1 if step in (0, steps) else 4 if step % 2 else 2
        total += weight * exp(-((spreads + step * width) ** 2) / 2)
    return total * width / 3 / sqrt(2 * pi)


def against_all(groups: list[tuple[int, int]]) -> list[str]:
    """above, below, within, or '' for a group of none."""
    groups = [(min(x, n), n) for x, n in groups]
    shown = [(x, n) for x, n in groups if n > 0]
    if not shown:
        return ["" for _ in groups]
    share = Fraction(sum(x for x, _ in shown), sum(n for _, n in shown))
    chance = normal_tail(SPREADS * sqrt(widening(shown)))
    return [_side(x, n, share, chance) if n > 0 else "" for x, n in groups]


def _side(count: int, size: int, share: Fraction, chance: float) -> str:
    if share in (0, 1):
        return "within"
    terms = [comb(size, k) * share**k * (1 - share) ** (size - k) for k in range(size + 1)]
    if sum(terms[count:]) < chance:
        return "above"
    return "below" if sum(terms[: count + 1]) < chance else "within"


def against_before(monthly: list[int]) -> list[tuple[float, float, str]]:
    """low, high and side of each month that has 24 before it."""
    found = []
    for place in range(24, len(monthly)):
        before = monthly[place - 24 : place]
        ranges = [abs(b - a) for a, b in pairwise(before)]
        mean, width = sum(before) / 24, 2.66 * sum(ranges) / 23
        value = monthly[place]
        side = "above" if value > mean + width else "below" if value < mean - width else "within"
        found.append((mean - width, mean + width, side))
    return found
