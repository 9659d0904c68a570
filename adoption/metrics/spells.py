"""How many certificates are valid, and how many hold one, on every day: in one pass.

A spell is the time from `issued_on` to before `out_on` during which a certificate is counted.
"""

from datetime import date

from sqlalchemy import CTE, Subquery, and_, case, func, literal, or_, select, union_all

from adoption.metrics.rules import certificate_filter, first_day_out, month_of
from adoption.metrics.selection import Selection
from adoption.store import Query
from adoption.store.schema import certificates

_c = certificates.c


def spells(selection: Selection) -> Query:
    """holder_id, issued_on and out_on of the certificates that are ever valid by as_of."""
    out = first_day_out()
    return select(_c.holder_id, _c.issued_on, out.label("out_on")).where(
        _c.issued_on <= selection.as_of, out > _c.issued_on, *certificate_filter(selection)
    )


def _in_order(spells: Subquery) -> CTE:
    """The spells of each holder, one after another.

    `until` is the day before which any earlier one of the holder runs, NULL for the first;
    `is_last` marks the holder's last. Those without a holder have neither.
    """
    holder = spells.c.holder_id
    # Rows that tie in both are the same to what follows, so engines may order them as they like.
    order = (spells.c.issued_on, spells.c.out_on)
    until = func.max(spells.c.out_on).over(partition_by=holder, order_by=order, rows=(None, -1))
    following = func.lead(spells.c.issued_on).over(partition_by=holder, order_by=order)
    return select(
        spells.c.issued_on,
        spells.c.out_on,
        case((holder.is_not(None), until)).label("until"),
        and_(holder.is_not(None), following.is_(None)).label("is_last"),
        holder.is_not(None).label("has_holder"),
    ).cte("spells_of_holders")


def daily_change(spells: Subquery, as_of: date) -> Subquery:
    """By how much `valid` certificates and their `holders` change on each `day`, up to as_of.

    A holder joins with a certificate that begins when none of theirs runs, and leaves when the last
    of those that ran has gone out.
    """
    ordered = _in_order(spells)
    issued, out, until = ordered.c.issued_on, ordered.c.out_on, ordered.c.until
    joins = and_(ordered.c.has_holder, or_(until.is_(None), until < issued))
    zero, one, minus = literal(0), literal(1), literal(-1)
    events = union_all(
        select(issued.label("day"), one.label("valid"), case((joins, 1), else_=0).label("holders")),
        select(out, minus, zero),
        select(until, zero, minus).where(until < issued),
        select(case((until > out, until), else_=out), zero, minus).where(ordered.c.is_last),
    ).subquery("events")
    return (
        select(
            events.c.day,
            func.sum(events.c.valid).label("valid"),
            func.sum(events.c.holders).label("holders"),
        )
        .where(events.c.day <= as_of)
        .group_by(events.c.day)
        .subquery("days")
    )


def monthly_change(spells: Subquery, as_of: date) -> Subquery:
    """The same by `month`. Days first: few enough that finding their months costs nothing."""
    days = daily_change(spells, as_of)
    month = month_of(days.c.day)
    return (
        select(
            month.label("month"),
            func.sum(days.c.valid).label("valid"),
            func.sum(days.c.holders).label("holders"),
        )
        .group_by(month)
        .subquery("changes")
    )
