"""What expires, when, and how much of it is still to renew."""

from datetime import date, timedelta
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
    is_renewable,
    is_renewed,
    month_of,
    week_of,
)
from adoption.metrics.selection import Selection, last_day
from adoption.policy import RENEWABLE_DAYS
from adoption.store import Query
from adoption.store.schema import certificates

WEEKS_AHEAD = 52
MONTHS_AHEAD = 24
YEAR_AHEAD = 365  # days
# A peak is a day with so many times the expiries of a usual day, and not fewer than so many.
PEAK_TIMES, PEAK_LEAST = 1.5, 20
_c = certificates.c


def last_month_day(as_of: date) -> date:
    """The last day of the MONTHS_AHEAD months that begin with the month of `as_of`."""
    first = pd.Timestamp(as_of).replace(day=1)
    last: date = (first + pd.DateOffset(months=MONTHS_AHEAD, days=-1)).date()
    return last


def _last_week_day(as_of: date) -> date:
    """The Sunday of the last of the WEEKS_AHEAD weeks that begin with the week of `as_of`."""
    return as_of + timedelta(days=7 * WEEKS_AHEAD - 1 - as_of.weekday())


def _counts(selection: Selection, last: date) -> Query:
    return select(
        func.count().label("expiring"),
        count_of(~is_renewed(selection.as_of)).label("to_renew"),
        count_of(is_renewable(selection.as_of)).label("renewable"),
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


def _by_week(selection: Selection) -> Query:
    counts = _counts(selection, _last_week_day(selection.as_of))
    return _by(week_of(_c.expires_on), "week", counts)


def _year_ahead(selection: Selection) -> Query:
    last = selection.as_of + timedelta(days=YEAR_AHEAD)
    return _by(_c.expires_on, "day", _counts(selection, last))


def _busiest(days: pd.DataFrame, selection: Selection) -> pd.DataFrame:
    """Most expiries first, the earlier of two alike first."""
    usual = days["expiring"].median()
    busiest = days.sort_values(["expiring", "day"], ascending=[False, True])
    return busiest.assign(
        usual=usual,
        peak=(busiest["expiring"] >= PEAK_TIMES * usual) & (busiest["expiring"] >= PEAK_LEAST),
    )


def _by_month(selection: Selection) -> Query:
    counts = _counts(selection, last_month_day(selection.as_of))
    return _by(month_of(_c.expires_on), "month", counts)


def _records_until(selection: Selection, last: date) -> Query:
    return certificate_records(selection).where(is_expiring(selection.as_of, last))


def _records(selection: Selection) -> Query:
    return _records_until(selection, last_day(selection))


def _week_records(selection: Selection) -> Query:
    return _records_until(selection, _last_week_day(selection.as_of))


def _year_records(selection: Selection) -> Query:
    return _records_until(selection, selection.as_of + timedelta(days=YEAR_AHEAD))


def _month_records(selection: Selection) -> Query:
    return _records_until(selection, last_month_day(selection.as_of))


_EXPIRING = Text(
    "在統計截止日有效，於次日起算的期間內到期的憑證；「尚未換發」為其中截至該日未申請換發者，"
    f"到期日在統計截止日後{RENEWABLE_DAYS}天內者「可換發未換發」，更晚者尚未開放換發。"
    "期間內沒有憑證到期的日期不列。",
    "Certificates valid on the as-of day that expire in the period from the day after it; 'still "
    "to renew' are those of them without a renewal by then; those that expire within "
    f"{RENEWABLE_DAYS} days can be renewed now, later ones not yet. Days on which none expires "
    "have no row.",
)

_FORMULA = Text(
    "到期＝統計截止日有效，且統計截止日 < 到期日 ≤ 期間最後一日；尚未換發＝其中無換發日或換發日 > "
    f"統計截止日者；可換發未換發＝其中到期日 ≤ 統計截止日 + {RENEWABLE_DAYS}天者。",
    "expiring = valid on D and D < expires_on ≤ the last day of the period; to renew = those of "
    f"them with no renewed_on or renewed_on > D; renewable = those of these with expires_on ≤ D + "
    f"{RENEWABLE_DAYS}. D is the as-of day.",
)
_EXCLUDES = Text(
    "統計截止日當天或以前到期者、已終止者、期間以後才到期者；統計截止日之後的換發視為尚未發生。",
    "Certificates that expire on or before the as-of day, have ended, or expire after the period; "
    "a renewal after the as-of day has not happened yet.",
)


def _metric(key: str, title: Text, group: tuple[Column, ...], **rest: Any) -> Metric:
    usual: dict[str, Any] = {
        "definition": _EXPIRING,
        "columns": (*group, columns.EXPIRING, columns.TO_RENEW, columns.RENEWABLE),
        "filters": ("days", *columns.CERTIFICATE_FILTERS),
        "records": _records,
    }
    return Metric(
        key=key,
        title=title,
        formula=_FORMULA,
        excludes=_EXCLUDES,
        unit=columns.CERTIFICATE_UNIT,
        higher_is="neutral",
        **(usual | rest),
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
        "expiring_by_week",
        Text(
            f"未來{WEEKS_AHEAD}週到期憑證", f"Certificates expiring in the next {WEEKS_AHEAD} weeks"
        ),
        (columns.WEEK,),
        filters=columns.CERTIFICATE_FILTERS,
        query=_by_week,
        records=_week_records,
    ),
    _metric(
        "expiring_by_month",
        Text(
            f"未來{MONTHS_AHEAD}個月到期憑證",
            f"Certificates expiring in the next {MONTHS_AHEAD} months",
        ),
        (columns.MONTH,),
        filters=columns.CERTIFICATE_FILTERS,
        query=_by_month,
        records=_month_records,
    ),
    _metric(
        "busiest_days",
        Text("未來一年到期最多的日子", "Busiest days of the year ahead"),
        (columns.DAY,),
        definition=Text(
            f"{_EXPIRING.zh}未來{YEAR_AHEAD}天依到期數由多到少排列。「平常日」為這段期間內有憑證"
            f"到期各日的中位數；到期達平常日{PEAK_TIMES}倍以上且至少{PEAK_LEAST}張者為高峰。",
            f"{_EXPIRING.en} The days of the next {YEAR_AHEAD}, most expiries first. A usual day "
            "is the median of the days in them on which any expires; a peak has at least "
            f"{PEAK_TIMES} times as many and at least {PEAK_LEAST}.",
        ),
        columns=(
            columns.DAY,
            columns.EXPIRING,
            columns.TO_RENEW,
            Column("usual", "number", Text("平常日（張）", "Usual day")),
            Column("peak", "flag", Text("高峰", "Peak")),
        ),
        filters=columns.CERTIFICATE_FILTERS,
        query=_year_ahead,
        finish=_busiest,
        records=_year_records,
    ),
)
