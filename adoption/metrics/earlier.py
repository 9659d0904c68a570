"""What was valid on earlier days, from one pass over the certificates.

A page looks at its as-of day, a month before, a year before and at every month's end. All of them
follow from the days on which certificates and holders become more or fewer, which one query gives.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
from sqlalchemy import BigInteger, Date, and_, case, column, func, select, values

from adoption.metrics import adoption_rate, issuance, registered
from adoption.metrics.metric import as_columns, evaluate
from adoption.metrics.rules import certificate_filter, first_day_out, whole
from adoption.metrics.selection import Selection
from adoption.metrics.spells import daily_change, spells
from adoption.store import Query, Reader
from adoption.store.schema import certificates, suspensions


@dataclass(frozen=True)
class ByDay:
    """`valid`: day, valid, holders as they stand at the end of each day on which one changes.

    `suspended`: serial, since, until for each suspension while the certificate is valid: from the
    day `since` to the day before `until`.
    """

    valid: pd.DataFrame
    suspended: pd.DataFrame


def valid_by_day(store: Reader, selection: Selection) -> ByDay:
    days = daily_change(spells(selection).subquery("spells"), selection.as_of)
    counted = [whole(days.c[name]).label(name) for name in ("valid", "holders")]
    changes = store.frame(select(days.c.day, *counted).order_by(days.c.day))
    valid = changes.assign(valid=changes["valid"].cumsum(), holders=changes["holders"].cumsum())
    return ByDay(valid, store.frame(_suspensions(selection)))


def _suspensions(selection: Selection) -> Query:
    s, c, out = suspensions.c, certificates.c, first_day_out()
    since = case((s.suspended_on < c.issued_on, c.issued_on), else_=s.suspended_on)
    until = case((and_(s.resumed_on.is_not(None), s.resumed_on < out), s.resumed_on), else_=out)
    return (
        select(c.serial, since.label("since"), until.label("until"))
        .join(suspensions, s.serial == c.serial)
        .where(since < until, since <= selection.as_of, *certificate_filter(selection))
    )


def is_within(selection: Selection, whole: Selection) -> bool:
    """Whether `selection` asks about the same certificates as `whole`, on that day or before."""
    return (
        selection.as_of <= whole.as_of
        and selection.org_type == whole.org_type
        and set(selection.county) == set(whole.on(selection.as_of).county)
    )


def _totals(store: Reader, by_day: ByDay, selection: Selection) -> pd.DataFrame:
    as_of = pd.Timestamp(selection.as_of)
    until = by_day.valid[by_day.valid["day"] <= as_of]
    last = until.tail(1).reset_index(drop=True)
    if last.empty:
        last = pd.DataFrame({"valid": [0], "holders": [0]})
    rows = by_day.suspended
    running = rows[(rows["since"] <= as_of) & (rows["until"] > as_of)]
    return last.assign(suspended=running["serial"].nunique())


def _over_time(store: Reader, by_day: ByDay, selection: Selection) -> pd.DataFrame:
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
        ends.astype({"day": "datetime64[ns]"}),
        by_day.valid.astype({"day": "datetime64[ns]"}),
        on="day",
    )
    return found.fillna({"valid": 0, "holders": 0})


def _rates_over_time(store: Reader, by_day: ByDay, selection: Selection) -> pd.DataFrame:
    """Asks the store for the registered only, where all holders are compared with them."""
    days = by_day.valid[by_day.valid["day"] <= pd.Timestamp(selection.as_of)]
    if days.empty or store.frame(adoption_rate.holders_not_compared(selection)).iat[0, 0]:
        return evaluate(store, _METRICS["adoption_rate_over_time"], selection)
    change = days["holders"].diff().fillna(days["holders"]).astype(int)
    months = change.groupby(days["day"].dt.to_period("M")).sum()
    held = values(column("month", Date), column("holders", BigInteger), name="changes").data(
        [(month.start_time.date(), holders) for month, holders in months.items()]
    )
    return store.frame(adoption_rate.rates_by_month(selection, registered.counts(selection), held))


_METRICS = {metric.key: metric for metric in (*issuance.METRICS, *adoption_rate.METRICS)}
# The metrics that follow from `valid_by_day` of a selection that they are asked within.
FROM_BY_DAY: dict[str, Callable[[Reader, ByDay, Selection], pd.DataFrame]] = {
    "valid_totals": _totals,
    "valid_over_time": _over_time,
    "adoption_rate_over_time": _rates_over_time,
}


def evaluate_within(store: Reader, by_day: ByDay, key: str, selection: Selection) -> pd.DataFrame:
    """What `evaluate` gives for a metric of FROM_BY_DAY, without another pass."""
    return as_columns(FROM_BY_DAY[key](store, by_day, selection), _METRICS[key])
