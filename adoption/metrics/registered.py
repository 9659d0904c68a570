"""The registered entities, denominator of the adoption rate: how many, where and in which month.

A county's counts are read under its name on the as-of day, so those of 桃園縣 and 桃園市 are one
series, and places that merged are added up within a month.
"""

from sqlalchemy import CTE, ColumnElement, Subquery, func, select

from adoption.metrics.rules import certificate_filter, county_on, whole
from adoption.metrics.selection import Selection
from adoption.store.schema import entities

_e = entities.c


def registered_county(selection: Selection) -> ColumnElement[str]:
    """The county of a count, by its name on the as-of day."""
    return county_on(selection.as_of, _e.county)


def counts(selection: Selection) -> CTE:
    """month, county, org_type, registered: every count of a month that has begun by as_of."""
    county = registered_county(selection)
    return (
        select(
            _e.month,
            county.label("county"),
            _e.org_type,
            whole(func.sum(_e.registered)).label("registered"),
        )
        .where(_e.month <= selection.as_of, *certificate_filter(selection, entities))
        .group_by(_e.month, county, _e.org_type)
        .cte("counts")
    )


def last_counts(selection: Selection) -> CTE:
    """county, org_type, month, registered: for each county and type its own last count."""
    every = counts(selection)
    place = (every.c.county, every.c.org_type)
    newest_first = func.row_number().over(partition_by=place, order_by=every.c.month.desc())
    ranked = select(*every.c, newest_first.label("place")).subquery("ranked")
    return (
        select(ranked.c.county, ranked.c.org_type, ranked.c.month, ranked.c.registered)
        .where(ranked.c.place == 1)
        .cte("last_counts")
    )


def first_counts(every: CTE) -> CTE:
    """county, org_type, month: since when each county and type has been counted."""
    return (
        select(every.c.county, every.c.org_type, func.min(every.c.month).label("month"))
        .group_by(every.c.county, every.c.org_type)
        .cte("first_counts")
    )


def monthly_change(every: CTE) -> Subquery:
    """month, registered: by how much the sum of the last counts changes in each month with one."""
    before = func.lag(every.c.registered).over(
        partition_by=(every.c.county, every.c.org_type), order_by=every.c.month
    )
    change = every.c.registered - func.coalesce(before, 0)
    changes = select(every.c.month, change.label("change")).subquery("changes_of_counts")
    return (
        select(changes.c.month, func.sum(changes.c.change).label("registered"))
        .group_by(changes.c.month)
        .subquery("registered")
    )
