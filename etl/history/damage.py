"""What programs make of cells that nobody touched, when they open and save a file.

Excel and its like turn 00123456 into 123456, 1E10 into 10000000000, 97/10/1 into 1997/10/1 or into
35704, 3-4 into a day of this year, and write ? for signs that the encoding lacks. So a cell that
differs from what it was is no correction as long as one of these may have made it.
"""

import re
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from etl.validation.values import fold

# A day as a program may understand it; without a year it is of any year.
Reading = tuple[int | None, int, int]

_TIME = re.compile(r"[ T]?([上下]午)? ?(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.\d+)?)? ?([ap]m)?$")
_ERA = re.compile(r"^(中華民國|民國|r\.?o\.?c\.?)")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_EXPONENT = re.compile(r"[+-]?(\d)(?:\.(\d+))?e[+-]?\d+")
# The days that a spreadsheet's numbers count from, and the last that is told from any number.
_FIRST_DAY, _LAST_NUMBER = date(1899, 12, 30), 80_000
# So many days do calendars differ in the years of three digits.
_JULIAN_DAYS = 2
_NO_DAY = re.compile(r"-\d+(\.\d+)?|0?0:00(:00)?")
# So many digits does a spreadsheet keep of a number.
_DIGITS_KEPT = 15


def may_be_damage(original: str, returned: str) -> bool:
    """Whether a program may have made `returned` out of `original` by itself."""
    was, now = _bare(original), _bare(returned)
    return (
        was == now
        or _is_same_number(was, now)
        or _is_same_day(was, now)
        or _is_same_time(was, now)
        or _is_lost_day(was, now)
        or _lost_signs(was, now)
    )


def _bare(text: str) -> str:
    """Without width, case, line breaks, and the quote that marks text."""
    return re.sub(r"\s+", " ", fold(text)).casefold().lstrip("'")


def _number(text: str) -> Decimal | None:
    digits = text.replace(",", "").removesuffix("%")
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?", digits):
        return None
    try:
        return Decimal(digits) / (100 if text.endswith("%") else 1)
    except InvalidOperation:
        return None


def _is_same_number(was: str, now: str) -> bool:
    before, after = _number(was), _number(now)
    if before is None or after is None:
        return False
    lost = Decimal(0)
    if exponent := _EXPONENT.fullmatch(now):
        lost = Decimal(10) ** -len(exponent[2] or "")  # of the first digit, which is 1 or more
    elif sum(map(str.isdigit, was)) > _DIGITS_KEPT:
        lost = Decimal(10) ** (1 - _DIGITS_KEPT)
    return abs(before - after) <= lost * abs(before)


def _is_same_day(was: str, now: str) -> bool:
    if _number(was) is not None and _number(now) is not None:
        return False
    # LibreOffice keeps 102/10/1 as a day of the year 102, and writes it off by a day or two.
    lost = _JULIAN_DAYS if re.match(r"0\d{3}\D", now) else 0
    return any(_meet(before, after, lost) for before in days_in(was) for after in days_in(now))


def _meet(before: Reading, after: Reading, lost: int) -> bool:
    """Whether they are the same day, or so many days apart; one without a year is of any."""
    if before[0] is None or after[0] is None:
        return before[1:] == after[1:]
    apart = [(year or 0) * 372 + month * 31 + day for year, month, day in (before, after)]
    return before == after or abs(apart[0] - apart[1]) <= lost


def _is_lost_day(was: str, now: str) -> bool:
    """What a cell shows of a day before the first of a spreadsheet, or of any that is too wide."""
    is_early = any(year is not None and year < _FIRST_DAY.year for year, _, _ in days_in(was))
    return bool(re.fullmatch("#+", now) or (is_early and _NO_DAY.fullmatch(now)))


def days_in(text: str) -> set[Reading]:
    """Every day that a program may see in `text`, whatever the order of its parts and the era."""
    bare = _ERA.sub("", _TIME.sub("", text)).strip()
    if re.fullmatch(r"\d{1,5}(\.\d+)?", bare):
        return _numbered_day(int(float(bare)))
    parts = re.findall(r"\d+|[a-z]+", re.sub(r"[年月日號]", "-", bare))
    rest = re.sub(r"\d+|[a-z]+|[ ,/.年月日號-]", "", bare)
    if rest or not 2 <= len(parts) <= 3:
        return set()
    return {day for order in _orders(parts) if (day := _day(*order))}


def _numbered_day(number: int) -> set[Reading]:
    if not 1 <= number <= _LAST_NUMBER:
        return set()
    day = _FIRST_DAY + timedelta(days=number)
    return {(day.year, day.month, day.day)}


def _orders(parts: list[str]) -> list[tuple[int | None, str, str]]:
    """As year, month and day; a year of one to three digits stands for several."""
    first, second, *others = parts
    if not others:
        short = [(None, first, second), (None, second, first)]
        return short + [(year, first, "1") for year in _years(second)]
    (third,) = others
    return [
        *((year, second, third) for year in _years(first)),
        *((year, month, day) for year in _years(third) for month, day in _swapped(first, second)),
    ]


def _swapped(first: str, second: str) -> list[tuple[str, str]]:
    return [(first, second), (second, first)]


def _years(text: str) -> list[int]:
    if not text.isdigit():
        return []
    year = int(text)
    if year < 100:
        return [1900 + year, 2000 + year, 1911 + year]
    return [year, year + 1911] if year < 1000 else [year]


def _day(year: int | None, month: str, day: str) -> Reading | None:
    number = _MONTHS.index(month[:3]) + 1 if month[:3] in _MONTHS else None
    if number is None and month.isdigit():
        number = int(month)
    if number is None or not day.isdigit() or not (1 <= number <= 12 and 1 <= int(day) <= 31):
        return None
    return year, number, int(day)


def _is_same_time(was: str, now: str) -> bool:
    """12:30 that became 12:30:00, or a part of a day."""
    if not re.fullmatch(r"\d{1,4}:\d{1,2}(:\d{1,2})?", was):
        return False
    hours, minutes, seconds = (int(part) for part in (was + ":0").split(":")[:3])
    before = hours * 3600 + minutes * 60 + seconds
    if (after := _number(now)) is not None:
        return abs(float(after) * 86_400 - before) < 1
    if (shown := _TIME.search(now)) is None:
        return False
    after_seconds = int(shown[2]) * 3600 + int(shown[3]) * 60 + int(shown[4] or 0)
    return (before - after_seconds) % (43_200 if shown[1] or shown[5] else 86_400) == 0


def _lost_signs(was: str, now: str) -> bool:
    """A question mark for each sign that an encoding lacks."""
    return (
        len(was) == len(now)
        and was != now
        and all(b == a or a in "?\ufffd" for b, a in zip(was, now, strict=True))
    )
