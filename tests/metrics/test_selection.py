"""Days that follow from the as-of day."""

from datetime import date

import pytest

from adoption.metrics import Selection


@pytest.mark.parametrize(
    ("as_of", "month", "quarter", "year"),
    [
        (date(2013, 9, 24), date(2013, 8, 31), date(2013, 6, 30), date(2012, 12, 31)),
        (date(2013, 1, 1), date(2012, 12, 31), date(2012, 12, 31), date(2012, 12, 31)),
        (date(2013, 3, 31), date(2013, 2, 28), date(2012, 12, 31), date(2012, 12, 31)),
        (date(2012, 12, 31), date(2012, 11, 30), date(2012, 9, 30), date(2011, 12, 31)),
    ],
)
def test_the_end_before_a_month_a_quarter_a_year(
    as_of: date, month: date, quarter: date, year: date
) -> None:
    shown = Selection(as_of)
    assert [shown.end_before(months) for months in (1, 3, 12)] == [month, quarter, year]
