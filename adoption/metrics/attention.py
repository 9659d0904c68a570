"""Feeds that stay away."""

from dataclasses import dataclass
from datetime import date

import pandas as pd
from sqlalchemy import func, select

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


@dataclass(frozen=True)
class LateFeed:
    """`latest` is the last day on which it has a record, `days` before the data's own day."""

    feed: str
    latest: date
    days: int
    usual_days: int


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
