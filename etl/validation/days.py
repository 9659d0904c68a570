"""Days and months in the written forms of Taiwanese files, 民國 (ROC) and Gregorian.

    102/9/24  102.09.24  102-09-24  1020924  0920924  民國102年9月24日
    2013/9/24  2013-09-24  20130924  2013年9月24日

each with full-width digits, spaces, or a time of day after it. The order is year, month, day. Three
digits of year are ROC years (1 to 200), and so are 92 to 99 and what says 民國; four are Gregorian
(1912 to 2111). Any other year of one or two digits has several readings (short_years.py), as has
9/3/2013, of which nobody knows whether the day or the month comes first. Refused
as ambiguous: six digits in a row (ROC 99-09-24 or 1999-09-24?) and a time with a zone (whose day?).
"""

import re
from datetime import date, datetime

from adoption.formats import TAIWAN
from etl.validation.short_years import (
    Order,
    ShortYear,
    months_of,
    named,
    readings_of,
    year_first,
    year_last,
)
from etl.validation.values import BadValue, fold

FIRST_YEAR, LAST_YEAR = 1912, 2111
ROC_OFFSET = 1911
# Two digits that can only be an ROC year: those of the cards that are in files today.
_SURELY_ROC = range(92, 100)

_TIME = re.compile(
    r"[T ]?(?:[上下]午|[AP]M)? ?(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(?: ?[AP]M)?"
)
_ERA = re.compile(r"^(?:中華民國|民國)")
_WITH_SIGNS = re.compile(r"(\d{1,4})([/.-])(\d{1,2})\2(\d{1,2})")
_YEAR_LAST = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})")
_WITH_WORDS = re.compile(r"(\d{1,4}|元)年(\d{1,2})月(\d{1,2})[日號]")
_DIGITS = re.compile(r"(\d{3,4})(\d{2})(\d{2})")
_MONTH = re.compile(r"(\d{1,4}|元)(?:[/.-]|年)(\d{1,2})月?")
_MONTH_DIGITS = re.compile(r"(\d{3,4})(\d{2})")


def _year(text: str, roc_only: bool) -> int:
    year = 1 if text == "元" else int(text)
    if len(text) < 4 and 1 <= year <= LAST_YEAR - ROC_OFFSET:
        return year + ROC_OFFSET
    if len(text) == 4 and FIRST_YEAR <= year <= LAST_YEAR and not roc_only:
        return year
    raise BadValue("impossible_date")


def _without_time(text: str) -> str:
    """`text` up to its time of day, if it has one that a clock can show."""
    first, *rest = re.split(
        r"(?<=[\d日號])(?=[T ]?(?:[上下]午|[AP]M)? ?\d{1,2}:)", text, maxsplit=1
    )
    if not rest:
        return text
    time = _TIME.fullmatch(rest[0])
    if time is None:
        if re.search(r"Z$|[+-]\d\d:?\d\d$", rest[0]):
            raise BadValue("ambiguous_date", "時區不同，日期可能不同|another day in another zone")
        raise BadValue("bad_date")
    hours, minutes, seconds = (int(part or 0) for part in time.groups())
    if hours > 23 or minutes > 59 or seconds > 59:
        raise BadValue("impossible_date")
    return first


def _bare(text: str) -> tuple[str, bool]:
    """The folded text without spaces, time and era, and whether it named the ROC era."""
    folded = re.sub(r"\s+", " ", fold(text))
    bare = _without_time(folded).replace(" ", "")
    without_era = _ERA.sub("", bare)
    return without_era, without_era != bare


def day(text: str) -> date:
    """The day that `text` names. Raises BadValue: bad_date, impossible_date or ambiguous_date
    (ShortYear, with its readings, where the year is too short)."""
    bare, roc_only = _bare(text)
    if re.fullmatch(r"\d{6}", bare):
        raise BadValue("ambiguous_date", named(_six_digits(bare).values()))
    if last := _YEAR_LAST.fullmatch(bare):
        raise _short(year_last(last[1], last[3], last[4]))
    if signs := _WITH_SIGNS.fullmatch(bare):
        year, _, month, day_of_month = signs.groups()
    elif match := _WITH_WORDS.fullmatch(bare) or _DIGITS.fullmatch(bare):
        year, month, day_of_month = match.groups()
    else:
        raise BadValue("bad_date")
    if _is_short(year, roc_only):
        read = readings_of if signs else year_first
        raise _short(read(year, month, day_of_month))
    try:
        return date(_year(year, roc_only), int(month), int(day_of_month))
    except BadValue:
        raise
    except ValueError:
        raise BadValue("impossible_date") from None


def month(text: str) -> date:
    """The first day of the month named: 2013-08, 102/8, 10208, 102年8月, or that day itself.
    Raises as `day`, and not_a_month."""
    bare, roc_only = _bare(text)
    match = _MONTH.fullmatch(bare) or _MONTH_DIGITS.fullmatch(bare)
    if match is None:
        first = day(text)
        if first.day != 1:
            raise BadValue("not_a_month")
        return first
    number = int(match[2])
    if _is_short(match[1], roc_only):
        raise _short(
            year_first(match[1], match[2], "1") if "年" in bare else months_of(*match.groups())
        )
    if not 1 <= number <= 12:
        raise BadValue("impossible_date")
    return date(_year(match[1], roc_only), number, 1)


def is_roc(text: str) -> bool:
    """Whether a text that names a day, or a month, has an ROC year."""
    bare, roc_only = _bare(text)
    digits = re.match(r"\d*", bare)
    assert digits is not None
    return roc_only or len(digits[0]) in (0, 2, 3, 5, 7)


def _is_short(year: str, roc_only: bool) -> bool:
    return len(year) < 3 and year != "元" and not roc_only and int(year) not in _SURELY_ROC


def _short(readings: dict[Order, date]) -> BadValue:
    return ShortYear(readings) if readings else BadValue("impossible_date")


def _six_digits(bare: str) -> dict[Order, date]:
    first, middle, last = bare[:2], bare[2:4], bare[4:]
    return year_first(first, middle, last)


def day_of_loading(now: datetime) -> date:
    """The day on which something is loaded, where the records are from; `now` is the clock."""
    return now.astimezone(TAIWAN).date()
