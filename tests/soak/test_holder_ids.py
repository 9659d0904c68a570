"""統一編號 on whole columns, against the rule computed in another way; both rules."""

from itertools import product

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from etl.validation import values, vectorized
from tests.soak.size import many

RANDOM = many(1_000_000, 20_000_000, "SOAK_HOLDER_IDS")
Numbers = npt.NDArray[np.int64]


def digit_sum(numbers: Numbers) -> Numbers:
    """The sum of the products' digits; of a product below 40, product - 9 * its tens."""
    total = np.zeros_like(numbers)
    for place, weight in enumerate((1, 4, 2, 1, 2, 1, 2, 1)):  # from the right
        made = numbers // 10**place % 10 * weight
        total += made - 9 * (made // 10)
    return total


def passes(numbers: Numbers, divisor: int) -> npt.NDArray[np.bool_]:
    """By 10 before 2023-04-01, by 5 since; one higher passes too when the seventh digit is 7."""
    total = digit_sum(numbers)
    return (total % divisor == 0) | ((numbers // 10 % 10 == 7) & ((total + 1) % divisor == 0))


def as_text(numbers: Numbers) -> list[str]:
    return [f"{number:08}" for number in numbers.tolist()]


def boundaries() -> Numbers:
    """The ends, every number with one digit or two that are not zero, 7 in seventh place with every
    two digits around it, and the numbers beside each of these."""
    numbers = {0, 99_999_999}
    for one, other in product(range(8), repeat=2):
        for digit, second in product(range(10), repeat=2):
            numbers.add(digit * 10**one + (second * 10**other if other != one else 0))
    for head, last in product(range(10_000), range(10)):
        numbers.add(head * 10_000 + 70 + last)
        numbers.add(head * 100 + 70 + last)
    near = {number + step for number in numbers for step in (-1, 0, 1)}
    return np.array(sorted(n for n in near if 0 <= n <= 99_999_999), dtype=np.int64)


def check(numbers: Numbers) -> None:
    expected = passes(numbers, 5)
    # Eight ASCII digits each, written by arithmetic: formatting a million texts takes longer.
    places = 10 ** np.arange(7, -1, -1)
    digits = (numbers[:, None] // places % 10 + ord("0")).astype(np.uint8)
    offsets = np.arange(0, 8 * len(numbers) + 1, 8, dtype=np.int32)
    texts = pa.StringArray.from_buffers(
        len(numbers), pa.py_buffer(offsets), pa.py_buffer(digits.tobytes())
    )
    found = vectorized.is_likely_holder_id(texts).to_numpy(zero_copy_only=False)
    assert (found == expected).all()
    # Every number that was valid before the change is valid after it.
    assert not (passes(numbers, 10) & ~found).any()


def test_random_numbers_agree_with_an_independent_computation() -> None:
    rng = np.random.default_rng(102)
    for _ in range(RANDOM // 1_000_000):
        check(rng.integers(0, 10**8, 1_000_000))


def test_boundary_values_agree() -> None:
    numbers = boundaries()
    assert len(numbers) > 100_000
    check(numbers)


def test_the_function_for_one_value_agrees() -> None:
    numbers = np.concatenate(
        [boundaries()[::10], np.random.default_rng(5).integers(0, 10**8, 9999)]
    )
    found = [values.is_likely_holder_id(text) for text in as_text(numbers)]
    assert found == passes(numbers, 5).tolist()


def test_known_numbers() -> None:
    known = np.array([4595257, 12345675, 10458575, 12345678])  # the last fails both rules
    assert passes(known, 5).tolist() == [True, True, True, False]
    assert [values.is_likely_holder_id(text) for text in as_text(known)] == [
        *[True] * 3,
        False,
    ]
