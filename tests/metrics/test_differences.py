"""What is named as different: at the limits by hand, and as plain Python has it on random data."""

from math import sqrt
from random import Random

import numpy as np
import pandas as pd
import pytest

from adoption.metrics.differences import LIMIT, against_all, against_before, overdispersion
from tests.reference import differences as reference
from tests.soak.size import many


def sides(*groups: tuple[int, int]) -> list[str]:
    counts, sizes = zip(*groups, strict=True)
    return against_all(pd.Series(counts), pd.Series(sizes)).tolist()


@pytest.mark.parametrize(
    ("count", "side"),
    [
        # Of 1,000 about half: P(X >= 550) = 0.00087, P(X >= 549) = 0.00107.
        (550, "above"),
        (549, "within"),
        (451, "within"),
        (450, "below"),
    ],
)
def test_the_limits_are_those_of_998_in_1000(count: int, side: str) -> None:
    rest = (50_000_000 - count + 500, 100_000_000)  # so that the share of all stays a half
    assert sides((count, 1_000), rest)[0] == side


def test_a_small_group_is_named_only_where_chance_is_exact() -> None:
    """None of two, where 87 % of all are integrated: 3.7 standard deviations, but 17 in 1,000."""
    assert sides((0, 2), (8_700, 10_000)) == ["within", "within"]
    assert sides((0, 4), (8_700, 10_000)) == ["below", "within"]  # 3 in 10,000


def test_ten_groups_that_differ_by_themselves_widen_the_limits() -> None:
    """Half lie 4 standard deviations above and half below: φ is 16, and none is named."""
    high, low = (5_200, 10_000), (4_800, 10_000)
    assert overdispersion(np.array([high[0], low[0]] * 5), np.full(10, 1e4)) == pytest.approx(16)
    assert sides(*[high, low] * 5) == ["within"] * 10
    assert sides(*[high, low] * 4, high) == ["above", "below"] * 4 + ["above"]  # nine groups


def test_the_outermost_tenth_does_not_widen_the_limits() -> None:
    calm = [(500 + step, 1_000) for step in range(-10, 10)]
    assert sides(*calm, (800, 1_000))[-1] == "above"
    assert overdispersion(
        np.array([*[count for count, _ in calm], 800.0]), np.full(21, 1e3)
    ) == pytest.approx(1.0)


def test_groups_that_are_all_alike_or_empty_do_not_differ() -> None:
    assert sides((0, 5), (0, 9)) == ["within", "within"]
    assert sides((5, 5), (9, 9), (0, 0)) == ["within", "within", ""]
    assert against_all(pd.Series([], dtype="int64"), pd.Series([], dtype="int64")).empty
    unknown = against_all(pd.Series([1, 2]), pd.Series([None, 4], dtype="Int64"))
    assert unknown.tolist() == ["", "within"]


def test_far_out_in_large_groups() -> None:
    assert sides((1, 5_000_000), (2_500_000, 5_000_000)) == ["below", "above"]
    assert 3.09 < LIMIT < 3.0903


@pytest.mark.parametrize("seed", range(many(12, 200)))
def test_shares_agree_with_the_reference(seed: int) -> None:
    rng = Random(seed)
    share, spread = rng.uniform(0.02, 0.98), rng.choice((0, 0.05, 0.3))
    groups = []
    for _ in range(rng.choice((1, 4, 9, 10, 22))):
        size = rng.choice((0, 1, 3, 20, 150))
        own = min(1.0, max(0.0, share + rng.uniform(-spread, spread)))
        groups.append((sum(rng.random() < own for _ in range(size)), size))
    assert sides(*groups) == reference.against_all(groups)


def test_a_month_is_named_beyond_266_mean_ranges() -> None:
    """24 months of 90 and 110 in turn: their mean is 100, each range 20, the limits 53.2 apart."""
    before = [90, 110] * 12
    for value, side in [(153, "within"), (154, "above"), (47, "within"), (46, "below")]:
        last = against_before(pd.Series([*before, value])).iloc[-1]
        assert (last["low"], last["high"]) == pytest.approx((46.8, 153.2))
        assert last["differs"] == side


def test_with_fewer_than_24_months_before_nothing_is_usual() -> None:
    found = against_before(pd.Series([5] * 24))
    assert found["low"].isna().all()
    assert set(found["differs"]) == {""}
    assert against_before(pd.Series([5] * 25)).iloc[-1].tolist() == [5, 5, "within"]


@pytest.mark.parametrize("seed", range(many(5, 100)))
def test_months_agree_with_the_reference(seed: int) -> None:
    rng = Random(seed)
    monthly = [max(0, round(rng.gauss(50, 15))) + rng.choice((0, 0, 0, 90)) for _ in range(60)]
    found = against_before(pd.Series(monthly)).iloc[24:]
    expected = reference.against_before(monthly)
    assert found["differs"].tolist() == [side for _, _, side in expected]
    for name, place in (("low", 0), ("high", 1)):
        assert found[name].tolist() == pytest.approx([row[place] for row in expected])


def test_the_reference_knows_its_normal_distribution() -> None:
    assert reference.normal_tail(reference.SPREADS) == pytest.approx(0.001, rel=1e-6)
    assert reference.normal_tail(sqrt(2)) == pytest.approx(0.0786496, rel=1e-5)
