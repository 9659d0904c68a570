"""How numbers and dates read."""

from datetime import date

import pandas as pd
import pytest

from adoption import formats

DAY = date(2013, 9, 24)


def test_dates_are_roc_in_chinese_and_gregorian_in_english() -> None:
    assert formats.day_text(DAY, "zh") == "民國102年9月24日"
    assert formats.day_text(pd.Timestamp(DAY), "en") == "2013-09-24"
    assert formats.short_day_text(date(2009, 1, 2), "zh") == "98/01/02"
    assert formats.short_day_text(DAY, "en") == "2013-09-24"
    assert formats.cut_off_text(DAY, "zh") == "統計期限至本(102)年9月24日止"
    assert formats.cut_off_text(DAY, "en") == "Counted up to and including 2013-09-24"
    assert formats.month_text(DAY, "zh") == "102年9月"
    assert formats.month_text(DAY, "en") == "Sep 2013"
    assert formats.year_text(DAY, "zh") == "102年"


def test_there_is_no_year_0() -> None:
    assert formats.short_day_text(date(1912, 1, 1), "zh") == "1/01/01"
    assert formats.short_day_text(date(1911, 12, 1), "zh") == "前1/12/01"
    assert formats.day_text(date(1911, 12, 1), "zh") == "民國前1年12月1日"
    assert formats.month_text(date(1910, 12, 1), "zh") == "前2年12月"


@pytest.mark.parametrize(
    ("change", "text"), [(1234, "+1,234"), (0, "0"), (-25, "−25"), (-1234, "−1,234")]
)
def test_a_change_shows_its_sign(change: int, text: str) -> None:
    assert formats.change_text(change) == text


def test_a_share_of_nothing_is_a_dash() -> None:
    assert formats.share_text(1, 3) == "33.3%"
    assert formats.share_text(0, 0) == "—"
    assert formats.number_text(1234567) == "1,234,567"
