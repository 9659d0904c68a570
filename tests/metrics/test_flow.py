"""A month of issuing ends on the day of the month that the as-of day is."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from adoption.metrics import METRICS, Selection, evaluate
from tests.reference import Certificate
from tests.stores import store_of

A = Certificate("A", "04595257", date(2013, 7, 1), date(2018, 7, 1))


@pytest.mark.parametrize(
    ("as_of", "issued"),
    [
        (date(2013, 9, 24), [1, 1, 3]),  # from 08-25 to 09-24, as August is from 07-25 to 08-24
        (date(2013, 9, 30), [1, 2, 3]),  # from 08-31
    ],
)
def test_the_last_month_is_whole(tmp_path: Path, as_of: date, issued: list[int]) -> None:
    days = [date(2013, 7, 1), date(2013, 8, 24), date(2013, 8, 25), date(2013, 9, 24)]
    days += [date(2013, 8, 31), date(2013, 9, 30)]
    rows = [replace(A, serial=str(n), issued_on=day) for n, day in enumerate(days)]
    store = store_of(tmp_path, certificates=rows)
    found = evaluate(store, METRICS["issued_and_usual"], Selection(as_of))
    assert found["issued"].tolist() == issued
    assert found["low"].isna().all()
    store.close()
