"""What was valid on earlier days, from one pass over the certificates.

A page looks at its as-of day, a month before, a year before and at every month's end. All of them
follow from the days on which certificates and holders become more or fewer, which one query gives.
"""

from collections.abc import Callable

import pandas as pd
from sqlalchemy import distinct, func, select

from adoption.metrics.issuance import METRICS, valid_changes_by_day
from adoption.metrics.metric import as_columns
from adoption.metrics.rules import certificate_filter, is_suspended, is_valid
from adoption.metrics.selection import Selection
from adoption.store import Reader
from adoption.store.schema import certificates, suspensions


def valid_by_day(store: Reader, selection: Selection) -> pd.DataFrame:
    """day, valid, holders: as they stand at the end of each day on which one of them changes."""
    changes = store.frame(valid_changes_by_day(selection))
    return changes.assign(valid=changes["valid"].cumsum(), holders=changes["holders"].cumsum())


def is_within(selection: Selection, whole: Selection) -> bool:
    """Whether `selection` asks about the same certificates as `whole`, on that day or before."""
    return (
        selection.as_of <= whole.as_of
        and selection.org_type == whole.org_type
        and set(selection.county) == set(whole.on(selection.as_of).county)
    )


def _totals(store: Reader, by_day: pd.DataFrame, selection: Selection) -> pd.DataFrame:
    until = by_day[by_day["day"] <= pd.Timestamp(selection.as_of)]
    last = (
        until.tail(1).reset_index(drop=True)
        if len(until)
        else pd.DataFrame({"valid": [0], "holders": [0]})
    )
    suspended = (
        select(func.count(distinct(certificates.c.serial)).label("suspended"))
        .join(suspensions, suspensions.c.serial == certificates.c.serial)
        .where(
            is_suspended(selection.as_of),
            is_valid(selection.as_of),
            *certificate_filter(selection),
        )
    )
    return last.assign(suspended=store.frame(suspended)["suspended"].iat[0])


def _over_time(store: Reader, by_day: pd.DataFrame, selection: Selection) -> pd.DataFrame:
    issued_on = certificates.c.issued_on
    first = store.frame(
        select(func.min(issued_on).label("day")).where(
            issued_on <= selection.as_of, *certificate_filter(selection)
        )
    )["day"].iat[0]
    as_of = pd.Timestamp(selection.as_of)
    if pd.isna(first):
        return pd.DataFrame({"month": pd.to_datetime([]), "valid": [], "holders": []})
    months = pd.date_range(first.replace(day=1), as_of, freq="MS")
    ends = pd.DataFrame({"month": months, "day": months + pd.offsets.MonthEnd(1)}).clip(upper=as_of)
    found = pd.merge_asof(
        ends.astype({"day": "datetime64[ns]"}), by_day.astype({"day": "datetime64[ns]"}), on="day"
    )
    return found.fillna({"valid": 0, "holders": 0})


# The metrics that follow from `valid_by_day` of a selection that they are asked within.
FROM_BY_DAY: dict[str, Callable[[Reader, pd.DataFrame, Selection], pd.DataFrame]] = {
    "valid_totals": _totals,
    "valid_over_time": _over_time,
}


def evaluate_within(
    store: Reader, by_day: pd.DataFrame, key: str, selection: Selection
) -> pd.DataFrame:
    """What `evaluate` gives for a metric of FROM_BY_DAY, without another pass."""
    (metric,) = (metric for metric in METRICS if metric.key == key)
    return as_columns(FROM_BY_DAY[key](store, by_day, selection), metric)
