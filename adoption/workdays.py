"""Which days government offices in Taiwan work: weekends, holidays and make-up workdays.

The office calendar of the package `holidays`; days off and make-up workdays are known to it as they
were announced, for 2013 to 2027. Other years have weekends and the holidays that the law names.
"""

from datetime import date
from functools import cache
from typing import Any

import holidays

from adoption.language import Language

DAY_KINDS = ("workday", "makeup_workday", "weekend", "holiday")
SATURDAY = 5


@cache
def _year(year: int, language: Language) -> Any:
    # One year each and never changed: threads share them.
    names = "zh_TW" if language == "zh" else "en_US"
    return holidays.country_holidays("TW", years=[year], language=names, expand=False)


def day_kind(day: date) -> str:
    """One of DAY_KINDS; a holiday that falls on a Sunday is a holiday."""
    announced = _year(day.year, "zh")
    if day in announced.weekend_workdays:
        return "makeup_workday"
    if day in announced:
        return "holiday"
    return "weekend" if day.weekday() >= SATURDAY else "workday"


def holiday_name(day: date, language: Language) -> str:
    """What the holiday is called; empty where there is none."""
    name: str = _year(day.year, language).get(day, "")
    return name
