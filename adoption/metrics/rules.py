"""The predicates of DOMAIN section 3, each once, as SQLAlchemy expressions over the store's tables.

Days are closed: an event counts on its own day. NULL means that it has not happened.
"""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Date,
    Double,
    Table,
    and_,
    case,
    cast,
    distinct,
    func,
    literal,
    or_,
)

from adoption.metrics.selection import Selection
from adoption.places import renamed_on
from adoption.policy import RENEWABLE_DAYS, STAGE_DAYS
from adoption.store.schema import certificates, suspensions, systems

LATE_DAYS = 365  # a renewal up to so many days after expiry is late; later ones do not count

Condition = ColumnElement[bool]


def month_of(day: ColumnElement[Any]) -> ColumnElement[date]:
    """The first day of the month that `day` lies in."""
    return cast(func.date_trunc(literal("month", literal_execute=True), day), Date)


def week_of(day: ColumnElement[Any]) -> ColumnElement[date]:
    """The Monday of the week that `day` lies in."""
    return cast(func.date_trunc(literal("week", literal_execute=True), day), Date)


def days_before(day: ColumnElement[Any], days: int) -> ColumnElement[date]:
    return cast(day - literal(days, literal_execute=True), Date)


def days_after(day: ColumnElement[Any], days: int) -> ColumnElement[date]:
    return cast(day + literal(days, literal_execute=True), Date)


def count_of(condition: Condition) -> ColumnElement[int]:
    return func.count(case((condition, 1)))


def whole(number: ColumnElement[Any]) -> ColumnElement[int]:
    """A sum as an integer: engines widen sums to types of their own."""
    return cast(number, BigInteger)


def share_of(part: ColumnElement[Any], total: ColumnElement[Any]) -> ColumnElement[float | None]:
    """`part` ÷ `total`, NULL where there is nothing to take a share of."""
    return case((total > 0, cast(part, Double) / total))


def has_happened(event: ColumnElement[Any], as_of: Any) -> Condition:
    return and_(event.is_not(None), event <= as_of)


def has_not_happened(event: ColumnElement[Any], as_of: date) -> Condition:
    return or_(event.is_(None), event > as_of)


# Systems ------------------------------------------------------------------------------------------


def is_integrated(as_of: Any) -> Condition:
    """`as_of` is a day or a column of days."""
    return and_(systems.c.integrated_on <= as_of, ~is_retired(as_of))


def is_retired(as_of: Any) -> Condition:
    """`as_of` is a day or a column of days."""
    return has_happened(systems.c.retired_on, as_of)


def is_overdue(as_of: date) -> Condition:
    """Its target has passed, and it is neither integrated nor retired; not on the target day."""
    return and_(
        systems.c.target_on < as_of,
        has_not_happened(systems.c.integrated_on, as_of),
        ~is_retired(as_of),
    )


def system_stage(as_of: date) -> ColumnElement[str | None]:
    """planned, testing, integrated or retired: the furthest reached on `as_of`, else NULL."""
    furthest_first = ("retired", "integrated", "testing", "planned")
    return case(
        *[(has_happened(systems.c[f"{stage}_on"], as_of), stage) for stage in furthest_first]
    )


# Certificates -------------------------------------------------------------------------------------

_c = certificates.c


def first_day_out() -> ColumnElement[date]:
    """The first day on which a certificate is no longer valid; never before it was issued."""
    ended_early = and_(_c.ended_on.is_not(None), _c.ended_on <= _c.expires_on)
    out = case((ended_early, _c.ended_on), else_=days_after(_c.expires_on, 1))
    return case((out < _c.issued_on, _c.issued_on), else_=out)


def is_valid(as_of: date) -> Condition:
    """Suspended ones included: suspension is a state beside validity, not its end."""
    return and_(_c.issued_on <= as_of, _c.expires_on >= as_of, has_not_happened(_c.ended_on, as_of))


def is_holding(as_of: date) -> Condition:
    """The holder began with this certificate to hold, and holds one on `as_of`: this or another.

    True of one certificate of each holder who holds on that day.
    """
    return and_(_c.issued_on <= as_of, _c.held_until > as_of)


def is_in_use(as_of: date) -> Condition:
    """What `valid_count` and `holder_count` are taken of."""
    return or_(is_valid(as_of), is_holding(as_of))


def valid_count(as_of: date) -> ColumnElement[int]:
    return count_of(is_valid(as_of))


def holder_count(as_of: date) -> ColumnElement[int]:
    """Distinct holders of a valid certificate, in all or by county and type.

    Told apart are only those who have certificates under several counties or types.
    """
    mixed = case((and_(_c.is_mixed, is_valid(as_of)), _c.holder_id))
    return count_of(and_(~_c.is_mixed, is_holding(as_of))) + func.count(distinct(mixed))


def is_suspended(as_of: date) -> Condition:
    """A row of `suspensions` is in force."""
    return and_(
        suspensions.c.suspended_on <= as_of, has_not_happened(suspensions.c.resumed_on, as_of)
    )


def is_expiring(as_of: date, last: date) -> Condition:
    return and_(is_valid(as_of), _c.expires_on > as_of, _c.expires_on <= last)


def is_to_renew(as_of: date, last: date) -> Condition:
    """Expiring by `last`, and neither renewed nor ended so far."""
    return and_(is_expiring(as_of, last), ~is_renewed(as_of))


