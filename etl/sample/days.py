"""Days as numbers since 1970-01-01, and what the sample needs to know of each of them."""

from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

Days = npt.NDArray[np.int32]
Rows = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int8]
Flags = npt.NDArray[np.bool_]

EPOCH = date(1970, 1, 1)
# An event that has not happened lies after every day, so that `ended > due` needs no second case.
NEVER = np.int32(2**30)


def day_number(day: date) -> int:
    return (day - EPOCH).days


FIRST = date(2003, 7, 1)
CUT_OFF = date(2013, 9, 24)
FIRST_DAY = day_number(FIRST)
LAST_DAY = day_number(CUT_OFF)

# Every day that a column can hold: the last expiry is five years after the cut-off.
CALENDAR = tuple(FIRST + timedelta(n) for n in range(day_number(date(2019, 1, 1)) - FIRST_DAY))

_HOLIDAYS = {(1, 1), (2, 28), (10, 10)}
# Offices are busy after the new year's closing of books and quiet around the lunar new year.
_SEASON = (1.0, 0.7, 1.25, 1.2, 1.2, 1.05, 0.95, 0.9, 0.95, 1.0, 1.05, 1.0)
_WEEKDAY = (1.0, 1.1, 1.0, 1.0, 0.9, 0.02, 0.01)


def _is_working(day: date) -> bool:
    return day.weekday() < 5 and (day.month, day.day) not in _HOLIDAYS


def _five_years_later(day: date) -> date:
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + 5, day=28 if leap else day.day)


def _working_days() -> Days:
    """For each day of the calendar: itself, or the next on which an office is open."""
    found = np.empty(len(CALENDAR), np.int32)
    following = FIRST_DAY + len(CALENDAR)
    for n in range(len(CALENDAR) - 1, -1, -1):
        following = FIRST_DAY + n if _is_working(CALENDAR[n]) else following
        found[n] = following
    return found


_WORKING = _working_days()
_EXPIRY = np.array([day_number(_five_years_later(day)) for day in CALENDAR], np.int32)


def working_day(days: Days) -> Days:
    """The day itself, or the next on which an office is open."""
    found: Days = _WORKING[days - FIRST_DAY]
    return found


def expiry(issued: Days) -> Days:
    """The last day of validity: the same day five years later (29 February: the 28th).

    DOMAIN section 5 has a card of 2008-10-01 expire on 2013-10-01, so not the day before.
    """
    found: Days = _EXPIRY[issued - FIRST_DAY]
    return found


def first_issue_weights() -> npt.NDArray[np.float64]:
    """How likely a holder's first card is on each day from FIRST to CUT_OFF; they add up to 1."""
    span = LAST_DAY - FIRST_DAY
    weights = np.array(
        [
            (0.25 + n / span)
            * _SEASON[day.month - 1]
            * (_WEEKDAY[day.weekday()] if _is_working(day) or day.weekday() > 4 else 0.0)
            for n, day in enumerate(CALENDAR[: span + 1])
        ]
    )
    shares: npt.NDArray[np.float64] = weights / weights.sum()
    return shares
