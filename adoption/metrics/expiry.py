"""What expires, when, and how much of it is still to renew."""

from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, func, select

from adoption.language import Text
from adoption.metrics import columns
from adoption.metrics.issuance import certificate_records
from adoption.metrics.metric import Column, Metric
from adoption.metrics.rules import (
    certificate_filter,
    count_of,
    county_on,
    is_expiring,
    is_renewed,
    month_of,
)
from adoption.metrics.selection import Selection, last_day
from adoption.store import Query
from adoption.store.schema import certificates

MONTHS_AHEAD = 24
_c = certificates.c


def _last_month_day(as_of: date) -> date:
    """The last day of the MONTHS_AHEAD months that begin with the month of `as_of`."""
    first = pd.Timestamp(as_of).replace(day=1)
    last: date = (first + pd.DateOffset(months=MONTHS_AHEAD, days=-1)).date()
    return last


def _counts(selection: Selection, last: date) -> Query:
    return select(
        func.count().label("expiring"),
        count_of(~is_renewed(selection.as_of)).label("to_renew"),
    ).where(is_expiring(selection.as_of, last), *certificate_filter(selection))


def _by(group: ColumnElement[Any], name: str, counts: Query) -> Query:
    return counts.add_columns(group.label(name)).group_by(group).order_by(group)


def _expiring(selection: Selection) -> Query:
    return _by(_c.expires_on, "day", _counts(selection, last_day(selection)))


def _totals(selection: Selection) -> Query:
    return _counts(selection, last_day(selection))


def _by_county(selection: Selection) -> Query:
    county = county_on(selection.as_of)
    return _by(county, "county", _counts(selection, last_day(selection)))


def _by_month(selection: Selection) -> Query:
    counts = _counts(selection, _last_month_day(selection.as_of))
    return _by(month_of(_c.expires_on), "month", counts)


def _records_until(selection: Selection, last: date) -> Query:
    return certificate_records(selection).where(is_expiring(selection.as_of, last))


def _records(selection: Selection) -> Query:
    return _records_until(selection, last_day(selection))


def _month_records(selection: Selection) -> Query:
    return _records_until(selection, _last_month_day(selection.as_of))


_EXPIRING = Text(
    "在統計截止日有效，於次日起算的期間內到期的憑證；「尚未換發」為其中截至該日未申請換發者。"
    "期間內沒有憑證到期的日期不列。",
    "Certificates valid on the as-of day that expire in the period from the day after it; 'still "
    "to renew' are those of them without a renewal by then. Days on which none expires have no "
    "row.",
)

_FORMULA = Text(
    "到期＝統計截止日有效，且統計截止日 < 到期日 ≤ 期間最後一日；尚未換發＝其中無換發日或換發日 > "
    "統計截止日者。",
    "expiring = valid on D and D < expires_on ≤ the last day of the period; to renew = those of "
    "them with no renewed_on or renewed_on > D. D is the as-of day.",
)
_EXCLUDES = Text(
    "統計截止日當天或以前到期者、已終止者、期間以後才到期者；統計截止日之後的換發視為尚未發生。",
    "Certificates that expire on or before the as-of day, have ended, or expire after the period; "
    "a renewal after the as-of day has not happened yet.",
)


def _metric(key: str, title: Text, group: tuple[Column, ...], **rest: Any) -> Metric:
    return Metric(
        key=key,
        title=title,
        definition=_EXPIRING,
        formula=_FORMULA,
        excludes=_EXCLUDES,
        unit=columns.CERTIFICATE_UNIT,
        higher_is="neutral",
        columns=(*group, columns.EXPIRING, columns.TO_RENEW),
        filters=("days", *columns.CERTIFICATE_FILTERS),
        **({"records": _records} | rest),
    )


METRICS = (
    _metric(
        "expiring",
        Text("每日到期憑證", "Certificates expiring by day"),
        (columns.DAY,),
        query=_expiring,
    ),
    _metric(
        "expiring_totals", Text("即將到期憑證", "Certificates expiring soon"), (), query=_totals
    ),
    _metric(
        "expiring_by_county",
        Text("各縣市即將到期憑證", "Certificates expiring by county"),
        (columns.COUNTY,),
        query=_by_county,
    ),
    _metric(
        "expiring_by_month",
        Text("未來24個月到期憑證", "Certificates expiring in the next 24 months"),
        (columns.MONTH,),
        query=_by_month,
        records=_month_records,
    ),
)