def is_renewable(as_of: date) -> Condition:
    """Not yet renewed, and its expiry near enough that it can be; of what is expiring."""
    return and_(~is_renewed(as_of), _c.expires_on <= as_of + timedelta(days=RENEWABLE_DAYS))


def is_renewed(as_of: date) -> Condition:
    return has_happened(_c.renewed_on, as_of)


def due_on(stage: int, expires_on: ColumnElement[Any] = _c.expires_on) -> ColumnElement[date]:
    """The day on which the mail of `stage` (days before expiry) is due."""
    return days_before(expires_on, stage)


def is_open_after(day: ColumnElement[date]) -> Condition:
    """Neither renewed nor ended on or before `day`."""
    return and_(
        or_(_c.renewed_on.is_(None), _c.renewed_on > day),
        or_(_c.ended_on.is_(None), _c.ended_on > day),
    )


def has_reached(stage: int, as_of: date) -> Condition:
    """By the rule, whether or not a mail went out. Applying on the due day is not reaching it."""
    due = due_on(stage)
    return and_(
        # expires_on on the left lets the engine skip what is far from due.
        _c.expires_on <= as_of + timedelta(days=stage),
        _c.issued_on <= due,
        is_open_after(due),
    )


# The stage after each, the end of what its mail can bring about; after the last comes expiry, 0.
FOLLOWING = dict(zip(STAGE_DAYS, (*STAGE_DAYS[1:], 0), strict=True))


AFTERWARDS = ("renewed", "ended", "went_on", "undecided")


def came_of(stage: int, as_of: date) -> ColumnElement[str | None]:
    """What came of reaching the stage, one of AFTERWARDS up to the next due day; NULL: not reached.

    Undecided while that day (after the last stage: the expiry) lies after `as_of`. Renewed and
    ended on one day is renewed.
    """
    following = FOLLOWING[stage]
    in_gap = due_on(following)
    fate = case(
        (_c.expires_on > as_of + timedelta(days=following), "undecided"),
        (and_(_c.renewed_on <= in_gap, _is_not_after(_c.renewed_on, _c.ended_on)), "renewed"),
        (_c.ended_on <= in_gap, "ended"),
        else_="went_on",
    )
    return case((has_reached(stage, as_of), fate))


def _is_not_after(event: ColumnElement[Any], other: ColumnElement[Any]) -> Condition:
    return or_(other.is_(None), event <= other)


def is_mail_due(stage: int, as_of: date, last: date) -> Condition:
    """Its mail fell due by `as_of`, or will by `last` if nobody else renews."""
    ahead = and_(
        is_valid(as_of),
        ~is_renewed(as_of),
        _c.expires_on > as_of + timedelta(days=stage),
        _c.expires_on <= last + timedelta(days=stage),
    )
    return or_(has_reached(stage, as_of), ahead)


def is_on_journey(as_of: date) -> Condition:
    """In use when the first reminder fell due: the certificates whose journey is told."""
    first = due_on(STAGE_DAYS[0])
    return and_(
        _c.expires_on <= as_of + timedelta(days=STAGE_DAYS[0]),
        _c.issued_on <= first,
        or_(
            has_not_happened(_c.ended_on, as_of),
            _c.ended_on > first,
            and_(_c.renewed_on.is_not(None), _c.renewed_on <= _c.ended_on),
        ),
    )


RENEWED_IN_TIME = ("before_first", *[f"after_{stage}" for stage in STAGE_DAYS])
OUTCOMES = (*RENEWED_IN_TIME, "late", "ended", "lapsed", "open")


def has_ended_first(as_of: date) -> Condition:
    """Ended by its expiry and not renewed by then; a day after expiry ends nothing."""
    return and_(
        has_happened(_c.ended_on, as_of),
        _c.ended_on <= _c.expires_on,
        or_(_c.renewed_on.is_(None), _c.renewed_on > _c.ended_on),
    )


def outcome(as_of: date) -> ColumnElement[str]:
    """How the journey went, one of OUTCOMES: what happened first decides.

    For certificates that are on the journey. An event after `as_of` has not happened.
    """
    renewed = is_renewed(as_of)
    return case(
        (has_ended_first(as_of), "ended"),
        (and_(renewed, _c.renewed_on <= due_on(STAGE_DAYS[0])), "before_first"),
        # Renewed on or before the next stage's due day: still within the reach of this one's mail.
        *[
            (and_(renewed, _c.renewed_on <= due_on(following)), f"after_{stage}")
            for stage, following in FOLLOWING.items()
        ],
        (and_(renewed, _c.renewed_on <= days_after(_c.expires_on, LATE_DAYS)), "late"),
        (_c.expires_on < as_of, "lapsed"),
        else_="open",
    )


# Filters ------------------------------------------------------------------------------------------


def county_on(as_of: date, recorded: Column[str] = _c.county) -> ColumnElement[str]:
    """The official name in force on `as_of` of the county that a row was recorded under."""
    renamed = renamed_on(as_of)
    if not renamed:
        return recorded
    return case(*[(recorded == old, new) for old, new in renamed.items()], else_=recorded)


def certificate_filter(selection: Selection, rows: Table = certificates) -> list[Condition]:
    """County and type as chosen; `rows` may also be the registered entities."""
    conditions: list[Condition] = []
    if selection.county:
        conditions.append(county_on(selection.as_of, rows.c.county).in_(selection.county))
    if selection.org_type:
        conditions.append(rows.c.org_type.in_(selection.org_type))
    return conditions
