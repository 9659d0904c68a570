"""Who holds the cards of the sample: made-up 統一編號 with a kind of organisation and a county."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from etl.sample.days import Codes, Flags, Rows
from etl.sample.renewals import NO_ADDRESS_SHARE

ORG_TYPES = ("company", "business", "branch", "other")
ORG_SHARES = (0.55, 0.32, 0.09, 0.04)
# Names and weights as of 2013.
COUNTIES = {
    "臺北市": 24.0,
    "新北市": 18.0,
    "臺中市": 13.0,
    "高雄市": 11.0,
    "桃園縣": 8.5,
    "臺南市": 7.0,
    "彰化縣": 4.0,
    "新竹縣": 2.0,
    "新竹市": 2.0,
    "屏東縣": 1.8,
    "苗栗縣": 1.4,
    "雲林縣": 1.4,
    "宜蘭縣": 1.2,
    "南投縣": 1.2,
    "嘉義縣": 1.0,
    "嘉義市": 0.9,
    "基隆市": 0.8,
    "花蓮縣": 0.8,
    "臺東縣": 0.45,
    "澎湖縣": 0.25,
    "金門縣": 0.25,
    "連江縣": 0.05,
}

# The prefixes 0000001-9999999; a 統一編號 of zeros only would look like a placeholder.
_PREFIXES = 9_999_999
_STEP = 7_368_787  # shares no factor with _PREFIXES, so that no prefix comes twice
MOST_HOLDERS = 2 * _PREFIXES
_UNLIKELY_SHARE = 0.001
_WEIGHTS = (1, 2, 1, 2, 1, 2, 4)


@dataclass(frozen=True)
class Holders:
    """One block's holders; place i of every array is the same holder."""

    ids: npt.NDArray[np.uint8]  # (holders, 8): the digits as ASCII
    org_type: Codes  # a place in ORG_TYPES
    county: Codes  # a place in COUNTIES
    has_address: Flags  # whether a reminder can reach them at all


def generate(rng: np.random.Generator, numbers: Rows, seed: int) -> Holders:
    """The holders with these running numbers (from 0, below MOST_HOLDERS)."""
    count = len(numbers)
    weights = np.array(list(COUNTIES.values()))
    return Holders(
        ids=_ids(numbers, seed, rng.random(count) < _UNLIKELY_SHARE),
        org_type=rng.choice(len(ORG_TYPES), count, p=ORG_SHARES).astype(np.int8),
        county=rng.choice(len(weights), count, p=weights / weights.sum()).astype(np.int8),
        has_address=rng.random(count) >= NO_ADDRESS_SHARE,
    )


def _ids(numbers: Rows, seed: int, unlikely: Flags) -> npt.NDArray[np.uint8]:
    """Distinct 統一編號, in an order that looks random, valid by the rule of 2013 (sum % 10 = 0).

    Once every prefix is used they come again with the check digit that only the rule of 2023
    (sum % 5 = 0) accepts. An unlikely one fails both rules.
    """
    prefixes = 1 + (numbers * _STEP + seed * 104_729) % _PREFIXES
    digits = np.stack([prefixes // 10**place % 10 for place in range(6, -1, -1)], axis=1)
    products = digits * np.array(_WEIGHTS)
    checksum = (products // 10 + products % 10).sum(axis=1)
    check = (-checksum + 5 * (numbers // _PREFIXES) + 2 * unlikely) % 10
    ascii_digits: npt.NDArray[np.uint8] = (np.column_stack([digits, check]) + ord("0")).astype(
        np.uint8
    )
    return ascii_digits
