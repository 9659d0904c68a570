"""Days whose year has one or two digits, or stands last: what they can mean, and what a whole
column settles.

92 to 99 are ROC years (days.py). Anything else has several readings: 9/3/13 can be 民國9年3月13日,
2009-03-13, 3 September 2013 or 9 March 2013. A value by itself is refused. All values of a column
of one file together may admit one order only; then that is how they are read, and the load says so.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from adoption.language import Text
from adoption.policy import PROGRAMME_BEGINS_ON
from etl.validation.values import BadValue

Order = Literal["roc", "ymd", "mdy", "dmy"]
# What a day can be: something that has happened; planned or expiring, so perhaps still ahead; or
# a day of anybody's own history, such as since when a unit has its name.
Days = Literal["event", "ahead", "any"]
ORDERS: dict[Order, Text] = {
    "roc": Text("民國年/月/日", "ROC year/month/day"),
    "ymd": Text("西元年/月/日", "year/month/day"),
    "mdy": Text("月/日/西元年", "month/day/year"),
    "dmy": Text("日/月/西元年", "day/month/year"),
}
_ALL = frozenset(ORDERS)
_MONTHS = 12


class ShortYear(BadValue):
    """A day whose year is short or stands last; `readings` has each order that gives a day."""

    def __init__(self, readings: Mapping[Order, date]) -> None:
        super().__init__("ambiguous_date", named(readings.values()))
        self.readings = readings

    def as_possible(self, days: Days, today: date) -> "ShortYear":
        """Without the readings that cannot be; all are still named where none can."""
        possible = {order: day for order, day in self.readings.items() if _can_be(day, days, today)}
        narrowed = ShortYear(possible)
        narrowed.hint = narrowed.hint or self.hint
        return narrowed


def named(days: Iterable[date]) -> str:
    return "／".join(sorted({day.isoformat() for day in days}))


def _can_be(day: date, days: Days, today: date) -> bool:
    if days == "any":
        return True
    return day >= PROGRAMME_BEGINS_ON and (days == "ahead" or day <= today)


def readings_of(first: str, second: str, third: str) -> dict[Order, date]:
    """What three numbers with signs between them can mean, the last or the first being a year."""
    a, b, c = int(first), int(second), int(third)
    makes: dict[Order, Callable[[], date]] = {
        "roc": lambda: date(1911 + a, b, c),
        "ymd": lambda: date(2000 + a, b, c),
        "mdy": lambda: date(2000 + c, a, b),
        "dmy": lambda: date(2000 + c, b, a),
    }
    return _made(makes)


def year_first(year: str, month: str, day: str) -> dict[Order, date]:
    """The same where words or digits in a row leave no doubt that the year is first."""
    readings = readings_of(year, month, day)
    return {order: read for order, read in readings.items() if order in ("roc", "ymd")}


def year_last(first: str, second: str, year: str) -> dict[Order, date]:
    """A year of four digits after day and month, whichever comes first."""
    a, b, c = int(first), int(second), int(year)
    return _made({"mdy": lambda: date(c, a, b), "dmy": lambda: date(c, b, a)})


def months_of(first: str, second: str) -> dict[Order, date]:
    """Two numbers as a month's first day: year and month, or month and year."""
    a, b = int(first), int(second)
    makes: dict[Order, Callable[[], date]] = {
        "roc": lambda: date(1911 + a, b, 1),
        "ymd": lambda: date(2000 + a, b, 1),
        "mdy": lambda: date(2000 + b, a, 1),
    }
    return _made(makes)


def _made(makes: Mapping[Order, Callable[[], date]]) -> dict[Order, date]:
    found: dict[Order, date] = {}
    for order, make in makes.items():
        try:
            found[order] = make()
        except ValueError:
            continue
    return found


@dataclass
class Evidence:
    """What the values of a file say about the order of each of its columns of days."""

    admitted: dict[str, frozenset[Order]] = field(default_factory=dict)
    short: set[str] = field(default_factory=set)  # the columns with a short year
    # Column -> the latest day of a month among those of four digits of year, in full.
    latest: dict[str, int] = field(default_factory=dict)

    def see_short(self, column: str, value: ShortYear) -> None:
        self.short.add(column)
        self._admit(column, value.readings)

    def see_full(self, column: str, day: date, is_roc: bool) -> None:
        """A day written in full: an ROC year goes with ROC years, another with nothing short."""
        self._admit(column, ("roc",) if is_roc else ())
        if not is_roc:
            self.latest[column] = max(day.day, self.latest.get(column, 0))

    def swapped(self) -> list[str]:
        """The columns in which day and month may have been exchanged (see swapped_days.py)."""
        return sorted(c for c in self.short if self.latest.get(c, 99) <= _MONTHS)

    def add(self, other: "Evidence") -> None:
        """What was seen in another part of the same file."""
        self.short |= other.short
        for column, orders in other.admitted.items():
            self._admit(column, orders)
        for column, day in other.latest.items():
            self.latest[column] = max(day, self.latest.get(column, 0))

    def as_json(self) -> str:
        admitted = {column: sorted(orders) for column, orders in self.admitted.items()}
        return json.dumps(
            {"admitted": admitted, "short": sorted(self.short), "latest": self.latest}
        )

    @classmethod
    def of_json(cls, text: str | bytes) -> "Evidence":
        said = json.loads(text)
        admitted = {column: frozenset(orders) for column, orders in said["admitted"].items()}
        return cls(admitted, set(said["short"]), said["latest"])

    def settled(self) -> dict[str, Order]:
        """The columns with short years in which all values admit one order, and which."""
        admitted = {column: sorted(self.admitted[column]) for column in self.short}
        return {column: orders[0] for column, orders in admitted.items() if len(orders) == 1}

    def _admit(self, column: str, orders: Iterable[Order]) -> None:
        self.admitted[column] = self.admitted.get(column, _ALL) & frozenset(orders)
