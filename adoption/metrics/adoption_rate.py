"""Adoption rate: how many of the registered entities hold a valid certificate.

docs/domain.md, section 3. Holders are compared with the registered of the same county and type,
whose last count by the as-of day is taken; a county and type that nobody counted has no rate and
stays out of every sum, holders and all.
"""

from typing import Any

import pandas as pd
from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    and_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
)

from adoption.language import Text
from adoption.metrics import columns, registered
from adoption.metrics.differences import DIFFERS, against_all
from adoption.metrics.issuance import certificate_records, issued_records, valid_records
from adoption.metrics.metric import Column, Metric
from adoption.metrics.rules import (
    Condition,
    certificate_filter,
    county_on,
    first_day_out,
    holder_count,
    is_in_use,
    is_valid,
    month_of,
    share_of,
    whole,
)
from adoption.metrics.selection import Selection
from adoption.metrics.spells import monthly_change
from adoption.store import Query
from adoption.store.schema import UNSTATED, calendar, certificates, entities

# From one month to the next the registered hardly change by a hundredth. More than so many percent
# is another way of counting, or a county or type counted for the first time.
GREAT_CHANGE = 10
_c = certificates.c


def _holders(selection: Selection, *by: ColumnElement[Any]) -> Select[Any]:
    holders = holder_count(selection.as_of)
    return (
        select(*by, holders.label("holders"))
        .where(is_in_use(selection.as_of), *certificate_filter(selection))
        .group_by(*by)
        .having(holders > 0)
    )


def _by_county_and_type(selection: Selection) -> Query:
    last = registered.last_counts(selection)
    county = county_on(selection.as_of).label("county")
    held = _holders(selection, county, _c.org_type).subquery("held")
    same = and_(held.c.county == last.c.county, held.c.org_type == last.c.org_type)
    holders = func.coalesce(held.c.holders, 0)
    rows = (
        select(
            last.c.month,
            func.coalesce(last.c.county, held.c.county).label("county"),
            func.coalesce(last.c.org_type, held.c.org_type).label("org_type"),
            holders.label("holders"),
            last.c.registered,
            share_of(holders, last.c.registered).label("rate"),
        )
        .select_from(last.join(held, same, full=True))
        .subquery("rates")
    )
    return select(*rows.c).order_by(rows.c.county, rows.c.org_type)


def _by(selection: Selection, *by: str) -> Query:
    """One rate for each value of the columns `by` of the last counts."""
    last = registered.last_counts(selection)
    same = and_(last.c.county == county_on(selection.as_of), last.c.org_type == _c.org_type)
    groups = [last.c[name] for name in by]
    held = _holders(selection, *groups).join(last, same).subquery("held")
    counted = (
        select(
            *groups,
            whole(func.sum(last.c.registered)).label("registered"),
            func.min(last.c.month).label("oldest_month"),
            func.max(last.c.month).label("registered_month"),
        )
        .group_by(*groups)
        .subquery("counted")
    )
    holders = func.coalesce(held.c.holders, 0)
    matches = and_(literal(True), *[counted.c[name] == held.c[name] for name in by])
    return (
        select(
            *[counted.c[name] for name in by],
            holders.label("holders"),
            counted.c.registered,
            counted.c.oldest_month,
            counted.c.registered_month,
            share_of(holders, counted.c.registered).label("rate"),
        )
        .select_from(counted.outerjoin(held, matches))
        .order_by(*[counted.c[name] for name in by])
    )


def _totals(selection: Selection) -> Query:
    is_unstated = or_(_c.county == UNSTATED, _c.org_type == UNSTATED)
    beside = _holders(selection).where(is_unstated).scalar_subquery()
    return _by(selection).add_columns(func.coalesce(beside, 0).label("unstated"))


def _by_county(selection: Selection) -> Query:
    return _by(selection, "county")


def _by_type(selection: Selection) -> Query:
    return _by(selection, "org_type")


def _with_differences(rows: pd.DataFrame, selection: Selection) -> pd.DataFrame:
    return rows.assign(differs=against_all(rows["holders"], rows["registered"]))


