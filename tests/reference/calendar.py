"""Months and places, without the product's own tables."""

from datetime import date, timedelta


def month_of(day: date) -> date:
    """A month is named by its first day."""
    return day.replace(day=1)


def next_month(month: date) -> date:
    return month_of(month + timedelta(days=31))


def months_through(first: date, last: date) -> list[date]:
    """Every month from that of `first` to that of `last`."""
    months = []
    month = month_of(first)
    while month <= last:
        months.append(month)
        month = next_month(month)
    return months


def month_ends(first: date, as_of: date) -> list[tuple[date, date]]:
    """Every month from that of `first` to that of `as_of` with its last day, at most `as_of`."""
    return [
        (month, min(next_month(month) - timedelta(days=1), as_of))
        for month in months_through(first, as_of)
    ]


def county_on(recorded: str, day: date) -> str:
    """The official name in force on `day` of the place recorded as `recorded`."""
    # The cities 臺中市, 臺南市 and 高雄市 existed before they took in their counties, so a record
    # of one may be of the city itself: it keeps its name on every day.
    if recorded in ("臺北縣", "新北市"):
        return "新北市" if day >= date(2010, 12, 25) else "臺北縣"
    if recorded in ("桃園縣", "桃園市"):
        return "桃園市" if day >= date(2014, 12, 25) else "桃園縣"
    if recorded in ("臺中縣", "臺南縣", "高雄縣") and day >= date(2010, 12, 25):
        return recorded.replace("縣", "市")
    return recorded
