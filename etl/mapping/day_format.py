"""Stated formats of a day: %m/%d/%Y %I:%M %p reads 9/24/2013 4:30 PM.

    %Y %y %m %d %j   %b %B (English names)   %a %A (passed over)
    %H %I %M %S %f   %p (AM, PM, 上午, 下午)   %z (Z, +0800, +08:00)
    %s %Q            seconds, milliseconds since 1970 in UTC

A part may lack its zero where something stands between it and its neighbours: there one digit is
no other day. Without that, as in %y%m%d, every part has all its digits. A text with an offset says
itself when it was: its day is the one in Taiwan at that moment.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from functools import cache

from adoption.formats import TAIWAN
from etl.validation.values import BadValue, fold

# Directive -> name and most digits.
_NUMBERS = {
    "Y": ("year", 4),
    "y": ("short_year", 2),
    "m": ("month", 2),
    "d": ("day", 2),
    "j": ("day_of_year", 3),
    "H": ("hour", 2),
    "I": ("half_hour", 2),
    "M": ("minute", 2),
    "S": ("second", 2),
    "f": ("fraction", 9),
}
_YEARS = ("Y", "y")  # a year has all its digits, always
_MONTHS = [name.casefold() for name in calendar.month_abbr]
_HALVES = {"am": 0, "a.m.": 0, "上午": 0, "午前": 0, "pm": 12, "p.m.": 12, "下午": 12, "午後": 12}
_WORDS = {
    "b": r"(?P<name>[a-z]{3,9})\.?",
    "B": r"(?P<name>[a-z]{3,9})\.?",
    "a": r"(?:[a-z]{3,9}\.?|[星期週]{1,2}[一二三四五六日])",
    "A": r"(?:[a-z]{3,9}\.?|[星期週]{1,2}[一二三四五六日])",
    "p": r"(?P<half>[ap]\.?m\.?|[上下]午|午[前後])",
    "s": r"(?P<seconds>\d{1,11})",
    "Q": r"(?P<milliseconds>\d{1,14})",
    "z": r"(?P<offset>z|utc|gmt|(?:utc|gmt)?[+-]\d{2}(?::?\d{2}){0,2})",
}
_KNOWN = "".join([*_NUMBERS, *_WORDS])
# strptime's: 69 to 99 are of the last century.
_FIRST_OF_LAST_CENTURY = 69


class BadFormat(ValueError):  # noqa: N818 (it is the format that is bad)
    """It has a directive that is not known, one twice, or no day."""


@dataclass(frozen=True)
class DayFormat:
    """`text` is the format as it was stated."""

    text: str

    def __post_init__(self) -> None:
        _pattern(self.text)

    def day(self, text: str, utc_offset_hours: int = 0) -> date | None:
        """The day in Taiwan; None where `text` is not of this format, or no day.

        `utc_offset_hours` are added to a moment whose text states no offset.
        """
        try:
            match = _pattern(self.text).fullmatch(_plain(text))
        except BadValue:  # no text that can be read
            return None
        if match is None:
            return None
        parts = {name: part for name, part in match.groupdict().items() if part is not None}
        try:
            if since := parts.get("seconds") or parts.get("milliseconds"):
                seconds = int(since) // (1 if "seconds" in parts else 1_000)
                return datetime.fromtimestamp(seconds, TAIWAN).date()
            moment = _moment(parts)
            if (offset := parts.get("offset")) is not None:
                return moment.replace(tzinfo=_zone(offset)).astimezone(TAIWAN).date()
            return (moment + timedelta(hours=utc_offset_hours)).date()
        except (ValueError, OverflowError):
            return None


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", fold(text)).casefold()


@cache
def _pattern(text: str) -> re.Pattern[str]:
    """Raises BadFormat."""
    pieces = re.findall(r"%-?(.)|([^%]+)|(%)$", text)
    if any(directive and directive not in _KNOWN for directive, _, _ in pieces):
        raise BadFormat(text)
    if any(percent for _, _, percent in pieces):
        raise BadFormat(text)
    parts = [_part(pieces, place) for place in range(len(pieces))]
    try:
        pattern = re.compile("".join(parts))
    except re.error:  # a part twice
        raise BadFormat(text) from None
    named = set(pattern.groupindex)
    has_day = {"day", "month"} <= named or {"day", "name"} <= named or "day_of_year" in named
    if len(pieces) == 1 and named & {"seconds", "milliseconds"}:
        return pattern
    if not has_day or not named & {"year", "short_year"}:
        raise BadFormat(text)
    return pattern


_Piece = tuple[str, str, str]


def _part(pieces: list[_Piece], place: int) -> str:
    directive, literal, _ = pieces[place]
    if literal:
        return r"\s*".join(map(re.escape, re.sub(r"\s+", " ", literal.casefold()).split(" ")))
    if directive in _WORDS:
        return _WORDS[directive]
    name, most = _NUMBERS[directive]
    is_free = not _is_number(pieces, place - 1) and not _is_number(pieces, place + 1)
    least = 1 if directive == "f" or (is_free and directive not in _YEARS) else most
    return rf"(?P<{name}>\d{{{least},{most}}})"


def _is_number(pieces: list[_Piece], place: int) -> bool:
    """Whether digits stand there, a literal's included."""
    if not 0 <= place < len(pieces):
        return False
    directive, literal, _ = pieces[place]
    return directive in _NUMBERS or any(map(str.isdigit, literal))


def _moment(parts: dict[str, str]) -> datetime:
    """Without an offset. Raises ValueError for what no calendar or clock shows."""
    numbers = {name: int(part) for name, part in parts.items() if part.isdigit()}
    year = numbers.get("year")
    if year is None:
        short = numbers["short_year"]
        year = short + (1900 if short >= _FIRST_OF_LAST_CENTURY else 2000)
    if "day_of_year" in numbers:
        first = datetime(year, 1, 1)  # noqa: DTZ001 (the zone is the caller's)
        day = first + timedelta(days=numbers["day_of_year"] - 1)
        if day.year != year:
            raise ValueError(parts)
    else:
        month = numbers["month"] if "month" in numbers else _MONTHS.index(parts["name"][:3])
        day = datetime(year, month, numbers["day"])  # noqa: DTZ001
    hour = _hour(numbers, parts.get("half"))
    return day.replace(
        hour=hour, minute=numbers.get("minute", 0), second=min(59, numbers.get("second", 0))
    )


def _hour(numbers: dict[str, int], half: str | None) -> int:
    """0 to 23. 12 AM is midnight; a clock of 24 hours may name the half as well."""
    if "half_hour" in numbers:
        if not 1 <= numbers["half_hour"] <= 12 or half is None:
            raise ValueError(numbers)
        return numbers["half_hour"] % 12 + _HALVES[_spelled(half)]
    hour = numbers.get("hour", 0)
    return hour % 12 + _HALVES[_spelled(half)] if half is not None and hour <= 12 else hour


def _spelled(half: str) -> str:
    return half if half in _HALVES else half.replace(".", "")


def _zone(offset: str) -> timezone:
    digits = re.sub(r"[^\d]", "", offset).ljust(4, "0")
    minutes = int(digits[:2]) * 60 + int(digits[2:4])
    return timezone(timedelta(minutes=-minutes if "-" in offset else minutes))