def _compared_spells(selection: Selection, counts: CTE) -> Query:
    """As spells.spells, but each begins when its county and type are counted for the first time."""
    first = registered.first_counts(counts)
    same = and_(first.c.county == county_on(selection.as_of), first.c.org_type == _c.org_type)
    begins = case((first.c.month > _c.issued_on, first.c.month), else_=_c.issued_on)
    out = first_day_out().label("out_on")
    columns = (_c.holder_id, _c.is_mixed, begins.label("issued_on"), out, _c.held_until)
    return (
        select(*columns)
        .join(first, same)
        .where(_c.issued_on <= selection.as_of, *certificate_filter(selection))
    )


def _over_time(selection: Selection) -> Query:
    counts = registered.counts(selection)
    held = monthly_change(_compared_spells(selection, counts).subquery("spells"), selection.as_of)
    counted = registered.monthly_change(counts)
    month = calendar.c.month
    sums = (
        select(
            month,
            whole(func.sum(func.coalesce(held.c.holders, 0)).over(order_by=month)).label("holders"),
            # NULL until there is a first count.
            whole(func.sum(counted.c.registered).over(order_by=month)).label("registered"),
            func.max(counted.c.month).over(order_by=month).label("registered_month"),
        )
        .select_from(
            calendar.outerjoin(held, held.c.month == month).outerjoin(
                counted, counted.c.month == month
            )
        )
        .where(month <= selection.as_of)
        .subquery("sums")
    )
    before = func.lag(sums.c.registered).over(order_by=sums.c.month)
    change = func.abs(sums.c.registered - before)
    rows = select(
        *sums.c,
        share_of(sums.c.holders, sums.c.registered).label("rate"),
        case((change * 100 > before * GREAT_CHANGE, True), else_=False).label("great_change"),
    ).subquery("rates")
    first = (
        select(month_of(func.min(_c.issued_on)))
        .where(_c.issued_on <= selection.as_of, *certificate_filter(selection))
        .scalar_subquery()
    )
    return select(*rows.c).where(rows.c.month >= first).order_by(rows.c.month)


def _is_counted(selection: Selection) -> Condition:
    """The certificate's county and type have a count by the as-of day."""
    return exists().where(
        registered.registered_county(selection) == county_on(selection.as_of),
        entities.c.org_type == _c.org_type,
        entities.c.month <= selection.as_of,
    )


def _compared_records(selection: Selection) -> Query:
    return certificate_records(selection).where(is_valid(selection.as_of), _is_counted(selection))


_RATE = Text(
    "採用率：持有有效憑證的家數（不同統一編號）占登記家數的比率。登記家數取同一縣市、同一組織別在"
    "統計截止日或之前最近一個有統計的月份，縣市以該日的正式名稱歸併。",
    "The adoption rate is holders of a valid certificate (distinct 統一編號) over registered "
    "entities. The registered are those of the same county and organisation type in the last month "
    "counted by the as-of day; counties are taken together under their official name on that day.",
)
_SUMMED = Text(
    "沒有登記家數統計的縣市與組織別，其持有者與登記家數都不計入；縣市或組織別未填者亦同。",
    "Counties and types without any count of the registered, or unstated, are left out, their "
    "holders too.",
)
_FORMULA = Text(
    "採用率＝持有者÷登記家數；登記家數＝月份（以一日計）≤ 統計截止日者中最近一個月的家數，"
    "各縣市、組織別分別取。",
    "rate = holders ÷ registered; registered = the count of the last month ≤ D (a month is its "
    "first day), taken for each county and type by itself. D is the as-of day.",
)
_EXCLUDES = Text(
    "登記家數為0或沒有統計者沒有採用率。已登記但未持有有效憑證者只計入分母。",
    "No rate where the registered are zero or not counted. Entities without a valid certificate "
    "count only below the line.",
)
_HOLDERS_COMPARED = columns.count("holders", "持有者（家）", "Holders")
_REGISTERED = Column("registered", "known", Text("登記家數", "Registered entities"))
_OLDEST = Column("oldest_month", "month", Text("登記家數最早月份", "Oldest count from"))
_REGISTERED_MONTH = Column("registered_month", "month", Text("登記家數月份", "Registered in month"))
_UNSTATED = columns.count(
    "unstated", "縣市或組織別未填的持有者（家）", "Holders with county or type unstated"
)
_RATE_COLUMN = Column("rate", "share", Text("採用率", "Adoption rate"))


