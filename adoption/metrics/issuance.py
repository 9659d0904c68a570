"""How far adoption has come: what is issued, what is valid, who holds it."""

from sqlalchemy import (
    CTE,
    Subquery,
    case,
    distinct,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)

from adoption.language import Text
from adoption.metrics import columns
from adoption.metrics.metric import Metric
from adoption.metrics.rules import (
    certificate_filter,
    count_of,
    county_on,
    first_day_out,
    is_suspended,
    is_valid,
    month_of,
    whole,
)
from adoption.metrics.selection import Selection
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


def _spells(selection: Selection) -> CTE:
    """The certificates that are ever valid by as_of: from issued_on to before out_on.

    `until` is the day before which any earlier one of the holder runs, NULL for the first;
    `is_last` marks the holder's last.
    """
    out = first_day_out()
    spells = (
        select(_c.holder_id, _c.issued_on, out.label("out_on"))
        .where(_c.issued_on <= selection.as_of, out > _c.issued_on, *certificate_filter(selection))
        .subquery("spells")
    )
    holder = spells.c.holder_id
    # Rows that tie in both are the same to what follows, so engines may order them as they like.
    order = (spells.c.issued_on, spells.c.out_on)
    until = func.max(spells.c.out_on).over(partition_by=holder, order_by=order, rows=(None, -1))
    following = func.lead(spells.c.issued_on).over(partition_by=holder, order_by=order)
    return select(
        spells.c.issued_on,
        spells.c.out_on,
        until.label("until"),
        following.is_(None).label("is_last"),
    ).cte("spells_of_holders")


def _monthly_change(selection: Selection) -> Subquery:
    """By how much the valid certificates and their holders change in each month, up to as_of.

    A holder joins with a certificate that begins when none of theirs runs, and leaves when the last
    of those that ran has gone out.
    """
    spells = _spells(selection)
    issued, out, until = spells.c.issued_on, spells.c.out_on, spells.c.until
    joins = or_(until.is_(None), until < issued)
    zero, one, minus = literal(0), literal(1), literal(-1)
    events = union_all(
        select(issued.label("day"), one.label("valid"), case((joins, 1), else_=0).label("holders")),
        select(out, minus, zero),
        select(until, zero, minus).where(until < issued),
        select(case((until > out, until), else_=out), zero, minus).where(spells.c.is_last),
    ).subquery("events")
    month = month_of(events.c.day)
    return (
        select(
            month.label("month"),
            func.sum(events.c.valid).label("valid"),
            func.sum(events.c.holders).label("holders"),
        )
        .where(events.c.day <= selection.as_of)
        .group_by(month)
        .subquery("changes")
    )


def _over_time(selection: Selection) -> Query:
    changes = _monthly_change(selection)
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
        formula=Text(
            "核發日 ≤ 統計截止日的憑證，依核發月份與組織別計數；核發＝首次＋換發。",
            "Certificates with issued_on ≤ D, counted by month of issue and organisation type; "
            "issued = first-time + renewals. D is the as-of day.",
        ),
        excludes=Text(
            "統計截止日之後核發者。後來終止或到期的憑證仍計入其核發月份。",
            "Certificates issued after the as-of day. Those that ended or expired later still "
            "count in their month of issue.",
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
        formula=Text(
            "有效＝核發日 ≤ 統計截止日 ≤ 到期日，且無終止日或終止日 > 統計截止日；"
            "持有者＝有效憑證的不同統一編號；暫停使用中＝有效且當日在暫停期間內。",
            "valid = issued_on ≤ D ≤ expires_on and (no ended_on or ended_on > D); holders = "
            "distinct 統一編號 of these; suspended = valid and within a suspension on D. D is the "
            "as-of day.",
        ),
        excludes=Text(
            "尚未核發、已到期、已終止的憑證。暫停使用的憑證並未扣除。",
            "Certificates not yet issued, expired or ended. Suspended ones are not taken off.",
        ),
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
        formula=Text(
            "各月以月底（最後一個月為統計截止日）為準：核發日 ≤ 該日 ≤ 到期日，且無終止日或終止日 "
            "> 該日的憑證，及其不同統一編號。",
            "For each month, on its last day (the last month: on the as-of day): certificates "
            "with issued_on ≤ that day ≤ expires_on and (no ended_on or ended_on > that day), and "
            "their distinct 統一編號.",
        ),
        excludes=Text(
            "當月月底前已到期或終止者；第一張憑證核發以前的月份不列。",
            "Certificates that expired or ended before the month's last day; months before the "
            "first issue have no row.",
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
        formula=Text(
            "統計截止日有效的憑證，及其不同統一編號，依縣市與組織別計數。",
            "Certificates valid on the as-of day, and their distinct 統一編號, counted by county "
            "and organisation type.",
        ),
        excludes=Text(
            "尚未核發、已到期、已終止的憑證。縣市以憑證紀錄所載為準，不隨公司遷址改變。",
            "Certificates not yet issued, expired or ended. The county is the one on the "
            "certificate's record; a later move of the company is not followed.",
        ),
        unit=columns.CERTIFICATE_UNIT,
        higher_is="better",
        columns=(columns.COUNTY, columns.ORG_TYPE, columns.VALID, columns.HOLDERS),
        filters=columns.CERTIFICATE_FILTERS,
        query=_by_county,
        records=_valid_records,
    ),
)
