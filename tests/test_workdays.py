"""The office calendar on days that are known from its announcements."""

from datetime import date

import pytest

from adoption.workdays import DAY_KINDS, day_kind, holiday_name


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (date(2013, 9, 13), "workday"),  # a Friday
        (date(2013, 9, 14), "makeup_workday"),  # the Saturday worked for the 20th
        (date(2013, 9, 15), "weekend"),
        (date(2013, 9, 19), "holiday"),  # 中秋節
        (date(2013, 9, 20), "holiday"),  # the bridge day
        (date(2013, 10, 10), "holiday"),  # 國慶日
        (date(2013, 10, 12), "weekend"),
        (date(2023, 1, 7), "makeup_workday"),  # for 2023-01-20
        (date(2023, 1, 20), "holiday"),
        (date(2016, 2, 28), "holiday"),  # 和平紀念日 on a Sunday is no mere weekend
        (date(1950, 1, 2), "workday"),  # before the calendar begins there are weekends
        (date(1950, 1, 1), "weekend"),
    ],
)
def test_kinds_of_days(day: date, kind: str) -> None:
    assert day_kind(day) == kind
    assert kind in DAY_KINDS


def test_holidays_have_names_in_both_languages() -> None:
    assert holiday_name(date(2013, 10, 10), "zh") == "國慶日"
    assert holiday_name(date(2013, 10, 10), "en") == "National Day"
    assert holiday_name(date(2013, 10, 11), "zh") == ""