def _metric(key: str, title: Text, definition: Text, **rest: Any) -> Metric:
    return Metric(
        key=key,
        title=title,
        definition=definition,
        formula=_FORMULA,
        excludes=_EXCLUDES,
        unit=columns.SHARE_UNIT,
        higher_is="better",
        filters=columns.CERTIFICATE_FILTERS,
        **rest,
    )


def _summed(
    key: str,
    title: Text,
    by: Text,
    group: tuple[Column, ...],
    beside: tuple[Column, ...] = (),
    **rest: Any,
) -> Metric:
    compared = (_HOLDERS_COMPARED, _REGISTERED, _OLDEST, _REGISTERED_MONTH, _RATE_COLUMN)
    return _metric(
        key,
        title,
        Text(f"{_RATE.zh}{by.zh}{_SUMMED.zh}", f"{_RATE.en} {by.en} {_SUMMED.en}"),
        columns=(*group, *compared, *beside),
        records=_compared_records,
        **rest,
    )


METRICS = (
    _metric(
        "adoption_rate",
        Text("各縣市、組織別採用率", "Adoption rate by county and type"),
        Text(
            f"{_RATE.zh}沒有統計者月份與登記家數空白。同一持有者在兩個縣市或組織別有卡時各計一次，"
            "因此各列的持有者不可相加。",
            f"{_RATE.en} Where nothing was counted, month and registered are empty. A holder with "
            "cards in two counties or types counts in each, so holders must not be added up.",
        ),
        columns=(
            Column("month", "month", _REGISTERED_MONTH.title),
            columns.COUNTY,
            columns.ORG_TYPE,
            columns.HOLDERS,
            _REGISTERED,
            _RATE_COLUMN,
        ),
        query=_by_county_and_type,
        records=valid_records,
    ),
    _summed(
        "adoption_rate_totals",
        Text("採用率", "Adoption rate"),
        Text("持有者在全部縣市與組織別中只計一次。", "A holder counts once in all."),
        (),
        (_UNSTATED,),
        query=_totals,
    ),
    _summed(
        "adoption_rate_by_county",
        Text("各縣市採用率", "Adoption rate by county"),
        Text(
            f"持有者在同一縣市只計一次。{DIFFERS.zh}",
            f"A holder counts once in a county. {DIFFERS.en}",
        ),
        (columns.COUNTY,),
        (columns.DIFFERS,),
        query=_by_county,
        finish=_with_differences,
    ),
    _summed(
        "adoption_rate_by_type",
        Text("各組織別採用率", "Adoption rate by organisation type"),
        Text(
            f"持有者在同一組織別只計一次。{DIFFERS.zh}",
            f"A holder counts once in a type. {DIFFERS.en}",
        ),
        (columns.ORG_TYPE,),
        (columns.DIFFERS,),
        query=_by_type,
        finish=_with_differences,
    ),
    _metric(
        "adoption_rate_over_time",
        Text("採用率趨勢", "Adoption rate over time"),
        Text(
            f"各月月底的採用率，最後一個月算到統計截止日。{_RATE.zh}某縣市、組織別自有登記家數統計的"
            f"月份起計入，持有者亦同。登記家數較前一個月增減逾{GREAT_CHANGE}%者註記：採用率的跳動可能"
            "來自分母。",
            "The adoption rate at each month's end, the last month up to the as-of day. "
            f"{_RATE.en} A county and type is in from the first month that it was counted, its "
            f"holders too. A month whose registered differ by more than {GREAT_CHANGE} % from the "
            "month before is marked: the rate may have jumped because of them.",
        ),
        columns=(
            columns.MONTH,
            _HOLDERS_COMPARED,
            _REGISTERED,
            _REGISTERED_MONTH,
            _RATE_COLUMN,
            Column(
                "great_change",
                "flag",
                Text(
                    f"登記家數增減逾{GREAT_CHANGE}%",
                    f"Registered changed by over {GREAT_CHANGE} %",
                ),
            ),
        ),
        query=_over_time,
        records=issued_records,
    ),
)
