"""What somebody should look at: records that stay away, and days on which much expires."""

from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd
from sqlalchemy import func, select

from adoption.metrics.selection import Selection
from adoption.store import Reader
from adoption.store.schema import (
    certificates,
    entities,
    reminders,
    suspensions,
    systems,
)

# After so many days without a record a feed is late, counted back from the data's own day. The
# daily feeds come at least once a month; a month's count of registered entities is published in the
# month after it; new systems are rarer.
USUAL_DAYS = {
    "certificates": 35,
    "suspensions": 35,
    "reminders": 35,
    "entities": 65,
    "systems": 95,
}
PEAK_DAYS = 90  # how far ahead a peak is looked for
PEAK_TIMES = 2  # this many times the median day is a peak
PEAK_LEAST = 10  # with fewer certificates a busy day is chance


@dataclass(frozen=True)
class LateFeed:
    """`latest` is the last day on which it has a record, `days` before the data's own day."""

    feed: str
    latest: date
    days: int
    usual_days: int


@dataclass(frozen=True)
class Peak:
    """`days` ahead have more expiries than PEAK_TIMES the median day; `day` has the most."""

    day: date
    expiring: int
    median: float
    days: int


def latest_records(store: Reader) -> dict[str, date]:
    """By feed the last day on which something happened; a feed without records is left out.

    The count of a month stands for its last day.
    """
    latest = {
        "certificates": (certificates, certificates.c.issued_on),
        "suspensions": (suspensions, suspensions.c.suspended_on),
        "reminders": (reminders, reminders.c.sent_on),
        "entities": (entities, entities.c.month),
        "systems": (systems, systems.c.integrated_on),
    }
    found = {}
    for feed, (table, column) in latest.items():
        day = store.frame(select(func.max(column).label("day")).select_from(table))["day"].iat[0]
        if not pd.isna(day):
            found[feed] = day.date()
    if "entities" in found:
        month_end = pd.Timestamp(found["entities"]) + pd.offsets.MonthEnd(0)
        found["entities"] = month_end.date()
    return found


def late_feeds(latest: dict[str, date], data_day: date) -> list[LateFeed]:
    """The feeds whose last record is further back than is usual for them."""
    ages = {feed: (data_day - day).days for feed, day in latest.items()}
    return [
        LateFeed(feed, latest[feed], ages[feed], usual)
        for feed, usual in USUAL_DAYS.items()
        if feed in ages and ages[feed] > usual
    ]


def peak_ahead(rows: pd.DataFrame, selection: Selection) -> Peak | None:
    """The peak among the days after the as-of day, from the rows of `expiring` for PEAK_DAYS.

    A day on which nothing expires counts in the median as well.
    """
    first = pd.Timestamp(selection.as_of + timedelta(days=1))
    days = pd.date_range(first, periods=PEAK_DAYS)
    counts = rows.set_index("day")["expiring"].reindex(days, fill_value=0)
    median = float(counts.median())
    high = counts[(counts > PEAK_TIMES * median) & (counts >= PEAK_LEAST)]
    if high.empty:
        return None
    return Peak(high.idxmax().date(), int(high.max()), median, len(high))
