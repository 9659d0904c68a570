"""What a number is asked for: the as-of day and the filters."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import pandas as pd
from sqlalchemy import exists, func, select

from adoption.places import counties, name_on
from adoption.store import Reader
from adoption.store.schema import UNSTATED, certificates, loads, source_files, systems

_EVENTS = ("issued_on", "ended_on", "renewal_applied_on")


@dataclass(frozen=True)
class Selection:
    """As-of day and filters; hashable, so it is half of a cache key (with the store's version).

    An empty tuple filters nothing. side and unit (unit_code) narrow integration records; county
    (the official name in force on as_of) and org_type narrow certificates.
    """

    as_of: date
    days: int = 90  # how far ahead `expiring` looks
    side: tuple[str, ...] = ()
    unit: tuple[str, ...] = ()
    county: tuple[str, ...] = ()
    org_type: tuple[str, ...] = ()
    stage: tuple[int, ...] = ()  # the reminder stages reached last, in days; 0 is none so far

    def on(self, as_of: date) -> "Selection":
        """The same question on another day: a county by its name on that day."""
        if not self.county or as_of == self.as_of:
            return replace(self, as_of=as_of)
        recorded = [c.name for c in counties() if name_on(c.name, self.as_of) in self.county]
        named = dict.fromkeys(name_on(name, as_of) for name in recorded)
        if UNSTATED in self.county:
            named[UNSTATED] = UNSTATED
        return replace(self, as_of=as_of, county=tuple(named) or self.county)

    def months_before(self, months: int) -> "Selection":
        """The same question so many months earlier: the same day of the month, or its last."""
        earlier = pd.Timestamp(self.as_of) - pd.DateOffset(months=months)
        return self.on(earlier.date())

    def end_before(self, months: int) -> date:
        """The last day before the month (1), quarter (3) or year (12) that the as-of day is in."""
        first = (self.as_of.month - 1) // months * months + 1
        return self.as_of.replace(day=1, month=first) - timedelta(days=1)


def data_cut_off(store: Reader) -> date | None:
    """The default as-of day: the data's own cut-off, never today. None when there is no data.

    The latest of what each load brings: the cut-off that is stated with it, else its latest event.
    Expiry and target dates are not events (DOMAIN section 3).
    """
    # A load that brought nothing, or was taken back, says nothing about the records.
    brought = exists().where(
        source_files.c.load_id == loads.c.load_id,
        source_files.c.kept + source_files.c.unchanged > 0,
    )
    stated = store.frame(
        select(loads.c.load_id, loads.c.cut_off).where(
            loads.c.cut_off.is_not(None), loads.c.reverted_at.is_(None), brought
        )
    )
    with_cut_off = [int(load_id) for load_id in stated["load_id"]]
    days = list(stated["cut_off"])
    for table, columns in ((certificates, _EVENTS), (systems, ("integrated_on",))):
        latest = [func.max(table.c[name]).label(name) for name in columns]
        events = store.frame(select(*latest).where(table.c.load_id.not_in(with_cut_off)))
        days += list(events.iloc[0])
    return max((day.date() for day in days if not pd.isna(day)), default=None)


def last_day(selection: Selection) -> date:
    """The last day that `expiring` looks at."""
    return selection.as_of + timedelta(days=selection.days)
