"""How far adoption has come: what is issued, what is valid, who holds it."""

from sqlalchemy import distinct, exists, func, select

from adoption.language import Text
from adoption.metrics import columns
from adoption.metrics.metric import Metric
from adoption.metrics.rules import (
    certificate_filter,
    count_of,
    county_on,
    is_suspended,
    is_valid,
    month_of,
    whole,
)
from adoption.metrics.selection import Selection
from adoption.metrics.spells import monthly_change, spells
from adoption.store import Query
from adoption.store.schema import calendar, certificates, suspensions

_c = certificates.c


def _issued(selection: Selection) -> Query:
    month = month_of(_c.issued_on)
    return (
        select(
            month.label("month"),
            _c.org_type,
            func.count().label("issued"),
            count_of(~_c.is_renewal).label("first_time"),
            count_of(_c.is_renewal).label("renewals"),
        )
        .where(_c.issued_on <= selection.as_of, *certificate_filter(selection))
        .group_by(month, _c.org_type)
        .order_by(month, _c.org_type)
    )


def _totals(selection: Selection) -> Query:
    suspended = exists().where(suspensions.c.serial == _c.serial, is_suspended(selection.as_of))
    return select(
        func.count().label("valid"),
        func.count(distinct(_c.holder_id)).label("holders"),
        count_of(suspended).label("suspended"),
    ).where(is_valid(selection.as_of), *certificate_filter(selection))


def _over_time(selection: Selection) -> Query:
    changes = monthly_change(spells(selection).subquery("spells"), selection.as_of)
    first = (
        select(month_of(func.min(_c.issued_on)))
        .where(_c.issued_on <= selection.as_of, *certificate_filter(selection))
        .scalar_subquery()
    )
    return (
        select(
            calendar.c.month,
            *[
                whole(
                    func.sum(func.coalesce(changes.c[name], 0)).over(order_by=calendar.c.month)
                ).label(name)
                for name in ("valid", "holders")
            ],
        )
        .select_from(calendar.outerjoin(changes, changes.c.month == calendar.c.month))
        .where(calendar.c.month >= first, calendar.c.month <= selection.as_of)
        .order_by(calendar.c.month)
    )


def _by_county(selection: Selection) -> Query:
    county = county_on(selection.as_of)
    return (
        select(
            county.label("county"),
            _c.org_type,
            func.count().label("valid"),
            func.count(distinct(_c.holder_id)).label("holders"),
        )
        .where(is_valid(selection.as_of), *certificate_filter(selection))
        .group_by(county, _c.org_type)
        .order_by(county, _c.org_type)
    )


def certificate_records(selection: Selection) -> Query:
    """Certificates of the selection, as they were recorded."""
    derived = ("flags", "load_id")
    return (
        select(*[column for column in certificates.c if column.name not in derived])
        .where(*certificate_filter(selection))
        .order_by(_c.serial)
    )


def _issued_records(selection: Selection) -> Query:
    return certificate_records(selection).where(_c.issued_on <= selection.as_of)


def _valid_records(selection: Selection) -> Query:
    return certificate_records(selection).where(is_valid(selection.as_of))


_VALID = Text(
    "有效：核發日 ≤ 統計截止日 ≤ 到期日，且當日尚未終止。暫停使用的憑證仍計入有效，另列其數。",
    "Valid: issued on or before the as-of day, not past its expiry day and not ended by then. "
    "Suspended certificates count as valid and are shown beside.",
)
_HOLDERS = Text(
    "持有者以不同的統一編號計，一家持有多張只算一次。",
    "Holders are distinct 統一編號; one with several cards counts once.",
)

METRICS = (
    Metric(
        key="certificates_issued",
        title=Text("每月核發憑證", "Certificates issued by month"),
        definition=Text(
            "統計截止日以前核發的憑證，依核發月份。換發：載明換發前序號者，或同一持有者同一卡別已有前一張"
            "憑證、且在其到期前60天至到期後365天之間核發者；其餘為首次核發。",
            "Certificates issued up to the as-of day, by month of issue. A renewal states which "
            "certificate it replaces, or is issued from 60 days before to 365 days after the "
            "expiry of an earlier certificate of the same holder and card; all others are "
            "first-time.",
        ),
        unit=columns.CERTIFICATE_UNIT,
        higher_is="better",
        columns=(
            columns.MONTH,
            columns.ORG_TYPE,
            columns.count("issued", "核發（張）", "Issued"),
            columns.count("first_time", "首次（張）", "First-time"),
            columns.count("renewals", "換發（張）", "Renewals"),
        ),
        filters=columns.CERTIFICATE_FILTERS,
        query=_issued,
        records=_issued_records,
    ),
    Metric(
        key="valid_totals",
        title=Text("有效憑證與持有者", "Valid certificates and holders"),
        definition=Text(f"{_VALID.zh}{_HOLDERS.zh}", f"{_VALID.en} {_HOLDERS.en}"),
        unit=columns.CERTIFICATE_UNIT,
        higher_is="better",
        columns=(
            columns.VALID,
            columns.HOLDERS,
            columns.count("suspended", "暫停使用中（張）", "Suspended"),
        ),
        filters=columns.CERTIFICATE_FILTERS,
        query=_totals,
        records=_valid_records,
    ),
    Metric(
        key="valid_over_time",
        title=Text("有效憑證與持有者趨勢", "Valid certificates and holders over time"),
        definition=Text(
            f"各月月底的有效憑證數與持有者數，最後一個月算到統計截止日。{_VALID.zh}{_HOLDERS.zh}",
            "Valid certificates and their holders at the end of each month, the last month up to "
            f"the as-of day. {_VALID.en} {_HOLDERS.en}",
        ),
        unit=columns.CERTIFICATE_UNIT,
        higher_is="better",
        columns=(columns.MONTH, columns.VALID, columns.HOLDERS),
        filters=columns.CERTIFICATE_FILTERS,
        query=_over_time,
        records=_issued_records,
    ),
    Metric(
        key="valid_by_county",
        title=Text("各縣市有效憑證", "Valid certificates by county"),
        definition=Text(
            f"統計截止日有效的憑證，依縣市（該日的正式名稱）與組織別。{_VALID.zh}{_HOLDERS.zh}"
            "同一持有者在兩個縣市或組織別有卡時各計一次，因此各列的持有者數不可相加。",
            "Certificates valid on the as-of day by county (its official name on that day) and "
            f"organisation type. {_VALID.en} {_HOLDERS.en} A holder with cards in two counties or "
            "types counts in each, so holders must not be added up.",
        ),
        unit=columns.CERTIFICATE_UNIT,
        higher_is="better",
        columns=(columns.COUNTY, columns.ORG_TYPE, columns.VALID, columns.HOLDERS),
        filters=columns.CERTIFICATE_FILTERS,
        query=_by_county,
        records=_valid_records,
    ),
)
