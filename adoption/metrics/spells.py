"""How many certificates are valid, and how many hold one, on every day: in one pass.

A spell is the time from `issued_on` to before `out_on` during which a certificate is counted. A
time of holding is that from `issued_on` to before `held_until`, see etl/commit/holding.py.
"""

from datetime import date

from sqlalchemy import CTE, Subquery, case, func, literal, or_, select, union_all

from adoption.metrics.rules import certificate_filter, first_day_out, month_of
from adoption.metrics.selection import Selection
from adoption.store import Query
from adoption.store.schema import certificates

_c = certificates.c


def spells(selection: Selection) -> Query:
    """holder_id, is_mixed, issued_on, out_on and held_until of the certificates issued by as_of."""
    out = first_day_out().label("out_on")
    columns = (_c.holder_id, _c.is_mixed, _c.issued_on, out, _c.held_until)
    return select(*columns).where(_c.issued_on <= selection.as_of, *certificate_filter(selection))


def _of_mixed(spells: Subquery) -> CTE:
    """The spells of each mixed holder, one after another.

    `until` is the day before which any earlier one of the holder runs, NULL for the first;
    `is_last` marks the holder's last.
    """
    holder = spells.c.holder_id
    # Rows that tie in both are the same to what follows, so engines may order them as they like.
    order = (spells.c.issued_on, spells.c.out_on)
    until = func.max(spells.c.out_on).over(partition_by=holder, order_by=order, rows=(None, -1))
    following = func.lead(spells.c.issued_on).over(partition_by=holder, order_by=order)
    return (
        select(
            spells.c.issued_on,
            spells.c.out_on,
            until.label("until"),
            following.is_(None).label("is_last"),
        )
        .where(spells.c.is_mixed, holder.is_not(None), spells.c.out_on > spells.c.issued_on)
        .cte("spells_of_holders")
    )


def daily_change(spells: Subquery, as_of: date) -> Subquery:
    """By how much `valid` certificates and their `holders` change on each `day`, up to as_of.

    A mixed holder joins with a certificate that begins when none of theirs runs, and leaves when
    the last of those that ran has gone out: those of the selection, of whichever county and type.
    """
    issued, out, held_until = spells.c.issued_on, spells.c.out_on, spells.c.held_until
    is_counted, holds = out > issued, ~spells.c.is_mixed & (held_until > issued)
    mixed = _of_mixed(spells)
    until = mixed.c.until
    joins = or_(until.is_(None), until < mixed.c.issued_on)
    zero, one, minus = literal(0), literal(1), literal(-1)
    events = union_all(
        select(issued.label("day"), one.label("valid"), zero.label("holders")).where(is_counted),
        select(out, minus, zero).where(is_counted),
        select(issued, zero, one).where(holds),
        select(held_until, zero, minus).where(holds),
        select(mixed.c.issued_on, zero, one).where(joins),
        select(until, zero, minus).where(until < mixed.c.issued_on),
        select(case((until > mixed.c.out_on, until), else_=mixed.c.out_on), zero, minus).where(
            mixed.c.is_last
        ),
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
