"""The model of the forecast, on data whose answer is known."""

import numpy as np
import pytest

from adoption.metrics.lapses import (
    COHORTS_USED,
    FEWEST_COHORTS,
    LEVEL,
    T_QUANTILE,
    UNKNOWN,
    Counts,
    forecast,
)

SIMULATIONS = 4_000


def simulated(
    rng: np.random.Generator, share: float, differing: float, sizes: Counts
) -> tuple[Counts, Counts, int]:
    """Past cohorts of these sizes, and what came of one more of the last size.

    Each cohort's own share is drawn from a beta distribution around `share` with the standard
    deviation `differing`; 0 is the same share for all.
    """
    shares = np.full(len(sizes) + 1, share)
    if differing:
        strength = share * (1 - share) / differing**2 - 1
        shares = rng.beta(share * strength, (1 - share) * strength, len(sizes) + 1)
    lapsed = rng.binomial([*sizes, sizes[-1]], shares)
    return lapsed[:-1], sizes, int(lapsed[-1])


@pytest.mark.parametrize("size", [40, 400, 20_000])
@pytest.mark.parametrize("share", [0.05, 0.37, 0.9])
@pytest.mark.parametrize("differing", [0.0, 0.02, 0.04])
def test_the_interval_holds_what_happens_as_often_as_it_says(
    size: int, share: float, differing: float
) -> None:
    rng = np.random.default_rng(1)
    sizes = (size * np.linspace(0.7, 1.3, COHORTS_USED)).astype(np.int64)
    within = 0
    for _ in range(SIMULATIONS):
        part, whole, actual = simulated(rng, share, differing, sizes)
        _, low, high = forecast(part, whole, int(sizes[-1]))
        within += low <= actual <= high
    # Never narrower than it says; wider where counts are small, by whole numbers, and where months
    # do not differ beyond chance, for then they are still taken to differ as much as they seem to.
    assert within / SIMULATIONS > LEVEL - 0.02
    if differing and size > 100 and share * size > 30:
        assert within / SIMULATIONS < LEVEL + 0.05


def test_the_expected_number_is_not_biased() -> None:
    rng = np.random.default_rng(2)
    sizes = np.full(COHORTS_USED, 500)
    made = [simulated(rng, 0.37, 0.03, sizes) for _ in range(SIMULATIONS)]
    expected = [forecast(part, whole, 500).expected for part, whole, _ in made]
    assert np.mean(expected) == pytest.approx(np.mean([actual for *_, actual in made]), rel=0.01)


def test_months_that_differ_widen_the_interval() -> None:
    whole = np.full(12, 1_000)
    alike, differing = np.full(12, 400), np.tile([300, 500], 6)
    assert forecast(alike, whole, 1_000).expected == forecast(differing, whole, 1_000).expected
    narrow, wide = forecast(alike, whole, 1_000), forecast(differing, whole, 1_000)
    assert wide.high - wide.low > 4 * (narrow.high - narrow.low)


def test_what_never_happened_is_not_taken_for_impossible() -> None:
    whole = np.full(12, 50)
    assert forecast(np.zeros(12, np.int64), whole, 500) == (0.0, 0.0, 2.0)
    assert forecast(whole, whole, 500) == (500.0, 498.0, 500.0)


def test_the_interval_stays_among_those_that_there_are() -> None:
    part, whole = np.tile([0, 10], 6), np.full(12, 10)
    assert forecast(part, whole, 3) == (1.5, 0.0, 3.0)


def test_too_few_past_months_give_no_forecast() -> None:
    """Months without any to renew tell nothing and do not count."""
    whole = np.array([9] * (FEWEST_COHORTS - 1) + [0] * 6)
    assert forecast(np.zeros_like(whole), whole, 9) is UNKNOWN
    whole[-1] = 9
    assert forecast(np.zeros_like(whole), whole, 9).expected == 0


def test_the_quantiles_are_those_of_student() -> None:
    """Drawn anew: a normal over the root of a chi-squared by its degrees of freedom."""
    rng = np.random.default_rng(3)
    for freedom, quantile in T_QUANTILE.items():
        drawn = rng.standard_t(freedom, 400_000)
        assert np.mean(np.abs(drawn) <= quantile) == pytest.approx(LEVEL, abs=0.003)
