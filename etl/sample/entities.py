"""The denominator of the sample: how many organisations of each kind are registered where."""

from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from etl.sample.days import FIRST, day_number
from etl.sample.deliveries import Deliveries
from etl.sample.holders import COUNTIES, ORG_SHARES, ORG_TYPES
from etl.sample.writing import iso_days

LAST_MONTH = date(2013, 8, 1)
_TARGET_RATE = 0.32  # of all the registered in LAST_MONTH
_MONTHLY_GROWTH = 0.002
# How much likelier than others each holds a card; companies file more online than shops.
_ORG_FACTORS = (1.5, 0.6, 1.0, 0.8)
_COUNTY_FACTORS = {"臺北市": 1.25, "新北市": 1.1, "桃園縣": 1.1, "新竹縣": 1.15, "新竹市": 1.3}
_OTHER_COUNTY_FACTOR = 0.85
# A month is counted by the 20th of the next.
_DAYS_TO_COUNT = 49
REVISED_MONTH, REVISED_COUNTY = date(2013, 5, 1), "桃園縣"
FIRST_READ_PERCENT = 96
_LEAST_RATIO = 1.5  # registered to holders in any cell, where a small sample has its outliers


def write_entities(deliveries: Deliveries, holders: npt.NDArray[np.int64]) -> int:
    """One row for each month, county and kind; how many are registered in LAST_MONTH.

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
    _deliver(deliveries, months, cells, registered)
    return int(registered[-1].sum())


def _deliver(
    deliveries: Deliveries,
    months: list[date],
    cells: list[tuple[str, str]],
    registered: npt.NDArray[np.int64],
) -> None:
    """Each month when it is counted. The last of the first delivery reads too low in one county,
    until the second puts it right."""
    month = np.repeat([day_number(each) for each in months], len(cells)).astype(np.int32)
    county, org_type = (np.tile(names, len(months)) for names in zip(*cells, strict=True))
    came = deliveries.known_on("entities", month + _DAYS_TO_COUNT)
    days = deliveries.days("entities")
    is_revised = (month == day_number(REVISED_MONTH)) & (county == REVISED_COUNTY)
    right_from = np.where(is_revised, day_number(days[:2][-1]), came)
    for received in days:
        day = day_number(received)
        at = np.flatnonzero((came == day) | (right_from == day))
        right = registered.ravel()[at]
        columns = [
            iso_days(month[at]),
            pa.array(county[at]),
            pa.array(org_type[at]),
            pa.array(np.where(right_from[at] <= day, right, right * FIRST_READ_PERCENT // 100)),
        ]
        deliveries.write("entities", received, columns, came[at], month[at] + _DAYS_TO_COUNT)


def _months() -> list[date]:
    first, last = (day.year * 12 + day.month - 1 for day in (FIRST, LAST_MONTH))
    return [date(month // 12, month % 12 + 1, 1) for month in range(first, last + 1)]
