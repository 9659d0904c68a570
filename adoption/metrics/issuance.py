"""How far adoption has come: what is issued, what is valid, who holds it."""

from sqlalchemy import and_, case, func, select

from adoption.language import Text
from adoption.metrics import columns
from adoption.metrics.metric import Column, Metric
from adoption.metrics.rules import (
    certificate_filter,
    count_of,
    county_on,
    holder_count,
    is_in_use,
    is_suspended,
    is_valid,
    month_of,
    share_of,
    valid_count,
    whole,
)
from adoption.metrics.selection import Selection
from adoption.metrics.spells import monthly_change, spells
from adoption.store import Query
from adoption.store.schema import INTERNAL, calendar, certificates, recorded_serial, suspensions

# The last group of cards_per_holder: this many or more.
MOST_CARDS = 4
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
    suspended = (
        select(suspensions.c.serial).where(is_suspended(selection.as_of)).distinct().subquery("now")
    )
    day = selection.as_of
    return (
        select(
            valid_count(day).label("valid"),
            holder_count(day).label("holders"),
            count_of(and_(suspended.c.serial.is_not(None), is_valid(day))).label("suspended"),
        )
        .select_from(certificates.outerjoin(suspended, suspended.c.serial == _c.serial))
        .where(is_in_use(day), *certificate_filter(selection))
    )


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
    day = selection.as_of
    county = county_on(day)
    return (
        select(
            county.label("county"),
            _c.org_type,
            valid_count(day).label("valid"),
            holder_count(day).label("holders"),
        )
        .where(is_in_use(day), *certificate_filter(selection))
        .group_by(county, _c.org_type)
        .having(valid_count(day) > 0)
        .order_by(county, _c.org_type)
    )


def _cards_per_holder(selection: Selection) -> Query:
    held = (
        select(func.count().label("cards"))
        .where(
            _c.holder_id.is_not(None),
            is_valid(selection.as_of),
            *certificate_filter(selection),
        )
        .group_by(_c.holder_id)
        .subquery("held")
    )
    cards = case((held.c.cards > MOST_CARDS, MOST_CARDS), else_=held.c.cards)
    groups = (
        select(
            cards.label("cards"),
            func.count().label("holders"),
            whole(func.sum(held.c.cards)).label("certificates"),
        )
        .group_by(cards)
        .subquery("groups")
    )
    holders = whole(func.sum(groups.c.holders).over())
    certificates_of_all = whole(func.sum(groups.c.certificates).over())
    return select(
        *groups.c,
        share_of(groups.c.holders, holders).label("share"),
        share_of(certificates_of_all, holders).label("mean"),
    ).order_by(groups.c.cards)


def certificate_records(selection: Selection) -> Query:
    """Certificates of the selection, as they were recorded."""
    unshown = {"serial", "flags", *INTERNAL}
    return (
        select(recorded_serial(), *[c for c in certificates.c if c.name not in unshown])
        .where(*certificate_filter(selection))
        .order_by(_c.serial)
    )


def issued_records(selection: Selection) -> Query:
    return certificate_records(selection).where(_c.issued_on <= selection.as_of)


def valid_records(selection: Selection) -> Query:
    return certificate_records(selection).where(is_valid(selection.as_of))


_VALID = Text(
    "有效：核發日 ≤ 統計截止日 ≤ 到期日，且當日尚未終止。暫停使用的憑證仍計入有效，另列其數。",
    "Valid: issued on or before the as-of day, not past its expiry day and not ended by then. "
    "Suspended certificates count as valid and are shown beside.",
)
_HOLDERS = Text(
    "持有者以不同的統一編號計，一家持有多張只算一次；沒有統一編號的憑證不計持有者。",
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
        records=issued_records,
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
        records=valid_records,
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
        records=issued_records,
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
        records=valid_records,
    ),
    Metric(
        key="cards_per_holder",
        title=Text("每家持有憑證張數", "Valid certificates per holder"),
        definition=Text(
            f"統計截止日的持有者，依各家當日有效憑證的張數分組，{MOST_CARDS}張以上合為一組；"
            f"平均為全部有效憑證除以全部持有者。{_VALID.zh}{_HOLDERS.zh}",
            "Holders on the as-of day by how many valid certificates each has; the last group has "
            f"{MOST_CARDS} or more. The mean is all valid certificates over all holders. "
            f"{_VALID.en} {_HOLDERS.en}",
        ),
        formula=Text(
            "各統一編號的有效憑證張數，依張數計家數；占比＝該組家數÷全部持有者；平均＝有效憑證÷持有者。",
            "Valid certificates counted for each 統一編號, then holders by that count; share = the "
            "group's holders ÷ all holders; mean = valid certificates ÷ holders.",
        ),
        excludes=Text(
            "沒有有效憑證的企業。尚未核發、已到期、已終止的憑證。",
            "Businesses without a valid certificate; certificates not yet issued, expired or "
            "ended.",
        ),
        unit=columns.HOLDER_UNIT,
        higher_is="neutral",
        columns=(
            columns.count("cards", f"張數（{MOST_CARDS}為以上）", f"Cards ({MOST_CARDS}: or more)"),
            columns.HOLDERS,
            columns.CERTIFICATES,
            Column("share", "share", Text("占持有者比率", "Share of holders")),
            Column("mean", "number", Text("平均每家（張）", "Mean of all holders")),
        ),
        filters=columns.CERTIFICATE_FILTERS,
        query=_cards_per_holder,
        records=valid_records,
    ),
)
