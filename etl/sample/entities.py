"""The denominator of the sample: how many organisations of each kind are registered where."""

from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from etl.sample.days import FIRST
from etl.sample.holders import COUNTIES, ORG_SHARES, ORG_TYPES
from etl.sample.writing import CsvFile

HEADERS = ("month", "county", "org_type", "registered")
LAST_MONTH = date(2013, 8, 1)
_TARGET_RATE = 0.32  # of all the registered in LAST_MONTH
_MONTHLY_GROWTH = 0.002
# How much likelier than others each holds a card; companies file more online than shops.
_ORG_FACTORS = (1.5, 0.6, 1.0, 0.8)
_COUNTY_FACTORS = {"臺北市": 1.25, "新北市": 1.1, "桃園縣": 1.1, "新竹縣": 1.15, "新竹市": 1.3}
_OTHER_COUNTY_FACTOR = 0.85
_LEAST_RATIO = 1.5  # registered to holders in any cell, where a small sample has its outliers


def write_entities(file: CsvFile, holders: npt.NDArray[np.int64]) -> None:
    """One row for each month, county and kind.

    holders: (counties, kinds), with a valid certificate at the cut-off. The registered are scaled
    with them, so that the adoption rate is believable for a sample of any size.
    """
    shares = np.outer(
        [w / _COUNTY_FACTORS.get(name, _OTHER_COUNTY_FACTOR) for name, w in COUNTIES.items()],
        np.array(ORG_SHARES) / np.array(_ORG_FACTORS),
    )
    expected = shares / shares.sum() * (holders.sum() / _TARGET_RATE)
    last = np.maximum(np.maximum(expected, holders * _LEAST_RATIO), 1)
    months = _months()
    growth = (1 + _MONTHLY_GROWTH) ** np.arange(1 - len(months), 1)
    registered = np.ceil(growth[:, None] * last.reshape(1, -1)).astype(np.int64)

    cells = [(county, org_type) for county in COUNTIES for org_type in ORG_TYPES]
    file.write(
        [
            pa.array([month.isoformat() for month in months for _ in cells]),
            pa.array([county for _ in months for county, _ in cells]),
            pa.array([org_type for _ in months for _, org_type in cells]),
            pa.array(registered.ravel()),
        ]
    )


def _months() -> list[date]:
    first, last = (day.year * 12 + day.month - 1 for day in (FIRST, LAST_MONTH))
    return [date(month // 12, month % 12 + 1, 1) for month in range(first, last + 1)]
